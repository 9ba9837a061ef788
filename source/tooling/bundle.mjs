// Builds dist/shardscope.mjs, the one file that runs, and what is told of it beside it. Plain JavaScript so that an old Node can
// still parse it and say what it needs.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
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
const licences = join(root, 'dist/THIRD-PARTY-LICENSES.txt')
const materials = join(root, 'dist/shardscope.cdx.json')

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

const isFresh = file => existsSync(file) && statSync(file).mtimeMs > newestInput()

if (!(process.argv.includes('--if-stale') && [outfile, licences, materials].every(isFresh))) {
  const { build } = await import('esbuild')
  const { bundleOptions } = await import('./bundle-options.mjs')
  const { billOfMaterials, bundledPackages, licencesText } = await import('./third-party.mjs')
  const { outputFiles, metafile } = await build({
    ...bundleOptions(root, join(root, 'source/bin.ts'), outfile),
    // Paths are told relative to the checkout, wherever the script was started.
    absWorkingDir: root,
    metafile: true,
    write: false,
  })
  const bundle = outputFiles[0].contents
  const packages = bundledPackages(root, metafile)
  const product = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  mkdirSync(dirname(outfile), { recursive: true })
  // Each file is there whole or not at all: the program may be started while it is built.
  const put = (path, content, mode) => {
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, content, { mode })
    chmodSync(draft, mode)
    renameSync(draft, path)
  }
  put(licences, licencesText(packages), 0o644)
  put(materials, `${JSON.stringify(billOfMaterials(product, packages, bundle), undefined, 2)}\n`, 0o644)
  put(outfile, bundle, 0o755)
}
