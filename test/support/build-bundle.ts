import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Once a run, before any test: the tests of the built program must not test yesterday's. */
export default function setup(): void {
  const { status, stderr } = spawnSync(
    join(root, 'node_modules/.bin/node'),
    [join(root, 'source/tooling/bundle.mjs'), '--if-stale'],
    { cwd: root, encoding: 'utf8' },
  )
  // The other tests can still run; those of the program say why they cannot.
  if (status !== 0) process.env.SHARDSCOPE_TEST_BUNDLE_FAILURE = stderr
}
