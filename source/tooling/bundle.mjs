// Builds dist/shardscope.mjs, the one file that is published. Plain JavaScript so that an old Node can
// still parse it and say what it needs.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REQUIRED_NODE_MAJOR = 22
if (Number(process.versions.node.split('.')[0]) < REQUIRED_NODE_MAJOR) {
  process.stderr.write(
    `shardscope: building needs Node ${REQUIRED_NODE_MAJOR} or newer, this is ${process.versions.node}. ` +
      'Run it through npm (npm ci, npm start), which brings its own; with --ignore-scripts it cannot.\n',
  )
  process.exit(78)
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const outfile = join(root, 'dist/shardscope.mjs')

/** Newest modification time in milliseconds of any file below `folder`. */
function newestMillis(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs)
  }
  return newest
}

const newestInput = () =>
  Math.max(newestMillis(join(root, 'source')), statSync(join(root, 'package.json')).mtimeMs)

if (
  !(process.argv.includes('--if-stale') && existsSync(outfile) && statSync(outfile).mtimeMs > newestInput())
) {
  const { build } = await import('esbuild')
  const { bundleOptions } = await import('./bundle-options.mjs')
  await build(bundleOptions(root, join(root, 'source/bin.ts'), outfile))
  const { chmodSync } = await import('node:fs')
  chmodSync(outfile, 0o755)
}
