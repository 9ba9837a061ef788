// Builds dist/shardscope.mjs, the file that runs, its parts, and what is told of them beside it. Plain JavaScript so that an old Node can
// still parse it and say what it needs.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
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
const dist = join(root, 'dist')
const parts = join(dist, 'parts')
const outfile = join(dist, 'shardscope.mjs')
const licences = join(dist, 'THIRD-PARTY-LICENSES.txt')
const materials = join(dist, 'shardscope.cdx.json')
/** A program that runs still reads parts of the build that it was started from; `--clean` takes them away at once. */
const KEPT_MILLIS = 3_600_000

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
  const { partsOptions } = await import('./bundle-options.mjs')
  const { billOfMaterials, bundledPackages, licencesText } = await import('./third-party.mjs')
  const { outputFiles, metafile } = await build({
    ...partsOptions(root, join(root, 'source/bin.ts'), dist),
    // Paths are told relative to the checkout, wherever the script was started.
    absWorkingDir: root,
    metafile: true,
    write: false,
  })
  const files = outputFiles
    .map(({ path, contents }) => ({ name: relative(dist, path).replaceAll('\\', '/'), contents }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const packages = bundledPackages(root, metafile)
  const product = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  mkdirSync(parts, { recursive: true })
  // Each file is there whole or not at all: the program may be started while it is built.
  const put = (path, content, mode) => {
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, content, { mode })
    chmodSync(draft, mode)
    renameSync(draft, path)
  }
  put(licences, licencesText(packages), 0o644)
  put(materials, `${JSON.stringify(billOfMaterials(product, packages, files), undefined, 2)}\n`, 0o644)
  // The first file last: it names parts that must be there by then.
  for (const { name, contents } of files) {
    if (name !== basename(outfile)) put(join(dist, name), contents, 0o644)
  }
  for (const { name, contents } of files) if (name === basename(outfile)) put(outfile, contents, 0o755)
  const used = new Set(files.map(({ name }) => basename(name)))
  const oldest = process.argv.includes('--clean') ? Number.POSITIVE_INFINITY : Date.now() - KEPT_MILLIS
  for (const name of readdirSync(parts)) {
    if (!used.has(name) && statSync(join(parts, name)).mtimeMs < oldest) rmSync(join(parts, name))
  }
}
