// Eight hours in a few minutes: the console without a terminal (feeds, store, keys, frames, the mapping of answers) over the
// sandbox's engine, on a clock as fast as the machine. 64 shards, a reshard each minute, each shard read once a second by
// the tail. Records are fewer than in earnest (see RECORDS_PER_SECOND): how many calls, pages, ticks and reshards there are
// does not depend on them. Run with `npm run bench -- soak`; SOAK_MINUTES and SOAK_HEAT=0 change it.

import { runSoak } from '../test/support/soak-run.ts'

const minutes = Number(process.env.SOAK_MINUTES ?? 480)
const isHeated = process.env.SOAK_HEAT !== '0'
/** Of 5,000: a record on most pages, and 144 million in eight hours would be a bench of the sandbox. */
const RECORDS_PER_SECOND = Number(process.env.SOAK_RECORDS ?? 50)
const MIB = 1_048_576

const startedAt = performance.now()
const result = await runSoak({ minutes, shardCount: 64, recordsPerSecond: RECORDS_PER_SECOND, isHeated })
const seconds = (performance.now() - startedAt) / 1_000
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
const third = Math.floor(result.memory.length / 3)
const [first, middle, last] = [0, 1, 2].map(part =>
  mean(result.memory.slice(part * third, (part + 1) * third)),
)
const growth = (last ?? 0) / (middle ?? 1) - 1
console.log(
  `${minutes} simulated minutes in ${seconds.toFixed(0)} s: ${result.calls} calls, ${result.reshards} reshards`,
)
console.log(`records: ${result.written} written, ${result.read} read, ${result.repeated} twice`)
console.log(
  `keys: ${result.keys}, ${result.deafKeys} without effect, slowest ${result.slowestKeyMillis.toFixed(1)} ms`,
)
console.log(
  `memory by thirds: ${[first, middle, last].map(bytes => ((bytes ?? 0) / MIB).toFixed(1)).join(', ')} MiB; last against middle ${(growth * 100).toFixed(1)} %`,
)
console.log(`held at the end: ${JSON.stringify(result.held)}`)
const isWhole = result.read === result.written && result.repeated === 0 && result.deafKeys === 0
process.exitCode = isWhole && growth < 0.05 ? 0 : 1
