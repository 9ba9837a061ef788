import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxProgram } from '../cli/program.ts'
import { PYTHON } from '../support/python.ts'
import { AwsCli } from './aws-cli.ts'

type CliShard = {
  ShardId: string
  ParentShardId?: string
  AdjacentParentShardId?: string
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string }
  SequenceNumberRange: { StartingSequenceNumber: string; EndingSequenceNumber?: string }
}
type CliRecord = { SequenceNumber: string; Data: string; PartitionKey: string }

const HALF = '170141183460469231731687303715884105728'
const QUARTER = '85070591730234615865843651857942052864'
const shardId = (index: number) => `shardId-${String(index).padStart(12, '0')}`

function declare(python: string | undefined): void {
  if (python === undefined) {
    test.skip('AWS CLI (needs a Python with awscli, named by SHARDSCOPE_PYTHON; .ci/run makes one)', () => {})
    return
  }

  // One story in order, as a person would try it; each step stands on the ones before.
  describe('the AWS CLI on the sandbox', () => {
    const sandbox = new SandboxProgram()
    let aws: AwsCli
    const named = ['--stream-name', 'orders']

    beforeAll(async () => {
      await sandbox.start()
      aws = new AwsCli(python, sandbox.url)
    })
    afterAll(async () => {
      await sandbox.program.stop()
    })

    const records = async (shard: number, type: string, ...rest: string[]) => {
      const { ShardIterator } = await aws.answer<{ ShardIterator: string }>(
        ...['get-shard-iterator', ...named, '--shard-id', shardId(shard), '--shard-iterator-type', type],
        ...rest,
      )
      return aws.answer<{ Records: CliRecord[]; NextShardIterator?: string; ChildShards?: unknown }>(
        ...['get-records', '--shard-iterator', ShardIterator],
      )
    }
    const shards = async () => (await aws.answer<{ Shards: CliShard[] }>('list-shards', ...named)).Shards
    const text = (record: CliRecord) => Buffer.from(record.Data, 'base64').toString('utf8')

    test('create-stream, wait stream-exists, describe-stream, describe-stream-summary, list-streams', async () => {
      await aws.answer('create-stream', ...named, '--shard-count', '2')
      await aws.untilActive('orders')
      await aws.answer('wait', 'stream-exists', ...named)
      expect(await aws.answer('describe-stream', ...named)).toMatchObject({
        StreamDescription: {
          StreamName: 'orders',
          StreamStatus: 'ACTIVE',
          RetentionPeriodHours: 24,
          Shards: [
            { ShardId: shardId(0), HashKeyRange: { StartingHashKey: '0' } },
            { ShardId: shardId(1), HashKeyRange: { StartingHashKey: HALF } },
          ],
        },
      })
      expect(await aws.answer('describe-stream-summary', ...named)).toMatchObject({
        StreamDescriptionSummary: { OpenShardCount: 2, StreamModeDetails: { StreamMode: 'PROVISIONED' } },
      })
      expect(await aws.answer('list-streams')).toMatchObject({
        StreamNames: ['orders'],
        StreamSummaries: [{ StreamName: 'orders' }],
      })
    })

    test('put-record and put-records reach the shards of their keys', async () => {
      const one = await aws.answer('put-record', ...named, '--partition-key', 'a', '--data', 'first')
      expect(one).toMatchObject({ ShardId: shardId(0), SequenceNumber: expect.stringMatching(/^\d{56}$/) })
      const many = await aws.answer(
        ...['put-records', ...named, '--records'],
        ...['Data=second,PartitionKey=user-1', 'Data=third,PartitionKey=user-1,ExplicitHashKey=0'],
      )
      expect(many).toMatchObject({
        FailedRecordCount: 0,
        Records: [{ ShardId: shardId(1) }, { ShardId: shardId(0) }],
      })
    })

    test('get-shard-iterator and get-records give back what was put', async () => {
      const all = await records(0, 'TRIM_HORIZON')
      expect(all.Records.map(text)).toEqual(['first', 'third'])
      expect(all.Records.map(record => record.PartitionKey)).toEqual(['a', 'user-1'])
      const [first] = all.Records
      const after = await records(
        ...([0, 'AFTER_SEQUENCE_NUMBER', '--starting-sequence-number', first?.SequenceNumber ?? ''] as const),
      )
      expect(after.Records.map(text)).toEqual(['third'])
      expect((await records(1, 'LATEST')).Records).toEqual([])
      const early = await records(1, 'AT_TIMESTAMP', '--timestamp', '2020-01-01T00:00:00Z')
      expect(early.Records.map(text)).toEqual(['second'])
    })

    test('split-shard closes the parent, which keeps its records and names its children', async () => {
      await aws.answer(
        'split-shard',
        ...named,
        '--shard-to-split',
        shardId(0),
        '--new-starting-hash-key',
        QUARTER,
      )
      await aws.untilActive('orders')
      expect(await shards()).toMatchObject([
        { ShardId: shardId(0), SequenceNumberRange: { EndingSequenceNumber: expect.any(String) } },
        { ShardId: shardId(1) },
        { ShardId: shardId(2), ParentShardId: shardId(0), HashKeyRange: { StartingHashKey: '0' } },
        { ShardId: shardId(3), ParentShardId: shardId(0), HashKeyRange: { StartingHashKey: QUARTER } },
      ])
      const parent = await records(0, 'TRIM_HORIZON')
      expect(parent.Records.map(text)).toEqual(['first', 'third'])
      expect(
        await aws.refusal(
          'split-shard',
          ...named,
          '--shard-to-split',
          shardId(0),
          '--new-starting-hash-key',
          '9',
        ),
      ).toBe('InvalidArgumentException')
    })

    test('merge-shards joins neighbours by range', async () => {
      await aws.answer(
        'merge-shards',
        ...named,
        '--shard-to-merge',
        shardId(3),
        '--adjacent-shard-to-merge',
        shardId(1),
      )
      await aws.untilActive('orders')
      expect((await shards()).at(-1)).toMatchObject({
        ShardId: shardId(4),
        ParentShardId: shardId(3),
        AdjacentParentShardId: shardId(1),
        HashKeyRange: { StartingHashKey: QUARTER },
      })
    })

    test('update-shard-count doubles', async () => {
      const answer = await aws.answer(
        ...['update-shard-count', ...named, '--target-shard-count', '4', '--scaling-type', 'UNIFORM_SCALING'],
      )
      expect(answer).toMatchObject({ StreamName: 'orders', CurrentShardCount: 2, TargetShardCount: 4 })
      await aws.untilActive('orders')
      const open = (await shards()).filter(it => it.SequenceNumberRange.EndingSequenceNumber === undefined)
      expect(
        open.map(it => it.HashKeyRange.StartingHashKey).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)),
      ).toEqual(['0', QUARTER, HALF, '255211775190703847597530955573826158592'])
    })

    test('list-shards says what `shardscope shards --json` says', async () => {
      const byCli = (await shards()).map(shard => ({
        shardId: shard.ShardId,
        parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter(id => id !== undefined),
        range: [shard.HashKeyRange.StartingHashKey, shard.HashKeyRange.EndingHashKey],
        sequence: [
          shard.SequenceNumberRange.StartingSequenceNumber,
          shard.SequenceNumberRange.EndingSequenceNumber,
        ],
        state: shard.SequenceNumberRange.EndingSequenceNumber === undefined ? 'open' : 'closed',
      }))
      const lines = (await sandbox.json('shards', 'orders')) as unknown as {
        shardId: string
        state: string
        parentShardId?: string
        adjacentParentShardId?: string
        hashKeyRange: { startingHashKey: string; endingHashKey: string }
        sequenceNumberRange: { startingSequenceNumber: string; endingSequenceNumber?: string }
      }[]
      const byConsole = lines.map(line => ({
        shardId: line.shardId,
        parents: [line.parentShardId, line.adjacentParentShardId].filter(id => id !== undefined),
        range: [line.hashKeyRange.startingHashKey, line.hashKeyRange.endingHashKey],
        sequence: [
          line.sequenceNumberRange.startingSequenceNumber,
          line.sequenceNumberRange.endingSequenceNumber,
        ],
        state: line.state,
      }))
      const byId = (a: { shardId: string }, b: { shardId: string }) => (a.shardId < b.shardId ? -1 : 1)
      expect(byConsole.sort(byId)).toEqual(byCli.sort(byId))
      expect(byCli.length).toBeGreaterThan(6)
    })

    test('the console reads what the CLI wrote, and the CLI what the console wrote', async () => {
      await aws.answer('put-record', ...named, '--partition-key', 'cli', '--data', '{"from":"cli"}')
      const [receipt] = await sandbox.json(
        'put',
        'orders',
        '--partition-key',
        'console',
        '--data',
        'from the console',
      )
      const tail = await sandbox.json('tail', 'orders', '--from', 'oldest', '--exit-at-tip')
      expect(tail).toContainEqual(expect.objectContaining({ partitionKey: 'cli', decoded: { from: 'cli' } }))
      const shard = Number(String(receipt?.shardId).split('-')[1])
      expect((await records(shard, 'TRIM_HORIZON')).Records.map(text)).toContain('from the console')
    })

    test('retention and tags', async () => {
      await aws.answer('increase-stream-retention-period', ...named, '--retention-period-hours', '48')
      await aws.untilActive('orders')
      expect(await aws.answer('describe-stream-summary', ...named)).toMatchObject({
        StreamDescriptionSummary: { RetentionPeriodHours: 48 },
      })
      await aws.answer('decrease-stream-retention-period', ...named, '--retention-period-hours', '24')
      await aws.untilActive('orders')
      await aws.answer('add-tags-to-stream', ...named, '--tags', 'env=prod,owner=team')
      await aws.answer('remove-tags-from-stream', ...named, '--tag-keys', 'owner')
      expect(await aws.answer('list-tags-for-stream', ...named)).toEqual({
        Tags: [{ Key: 'env', Value: 'prod' }],
        HasMoreTags: false,
      })
    })

    test('refusals carry the names of the service', async () => {
      expect(await aws.refusal('describe-stream', '--stream-name', 'nowhere')).toBe(
        'ResourceNotFoundException',
      )
      expect(await aws.refusal('create-stream', ...named, '--shard-count', '1')).toBe(
        'ResourceInUseException',
      )
      expect(await aws.refusal('get-records', '--shard-iterator', 'garbage')).toBe('InvalidArgumentException')
      expect(
        await aws.refusal('increase-stream-retention-period', ...named, '--retention-period-hours', '9000'),
      ).toBe('InvalidArgumentException')
    })

    test('delete-stream, wait stream-not-exists', async () => {
      await aws.answer('delete-stream', ...named)
      for (;;) {
        if ((await aws.refusal('describe-stream', ...named)) === 'ResourceNotFoundException') break
      }
      await aws.answer('wait', 'stream-not-exists', ...named)
      expect(await aws.answer('list-streams')).toMatchObject({ StreamNames: [] })
    })
  })
}

declare(PYTHON)
