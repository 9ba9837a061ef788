import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../source/aws/connection.ts'
import { hashKeyOf } from '../../source/domain/hash-key.ts'
import { collect, connectTo, failureIn } from '../aws/connect-to.ts'
import { jsonLines, run } from '../cli/program.ts'
import { PYTHON } from '../support/python.ts'
import { type Emulator, startKinesalite, startKinesisLocal, startMoto } from './peers/emulators.ts'

/** What a peer is known to lack or to do in its own way, as far as a user of the console meets it. */
type Peer = {
  readonly name: string
  readonly start: () => Promise<Emulator>
  /** Kind of the failure of UpdateShardCount, or undefined where it works. */
  readonly updateShardCount?: 'unsupported'
  /** Whether closed shards take no more records, and end. */
  readonly closesShards: boolean
  /** Members of a stream's summary that it does not send: absent, never zero. */
  readonly absent: readonly string[]
}

const PEERS: readonly Peer[] = [
  {
    name: 'kinesalite 3.3.3',
    start: startKinesalite,
    updateShardCount: 'unsupported',
    closesShards: true,
    absent: ['streamMode', 'maxRecordSizeInKiB', 'warmThroughputMiBps'],
  },
  {
    name: 'kinesis-local 0.6.2',
    start: startKinesisLocal,
    closesShards: true,
    absent: ['maxRecordSizeInKiB'],
  },
  ...(PYTHON === undefined
    ? []
    : [
        {
          name: 'moto 5.2.5',
          start: () => startMoto(PYTHON as string),
          closesShards: false,
          absent: ['consumerCount', 'maxRecordSizeInKiB'],
        },
      ]),
]

if (PYTHON === undefined) {
  test.skip('the console on moto (needs a Python with moto, named by SHARDSCOPE_PYTHON; .ci/run makes one)', () => {})
}

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (data: Uint8Array) => new TextDecoder().decode(data)

describe.each(PEERS)('the console on $name', peer => {
  let emulator: Emulator
  let connection: Connection
  const stream = { streamName: 'orders' }
  const program = async (...args: string[]) => {
    const finished = await run([...args, '--json', '--endpoint-url', emulator.url])
    return { ...finished, lines: jsonLines(finished.stdout) }
  }

  beforeAll(async () => {
    emulator = await peer.start()
    connection = await connectTo(emulator.url)
  })
  afterAll(async () => {
    await connection?.close()
    await emulator?.stop()
  })

  test('creates a stream, waits for it, lists it with what the peer knows and nothing made up', async () => {
    const created = await program('create', 'orders', '--shards', '2')
    expect(created).toMatchObject({ code: 0 })

    const listed = await program('streams')
    expect(listed.code).toBe(0)
    expect(listed.lines).toMatchObject([
      { v: 1, streamName: 'orders', streamStatus: 'ACTIVE', openShardCount: 2 },
    ])
    const [line] = listed.lines
    for (const member of peer.absent) expect(line).not.toHaveProperty(member)

    const pages = await collect(connection.api.listStreams())
    expect(pages.map(it => it.streamName)).toEqual(['orders'])
    const summary = await connection.api.describeStreamSummary(stream)
    expect(summary).toMatchObject({ retentionPeriodHours: 24, encryptionType: 'NONE' })
  })

  test('lists shards that cover the hash-key space', async () => {
    const { code, lines } = await program('shards', 'orders')
    expect(code).toBe(0)
    expect(lines.map(line => [line.shardId, line.state, line.shareOfHashSpace])).toEqual([
      ['shardId-000000000000', 'open', 0.5],
      ['shardId-000000000001', 'open', 0.5],
    ])
    expect(lines[0]).toMatchObject({ hashKeyRange: { startingHashKey: '0' } })
    expect(lines[1]).toMatchObject({
      hashKeyRange: { endingHashKey: '340282366920938463463374607431768211455' },
    })
  })

  test('puts where the key belongs, and reads back what was put', async () => {
    const put = await program('put', 'orders', '--partition-key', 'a', '--data', '{"order":1}')
    expect(put.code).toBe(0)
    expect(put.lines).toMatchObject([{ shardId: 'shardId-000000000000' }])

    const outcomes = await connection.api.putRecords(stream, [
      { partitionKey: 'user-1', data: bytes('second') },
      { partitionKey: 'a', explicitHashKey: hashKeyOf('user-1'), data: bytes('third') },
    ])
    expect(outcomes.map(it => it.outcome === 'written' && it.receipt.shardId)).toEqual([
      'shardId-000000000001',
      'shardId-000000000001',
    ])

    const tail = await program('tail', 'orders', '--from', 'oldest', '--exit-at-tip')
    expect(tail.code).toBe(0)
    expect(tail.lines.map(line => [line.shardId, line.partitionKey, line.decoded])).toEqual(
      expect.arrayContaining([
        ['shardId-000000000000', 'a', { order: 1 }],
        ['shardId-000000000001', 'user-1', 'second'],
        ['shardId-000000000001', 'a', 'third'],
      ]),
    )
    expect(tail.lines).toHaveLength(3)
    expect(
      tail.lines.every(line => /^\d{4}-.*\.\d{3}Z$/.test(String(line.approximateArrivalTimestamp))),
    ).toBe(true)
  })

  test('reads through the port: horizon, after a record, tip', async () => {
    const { api } = connection
    const shardId = 'shardId-000000000001'
    const horizon = await api.getShardIterator(stream, shardId, { type: 'TRIM_HORIZON' })
    const page = await api.getRecords(stream, shardId, horizon, { limit: 10 })
    expect(page.records.map(record => text(record.data))).toEqual(['second', 'third'])
    const [first] = page.records
    const after = await api.getShardIterator(stream, shardId, {
      type: 'AFTER_SEQUENCE_NUMBER',
      sequenceNumber: first?.sequenceNumber ?? '',
    })
    expect((await api.getRecords(stream, shardId, after)).records.map(record => text(record.data))).toEqual([
      'third',
    ])
    const latest = await api.getShardIterator(stream, shardId, { type: 'LATEST' })
    const tip = await api.getRecords(stream, shardId, latest)
    expect(tip.records).toEqual([])
    expect(tip.nextShardIterator).toBeDefined()
  })

  test('splits, and the tail goes through the parent into the children', async () => {
    const split = await program('split', 'orders', '0')
    expect(split.code).toBe(0)
    const put = await program('put', 'orders', '--partition-key', 'a', '--data', 'after the split')
    expect(put.lines).toMatchObject([
      { shardId: peer.closesShards ? 'shardId-000000000002' : 'shardId-000000000000' },
    ])
    const tail = await program('tail', 'orders', '--from', 'oldest', '--limit', '4')
    expect(tail.code).toBe(0)
    const lowerHalf = tail.lines.filter(line => line.shardId !== 'shardId-000000000001')
    expect(lowerHalf.map(line => line.decoded)).toEqual([{ order: 1 }, 'after the split'])
    const shards = await program('shards', 'orders')
    expect(shards.lines.map(line => [line.shardId, line.state])).toEqual(
      expect.arrayContaining([
        ['shardId-000000000000', 'closed'],
        ['shardId-000000000001', 'open'],
        ['shardId-000000000002', 'open'],
        ['shardId-000000000003', 'open'],
      ]),
    )
  })

  test(`UpdateShardCount ${peer.updateShardCount === undefined ? 'works' : 'is said to be lacking'}`, async () => {
    const { code, stderr } = await program('reshard', 'orders', '4')
    if (peer.updateShardCount === undefined) {
      expect(code, stderr).toBe(0)
      return
    }
    expect(code).toBe(11)
    expect(stderr).toContain('does not know the operation UpdateShardCount')
    const failure = await failureIn(connection.api.updateShardCount(stream, 4))
    expect(failure).toMatchObject({ kind: 'unsupported', action: 'UpdateShardCount', retryable: false })
  })

  test('an ARN is as good as the name', async () => {
    const { streamArn } = await connection.api.describeStreamSummary(stream)
    const { code, lines, stderr } = await program('shards', streamArn ?? '')
    expect(code, stderr).toBe(0)
    expect(lines.length).toBeGreaterThanOrEqual(4)
  })

  test('a stream that is not there is not found, in words', async () => {
    const { code, stdout, stderr } = await program('tail', 'nowhere')
    expect(code).toBe(3)
    expect(stdout).toBe('')
    expect(stderr).toContain('not found')
  })

  test('tags, retention and deletion work', async () => {
    expect(await program('tag', 'orders', 'env', 'prod')).toMatchObject({ code: 0 })
    expect([...(await connection.api.listTags(stream))]).toEqual([['env', 'prod']])
    expect(await program('retention', 'orders', '48')).toMatchObject({ code: 0 })
    expect((await connection.api.describeStreamSummary(stream)).retentionPeriodHours).toBe(48)
    const deleted = await program('delete', 'orders', '--yes', 'orders')
    expect(deleted.code, deleted.stderr).toBe(0)
    expect(await collect(connection.api.listStreams())).toEqual([])
  })
})
