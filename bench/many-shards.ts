/**
 * 10,000 open shards in three generations (2,500 split to 5,000, split to 10,000: 17,500 listed): how soon the list can be used after
 * the last answer of the API, frames a second while scrolling, and what a frame costs beside one of 100 shards. The state and
 * the lines are ours and run here; the terminal part of a frame does not know of shards. Run: npm run bench -- many-shards
 */

import { COMMANDS } from '../source/commands/registry.ts'
import { splitRange, uniformRanges } from '../source/domain/heat/forecast.ts'
import type { Shard } from '../source/domain/shard.ts'
import { initialModel } from '../source/state/initial-model.ts'
import type { Model } from '../source/state/model.ts'
import { shardRows } from '../source/state/select-shards.ts'
import { update } from '../source/state/update.ts'
import { frameOf } from '../source/ui/frame.ts'
import { themeFor } from '../source/ui/theme.ts'
import { row } from './parts/programs.ts'

const STREAM = { streamName: 'wide' }
const NOW = Date.UTC(2026, 11, 1)
const THEME = themeFor('256')
const STEPS = 300

/** Three generations; the last has `openCount` shards. */
function generations(openCount: number): readonly Shard[] {
  const shards: Shard[] = []
  const add = (hashKeyRange: Shard['hashKeyRange'], generation: number, parentShardId?: string): Shard => {
    const shard: Shard = {
      shardId: `shardId-${String(shards.length).padStart(12, '0')}`,
      hashKeyRange,
      startingSequenceNumber: String(generation * 1_000),
      ...(generation < 2 ? { endingSequenceNumber: String(generation * 1_000 + 999) } : {}),
      ...(parentShardId === undefined ? {} : { parentShardId }),
    }
    shards.push(shard)
    return shard
  }
  let generation = uniformRanges(openCount / 4).map(range => add(range, 0))
  for (const number of [1, 2]) {
    generation = generation.flatMap(parent => {
      const { startingHashKey, endingHashKey } = parent.hashKeyRange
      const halves = splitRange(
        parent.hashKeyRange,
        startingHashKey + (endingHashKey - startingHashKey + 1n) / 2n,
      )
      return halves.map(range => add(range, number, parent.shardId))
    })
  }
  return shards
}

function run(openCount: number) {
  const shards = generations(openCount)
  const session = {
    endpoint: { value: 'http://127.0.0.1:4567', origin: 'bench' },
    region: { value: 'us-east-1', origin: 'bench' },
    isSandbox: true,
    isArmed: true,
  }
  let model: Model = initialModel(session, { viewport: { columns: 120, rows: 40 }, now: NOW })
  model = update(model, {
    type: 'screen-opened',
    screen: { screen: 'shards', stream: STREAM, showClosed: true, filter: '' },
  })
  const began = performance.now()
  model = update(model, { type: 'shards-listed', stream: STREAM, shards, at: NOW })
  const first = frameOf(model, COMMANDS, THEME)
  const usableMillis = performance.now() - began
  if (!first.join('\n').includes('shardId-')) throw new Error('no shards on screen')
  const rows = shardRows(model, { stream: STREAM, showClosed: true, filter: '' })
  let selected = 0
  /** Half a page down at each step, and around: each frame shows other shards. */
  const scroll = (): number => {
    const before = process.cpuUsage()
    for (let step = 0; step < STEPS; step += 1) {
      selected = (selected + 17) % rows.length
      model = update(model, { type: 'row-selected', id: rows[selected]?.id, index: selected, line: 20 })
      frameOf(model, COMMANDS, THEME)
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / STEPS / 1e3
  }
  scroll()
  const frameMillis = Math.min(...[0, 1, 2].map(scroll))
  return { usableMillis, frameMillis, listed: shards.length }
}

run(100)
const few = run(100)
const many = run(10_000)
row(
  `usable after the last answer, 10,000 open of ${many.listed} shards`,
  `${many.usableMillis.toFixed(0)} ms (100 shards: ${few.usableMillis.toFixed(1)} ms)`,
  '<= 1,000 ms',
  many.usableMillis <= 1_000,
)
row(
  'frames a second while scrolling 10,000, before the terminal',
  `${Math.round(1_000 / many.frameMillis)}; what Ink adds is in the bench of frames`,
  '>= 30/s',
  many.frameMillis <= 1_000 / 30,
)
row(
  'cost of a key and its lines while scrolling',
  `${many.frameMillis.toFixed(2)} ms of CPU with 10,000, ${few.frameMillis.toFixed(2)} ms with 100 = ${(many.frameMillis / few.frameMillis).toFixed(1)}x`,
  'independent of the count',
  many.frameMillis / few.frameMillis <= 1.5,
)
