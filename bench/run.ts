// Runs the benches one after another, each in a process of its own: `npm run bench`, or `npm run bench -- heat` for some.
// A bench is bench/NAME.ts. What begins with the name of another bench and a dash belongs to that one (sandbox-client.ts), and
// what several share lies in parts/.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = new URL('.', import.meta.url)
const names = readdirSync(here).flatMap(file => /^([a-z-]+)\.ts$/.exec(file)?.[1] ?? [])
const benches = names
  .filter(name => name !== 'run' && !names.some(other => name.startsWith(`${other}-`)))
  .sort()
const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !benches.includes(name))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}: choose of ${benches.join(', ')}.`)
  process.exit(2)
}
let failed = 0
for (const name of wanted.length > 0 ? wanted : benches) {
  console.log(`\n== ${name}`)
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`${name}.ts`, here))], {
    stdio: 'inherit',
  })
  if (status !== 0) failed += 1
}
process.exitCode = failed === 0 ? 0 : 1
