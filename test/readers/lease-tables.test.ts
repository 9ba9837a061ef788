import { describe, expect, test } from 'vitest'
import type { TableRow } from '../../source/domain/readers/lease.ts'
import { isLeaseTable, readRow } from '../../source/domain/readers/lease-rows.ts'
import { shardLeases } from '../../source/domain/readers/lease-state.ts'
import { leasesOf, readLeaseTable } from '../../source/domain/readers/lease-table.ts'
import { LeaseWatch } from '../../source/domain/readers/lease-watch.ts'
import type { Shard } from '../../source/domain/shard.ts'

// Rows as the KCL's serialisers write them: 2.x, 3.2 with its side tables, 3.5 in one table (seen with 3.5.1).

const [FIRST, SECOND, CHILD] = ['shardId-000000000000', 'shardId-000000000001', 'shardId-000000000002']
const SEQUENCE = '49590338271490256608559692538361571095921575989136588898'
const START = '49590338271490256608559692538361571095921575989136588800'
const HALF = (1n << 127n) - 1n
const END = (1n << 128n) - 1n

const shard = (shardId: string, more: Partial<Shard> = {}): Shard => ({
  shardId,
  hashKeyRange: { startingHashKey: 0n, endingHashKey: END },
  startingSequenceNumber: START,
  ...more,
})

const row = (leaseKey: string, more: TableRow = {}): TableRow => ({
  leaseKey: { S: leaseKey },
  leaseCounter: { N: '7' },
  leaseOwner: { S: 'worker-1' },
  ownerSwitchesSinceCheckpoint: { N: '0' },
  checkpoint: { S: SEQUENCE },
  checkpointSubSequenceNumber: { N: '0' },
  ...more,
})

const statesAfter = (
  before: readonly TableRow[],
  after: readonly TableRow[],
  shards: readonly Shard[],
  elapsedMillis: number,
) => {
  const watch = new LeaseWatch()
  watch.look(readLeaseTable('app', before).leases, 0)
  const { leases } = readLeaseTable('app', after)
  watch.look(leases, elapsedMillis)
  return Object.fromEntries(
    shardLeases(leases, shards, watch, elapsedMillis).map(({ shardId, state }) => [shardId, state]),
  )
}

describe('a lease table', () => {
  test('is known by its key alone', () => {
    expect(isLeaseTable([{ name: 'leaseKey', type: 'HASH' }])).toBe(true)
    expect(isLeaseTable([{ name: 'leaseKey', type: 'RANGE' }])).toBe(false)
    expect(isLeaseTable([{ name: 'id', type: 'HASH' }])).toBe(false)
    expect(
      isLeaseTable([
        { name: 'leaseKey', type: 'HASH' },
        { name: 'at', type: 'RANGE' },
      ]),
    ).toBe(false)
  })

  test('of KCL 2: leases only, sentinels stay words', () => {
    const table = readLeaseTable('app', [
      row(FIRST, { parentShardId: { SS: [] } }),
      row(SECOND, { checkpoint: { S: 'LATEST' } }),
      row(CHILD, { checkpoint: { S: 'SHARD_END' }, parentShardId: { SS: [FIRST, SECOND] } }),
    ])
    expect(table).toMatchObject({ form: 'leases-only', skippedRows: 0, workers: [] })
    expect(table.leases.map(({ checkpoint }) => checkpoint.kind)).toEqual([
      'sequence-number',
      'LATEST',
      'SHARD_END',
    ])
    expect(table.leases[2]?.parentShardIds).toEqual([FIRST, SECOND])
  })

  test('of KCL 3.2: worker metrics and the leader come from the side tables', () => {
    const table = readLeaseTable(
      'app',
      [row(FIRST, { throughputKBps: { N: '12.5' } })],
      [
        {
          wid: { S: 'worker-1' },
          lut: { N: '1796000000' },
          sts: { M: { C: { L: [{ N: '10' }, { N: '12' }] } } },
          opr: { M: { C: { L: [{ N: '80' }] } } },
        },
        { key: { S: 'Leader' }, ownerName: { S: 'worker-1' }, leaseDuration: { S: '60000' } },
        { key: { S: 'Migration3.0' }, cv: { S: 'CLIENT_VERSION_3X' }, mts: { N: '1' } },
      ],
    )
    expect(table).toMatchObject({ form: 'side-tables', leader: 'worker-1', skippedRows: 1 })
    expect(table.workers[0]).toMatchObject({ workerId: 'worker-1', updatedAt: new Date(1_796_000_000_000) })
    expect(table.workers[0]?.values.get('C')).toEqual([10, 12])
    expect(table.leases[0]?.throughputKBps).toBe(12.5)
  })

  test('of KCL 3.5: only rows of the type LEASE are shards, also where a worker is called like one', () => {
    const table = readLeaseTable('app', [
      row(FIRST, { entityType: { S: 'LEASE' } }),
      { leaseKey: { S: 'Leader' }, entityType: { S: 'LEADER' }, ownerName: { S: 'worker-1' } },
      { leaseKey: { S: SECOND }, entityType: { S: 'WORKER_METRIC_STATS' }, lut: { N: '1' } },
      { leaseKey: { S: 'Migration3.0' }, entityType: { S: 'CLIENT_VERSION_MIGRATION' } },
      { leaseKey: { S: 'TableMigration3.5' }, entityType: { S: 'TABLE_MIGRATION' } },
      { leaseKey: { S: 'orders' }, entityType: { S: 'STREAM' } },
      { leaseKey: { S: 'later' }, entityType: { S: 'SOMETHING_NEW' }, leaseCounter: { N: '1' } },
      { leaseKey: { S: 'a row of somebody' } },
    ])
    expect(table.leases.map(({ shardId }) => shardId)).toEqual([FIRST])
    expect(table).toMatchObject({ form: 'single-table', leader: 'worker-1', skippedRows: 5 })
    expect(table.workers.map(({ workerId }) => workerId)).toEqual([SECOND])
  })

  test('of a Python library: parents and range in its own spelling', () => {
    const entry = readRow(
      row(CHILD, {
        parentShardIds: { SS: [FIRST] },
        hashKeyRangeStart: { S: '0' },
        hashKeyRangeEnd: { S: String(HALF) },
      }),
    )
    expect(entry).toMatchObject({
      kind: 'lease',
      lease: { parentShardIds: [FIRST], hashKeyRange: { startingHashKey: 0n, endingHashKey: HALF } },
    })
  })

  test('a checkpoint that is neither digits nor a known word is kept as the text that it is', () => {
    expect(readRow(row(FIRST, { checkpoint: { S: '1e5' } }))).toMatchObject({
      lease: { checkpoint: { kind: 'unknown', text: '1e5' } },
    })
  })
})

describe('whose leases they are', () => {
  const stream = { streamName: 'orders', creationEpochSeconds: 1_700_000_000, shards: [shard(FIRST)] }
  const match = (...rows: TableRow[]) => leasesOf(readLeaseTable('app', rows), stream).match

  test('several streams in one table: by name and creation time', () => {
    expect(match(row(`111122223333:orders:1700000000:${FIRST}`))).toBe('certain')
    expect(match(row(`111122223333:orders:1600000000:${FIRST}`))).toBe('no')
    expect(match(row(`111122223333:payments:1700000000:${FIRST}`))).toBe('no')
  })

  test('one stream: a sequence number before the shard, or another range, is of another stream', () => {
    expect(match(row(FIRST))).toBe('certain')
    expect(match(row(FIRST, { checkpoint: { S: 'TRIM_HORIZON' } }))).toBe('possible')
    expect(match(row(FIRST, { checkpoint: { S: '5' } }))).toBe('no')
    expect(match(row(FIRST, { startingHashKey: { S: '0' }, endingHashKey: { S: String(HALF) } }))).toBe('no')
    expect(match(row('shardId-000000000099'))).toBe('no')
  })
})

describe('the state of a lease', () => {
  const shards = [shard(FIRST)]
  const same = [row(FIRST)]

  test('a counter that moves is alive, one that stands still for the fail-over time is silent', () => {
    expect(statesAfter(same, [row(FIRST, { leaseCounter: { N: '8' } })], shards, 4_000)).toEqual({
      [FIRST]: 'alive',
    })
    expect(statesAfter(same, same, shards, 9_000)).toEqual({ [FIRST]: 'owned' })
    expect(statesAfter(same, same, shards, 11_000)).toEqual({ [FIRST]: 'silent' })
  })

  test('KCL 3.5 owns leases 50 s before it reads: not dead, until it is too long for a start', () => {
    const fresh = [row(FIRST, { leaseCounter: { N: '1' }, checkpoint: { S: 'TRIM_HORIZON' } })]
    expect(statesAfter(fresh, fresh, shards, 55_000)).toEqual({ [FIRST]: 'starting' })
    expect(statesAfter(fresh, fresh, shards, 125_000)).toEqual({ [FIRST]: 'silent' })
  })

  test('hand-over, nobody, the end, and a shard that has gone', () => {
    const end = { checkpoint: { S: 'SHARD_END' } }
    const states = (one: TableRow, listed = shards) => statesAfter([one], [one], listed, 1_000)[FIRST]
    const { leaseOwner: _, ...unowned } = row(FIRST)
    expect(states(row(FIRST, { leaseOwner: { S: 'worker-2' }, checkpointOwner: { S: 'worker-1' } }))).toBe(
      'handing-over',
    )
    expect(states(unowned)).toBe('unowned')
    expect(states(row(FIRST, end))).toBe('finished')
    expect(states(row(FIRST), [])).toBe('expired')
    expect(states(row(FIRST, end), [])).toBe('finished')
  })

  test('a child without a lease waits for its parents, by the listing, also through parents that have none', () => {
    const closed = { endingSequenceNumber: `${START.slice(0, -1)}9` }
    const listed = [
      shard(FIRST, closed),
      shard(SECOND, { ...closed, parentShardId: FIRST }),
      shard(CHILD, { parentShardId: SECOND }),
    ]
    const watch = new LeaseWatch()
    const { leases } = readLeaseTable('app', [row(FIRST)])
    watch.look(leases, 0)
    const child = shardLeases(leases, listed, watch, 0).find(({ shardId }) => shardId === CHILD)
    expect(child).toMatchObject({ state: 'waiting-for-parent', waitsFor: [FIRST] })
    const done = statesAfter(
      [row(FIRST, { checkpoint: { S: 'SHARD_END' } })],
      [row(FIRST, { checkpoint: { S: 'SHARD_END' } })],
      listed,
      1_000,
    )
    expect(done).toEqual({ [FIRST]: 'finished', [CHILD]: 'no-lease' })
  })
})
