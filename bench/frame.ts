/**
 * CPU of one frame at 120x40 and 200x60 while everything moves: the board of 64 shards, and a tail of 600 records a second at ten
 * frames a second. Ours, against (a) the plain pattern on Ink, one Text a row with the same lines, and (b) the same lines
 * written by hand. What makes the state is not counted. Run: npm run bench -- frame
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { CACHE, row } from './parts/programs.ts'

const outfile = join(CACHE, 'frame-screens.mjs')
// As the program is built, but for the packages: React in its production build, and JSX.
await build({
  entryPoints: [fileURLToPath(new URL('frame-screens.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  jsx: 'automatic',
  packages: 'external',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'error',
})
type Figures = Record<'ours' | 'plain' | 'hand', { readonly millis: number; readonly bytes: number }>
for (const [columns, rows] of [
  [120, 40],
  [200, 60],
] as const) {
  for (const screen of ['board', 'tail']) {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [outfile, screen, String(columns), String(rows)],
      { encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production', FORCE_COLOR: '2' } },
    )
    if (status !== 0) throw new Error(stderr)
    const { ours, plain, hand } = JSON.parse(stdout) as Figures
    const ratio = ours.millis / plain.millis
    row(
      `one frame, ${screen} ${columns}x${rows}`,
      `${ours.millis.toFixed(2)} ms, ${Math.round(ours.bytes)} B; plain Ink ${plain.millis.toFixed(2)} ms = ${ratio.toFixed(2)}x; ` +
        `by hand ${hand.millis.toFixed(2)} ms = ${(ours.millis / hand.millis).toFixed(1)}x`,
      '<= 0.4x plain',
      ratio <= 0.4,
    )
  }
}
