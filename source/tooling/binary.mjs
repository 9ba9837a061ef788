// Builds dist/shardscope, the program and its Node in one file, for machines without Node (Node's own single-executable
// support). The file runs where this Node runs: same system, same processor, same C library.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `--build-sea`, which needs no tool beside Node, came with this version. */
const REQUIRED_NODE = [25, 5]
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < REQUIRED_NODE[0] || (major === REQUIRED_NODE[0] && minor < REQUIRED_NODE[1])) {
  process.stderr.write(
    `shardscope: one executable needs Node ${REQUIRED_NODE.join('.')} or newer to build, this is ` +
      `${process.versions.node}. Run it through npm (npm ci, npm run build:binary), which brings its own.\n`,
  )
  process.exit(78)
}

const LICENCES = 'THIRD-PARTY-LICENSES.txt'
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
await import('./bundle.mjs')
const { build } = await import('esbuild')
const { bundleOptions } = await import('./bundle-options.mjs')
const dist = join(root, 'dist')
// Beside its place, so that it is renamed within one file system: the old one may be running meanwhile.
const draft = mkdtempSync(join(dist, 'binary-'))
try {
  const output = join(draft, 'shardscope')
  // An executable holds one module: parts would have to be read from files beside it.
  const whole = join(draft, 'whole.mjs')
  await build({ ...bundleOptions(root, join(root, 'source/bin.ts'), whole), absWorkingDir: root })
  const config = join(draft, 'sea.json')
  writeFileSync(
    config,
    JSON.stringify({
      main: whole,
      mainFormat: 'module',
      output,
      assets: { [LICENCES]: join(dist, LICENCES) },
      disableExperimentalSEAWarning: true,
    }),
  )
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--build-sea', config], {
    encoding: 'utf8',
  })
  if (status !== 0) {
    process.stderr.write(`shardscope: Node could not build the executable.\n${stdout}${stderr}`)
    process.exitCode = 1
  } else {
    chmodSync(output, 0o755)
    renameSync(output, join(dist, process.platform === 'win32' ? 'shardscope.exe' : 'shardscope'))
  }
} finally {
  rmSync(draft, { recursive: true, force: true })
}
