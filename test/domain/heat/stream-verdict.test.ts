import { describe, expect, test } from 'vitest'
import type { HeatBoard } from '../../../source/domain/heat/shard-heat.ts'
import { streamVerdict } from '../../../source/domain/heat/stream-verdict.ts'

const board = (rest: Partial<HeatBoard>): HeatBoard => ({
  source: 'cloudwatch',
  at: 0,
  windowSeconds: 300,
  seriesSeconds: 60,
  shards: [],
  openShardCount: 4,
  topKeys: [],
  ...rest,
})

describe('verdict on a stream as a whole', () => {
  test('says too few shards from 68 % on, whatever was refused', () => {
    expect(streamVerdict(board({ utilisation: 0.7, throttledRecords: 5 }))?.sentence).toBe(
      'the whole stream is at 70.0 % of its 4 shards: too few',
    )
  })

  test('says that records were refused at a low average', () => {
    const verdict = streamVerdict(board({ utilisation: 0.2, throttledRecords: 1_234 }))
    expect(verdict?.sentence).toBe('1,234 records refused although the stream averages 20.0 %')
    expect(streamVerdict(board({ throttledRecords: 3 }))?.sentence).toBe('3 records refused')
  })

  test('says nothing where nothing is wrong or known', () => {
    expect(streamVerdict(board({ utilisation: 0.67, throttledRecords: 0 }))).toBeUndefined()
    expect(streamVerdict(board({}))).toBeUndefined()
  })
})
