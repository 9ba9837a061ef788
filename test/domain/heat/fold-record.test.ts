import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_HASH_KEY } from '../../../source/domain/hash-key.ts'
import { foldRecord } from '../../../source/domain/heat/fold-record.ts'
import { ShardLoad } from '../../../source/domain/heat/shard-load.ts'
import { utf8Length } from '../../../source/domain/utf8-length.ts'

const AT = 1_780_000_000_000

function load(): ShardLoad {
  return new ShardLoad(
    { startingHashKey: 0n, endingHashKey: MAX_HASH_KEY },
    { windowSeconds: 60, historySeconds: 60, keyCapacity: () => 100, random: () => 0.5 },
  )
}

describe('folding records into heat', () => {
  test('an aggregate counts once against the shard and by its inner keys for shares', () => {
    // 62 bytes with keys user-1 and user-2 and seven bytes of data each.
    const data = Buffer.from(
      '84mawgoGdXNlci0xCgZ1c2VyLTIaCwgAGgd7Im4iOjF9GgsIARoHeyJuIjoyfTpkMZqoY/n7taqiM0G1IuQ=',
      'base64',
    )
    const folded = load()
    foldRecord(folded, { data, partitionKey: 'a' }, AT)
    folded.seconds.markSeen(AT / 1000)
    expect(folded.rates(AT + 1000)).toMatchObject({ totalBytes: 63, totalRecords: 1 })
    const totals = folded.keyTotals(AT + 1000)
    expect(totals).toMatchObject({ aggregates: 1, userRecords: 2 })
    expect(totals.keys.top(3, 'bytes').map(({ key, bytes }) => [key, bytes.atLeast])).toEqual([
      ['user-1', 13],
      ['user-2', 13],
    ])
  })

  test('with its last byte flipped the aggregate is one plain record of its outer key', () => {
    const data = Buffer.from(
      '84mawgoGdXNlci0xCgZ1c2VyLTIaCwgAGgd7Im4iOjF9GgsIARoHeyJuIjoyfTpkMZqoY/n7taqiM0G1IuQ=',
      'base64',
    )
    data[data.length - 1] = (data.at(-1) ?? 0) ^ 1
    const folded = load()
    foldRecord(folded, { data, partitionKey: 'a' }, AT)
    expect(
      folded
        .keyTotals(AT)
        .keys.top(3, 'bytes')
        .map(({ key }) => key),
    ).toEqual(['a'])
    expect(folded.keyTotals(AT).aggregates).toBe(0)
  })

  test('the length of a text in UTF-8 is what encoding it gives', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), text => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'))
      }),
    )
    for (const text of ['', 'a', 'é', '🙂', '\ud800', '\ud800a', '\udc00\ud800']) {
      expect(utf8Length(text)).toBe(Buffer.from(text, 'utf8').length)
    }
  })
})
