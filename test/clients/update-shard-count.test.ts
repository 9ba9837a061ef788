import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxProgram } from '../cli/program.ts'
import { PYTHON } from '../support/python.ts'
import { lineageRows, UNIFORM_CASES } from '../support/uniform-lineage.ts'
import { AwsCli } from './aws-cli.ts'

type Listed = {
  ShardId: string
  ParentShardId?: string
  AdjacentParentShardId?: string
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string }
  SequenceNumberRange: { EndingSequenceNumber?: string }
}

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
      parents: [shard.ParentShardId, shard.AdjacentParentShardId].flatMap(id => (id ? [numberOf(id)] : [])),
      startingHashKey: BigInt(shard.HashKeyRange.StartingHashKey),
      endingHashKey: BigInt(shard.HashKeyRange.EndingHashKey),
      isOpen: shard.SequenceNumberRange.EndingSequenceNumber === undefined,
    })).sort((a, b) => a.id - b.id)
  }

  test.each(UNIFORM_CASES)(
    '$before -> $target',
    async ({ before, target, of, rows }) => {
      const [byCli, byUs] = [`cli-${before}-${target}`, `us-${before}-${target}`]
      for (const stream of [byCli, byUs]) await sandbox.json('create', stream, '--shards', String(before))
      await aws.answer(
        ...['update-shard-count', '--stream-name', byCli, '--target-shard-count', String(target)],
        ...['--scaling-type', 'UNIFORM_SCALING'],
      )
      await aws.untilActive(byCli)
      await sandbox.json('reshard', byUs, String(target))
      const shards = await lineage(byCli)
      expect(lineageRows(shards, of)).toEqual(rows)
      expect(await lineage(byUs)).toEqual(shards)
    },
    60_000,
  )
})
