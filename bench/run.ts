// Runs the benches one after another, each in a process of its own: `npm run bench`, or `npm run bench -- heat` for some.
// A bench is bench/NAME.ts without a dash in its name; what has one is a part of another.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = new URL('.', import.meta.url)
const benches = readdirSync(here)
  .flatMap(file => /^([a-z]+)\.ts$/.exec(file)?.[1] ?? [])
  .filter(name => name !== 'run')
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
