import { describe, expect, test } from 'vitest'
import { setMonitoring } from '../../source/commands/monitoring-command.ts'
import { failureOf } from '../../source/domain/failure.ts'
import { update } from '../../source/state/update.ts'
import { BOARD, modelWith, STREAM, snapshotOf } from './models.ts'
import { boardOf, shardsOf } from './scenario.ts'

const board = boardOf({ about: '', shardWidths: [25, 25, 50], traffic: [], expect: [] })
const model = update(modelWith(BOARD, snapshotOf(board)), {
  type: 'shards-listed',
  stream: STREAM,
  shards: shardsOf([25, 25, 50]),
  at: 0,
})
const asked = (enable?: string, disable?: string) =>
  setMonitoring.confirm?.({ stream: STREAM, enable, disable }, model)?.lines.join('\n') ?? ''

describe('switching shard-level metrics', () => {
  test('says the price before anything is sent: metrics x open shards x the price of a custom metric', () => {
    expect(asked('IncomingBytes, IncomingRecords')).toContain('2 x 3 shards = $1.80 a month')
    // ALL stands for the seven metrics that there are.
    expect(asked('ALL')).toContain('7 x 3 shards = $6.30 a month')
    expect(asked(undefined, 'ALL')).not.toContain('$')
  })

  test.each([
    [undefined, undefined, 'neither enable nor disable'],
    ['Bytes', undefined, '"Bytes" is no shard-level metric'],
    ['IncomingBytes', 'IncomingBytes', 'both on and off'],
    ['IncomingBytes', 'OutgoingBytes', 'either on or off in one act'],
  ])('%s / %s is refused', (enable, disable, text) => {
    let message = ''
    try {
      asked(enable, disable)
    } catch (error) {
      message = failureOf(error, 'monitoring').message
    }
    expect(message).toContain(text)
  })
})
