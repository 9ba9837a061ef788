import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxProgram } from '../cli/program.ts'
import { PYTHON } from '../support/python.ts'
import { AwsCli } from './aws-cli.ts'

type Listed = {
  ShardId: string
  ParentShardId?: string
  AdjacentParentShardId?: string
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string }
  SequenceNumberRange: { EndingSequenceNumber?: string }
}

/** From, to, ids of the open shards at the end, and how many are closed; undefined where the guide tells no ids. */
const CASES: readonly (readonly [number, number, readonly number[] | undefined, number])[] = [
  [4, 8, [4, 5, 6, 7, 8, 9, 10, 11], 4],
  [4, 6, undefined, 8],
  [4, 3, [6, 9, 10], 8],
  [8, 4, [8, 9, 10, 11], 8],
  [3, 5, undefined, 8],
]

const numberOf = (id: string): number => Number(id.slice('shardId-'.length))

describe.skipIf(PYTHON === undefined)('UpdateShardCount by the AWS CLI and by reshard', () => {
  const sandbox = new SandboxProgram()
  let aws: AwsCli
  beforeAll(async () => {
    await sandbox.start()
    aws = new AwsCli(PYTHON ?? '', sandbox.url)
  })
  afterAll(async () => {
    await sandbox.program.stop()
  })

  const lineage = async (stream: string) => {
    const { Shards } = await aws.answer<{ Shards: Listed[] }>('list-shards', '--stream-name', stream)
    return Shards.map(shard => ({
      id: numberOf(shard.ShardId),
      parents: [shard.ParentShardId, shard.AdjacentParentShardId].map(id => id && numberOf(id)),
      range: [shard.HashKeyRange.StartingHashKey, shard.HashKeyRange.EndingHashKey],
      isClosed: shard.SequenceNumberRange.EndingSequenceNumber !== undefined,
    })).sort((a, b) => a.id - b.id)
  }

  test.each(CASES)(
    '%d -> %d',
    async (from, to, open, closed) => {
      const [byCli, byUs] = [`cli-${from}-${to}`, `us-${from}-${to}`]
      for (const stream of [byCli, byUs]) await sandbox.json('create', stream, '--shards', String(from))
      await aws.answer(
        ...['update-shard-count', '--stream-name', byCli, '--target-shard-count', String(to)],
        ...['--scaling-type', 'UNIFORM_SCALING'],
      )
      await aws.untilActive(byCli)
      await sandbox.json('reshard', byUs, String(to))
      const shards = await lineage(byCli)
      expect(await lineage(byUs)).toEqual(shards)
      const stillOpen = shards.filter(({ isClosed }) => !isClosed)
      expect(stillOpen).toHaveLength(to)
      expect(shards).toHaveLength(to + closed)
      if (open !== undefined) expect(stillOpen.map(({ id }) => id)).toEqual(open)
      const starts = stillOpen.map(({ range }) => BigInt(range[0] ?? 0)).sort((a, b) => (a < b ? -1 : 1))
      expect(starts.map(start => Number((start * BigInt(to)) >> 124n) / 16)).toEqual(
        starts.map((_, index) => expect.closeTo(index, 0)),
      )
    },
    60_000,
  )
})
