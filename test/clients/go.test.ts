import { execFile } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxProgram } from '../cli/program.ts'

/** The program in go/, built; .ci/run builds it where there is Go. */
const WALK = process.env.SHARDSCOPE_GO_WALK

const CHECKS = [
  'ListStreams in pages',
  'ListShards in pages',
  'ListShards names each shard once',
  'PutRecord: shard and digits of the sequence number',
  'PutRecords: places',
  'GetRecords from the oldest, two a page',
  'GetRecords after a sequence number',
  'GetRecords from a time',
  'SubscribeToShard ends with its shard, without an error',
  'SubscribeToShard: what was there, then what came',
  'SubscribeToShard: the children at the end',
  'GetRecords of a closed shard: its records, its end',
  'GetRecords of a closed shard: its children',
  'UpdateShardCount tells both counts',
  'four equal shards are open',
  'an unknown stream is of the modelled type',
  'a stream made twice is of the modelled type',
  'a garbage iterator is of the modelled type',
]

function declare(walk: string | undefined): void {
  if (walk === undefined) {
    test.skip('SDK for Go (needs the program in test/clients/go, named by SHARDSCOPE_GO_WALK; .ci/run builds it)', () => {})
    return
  }

  describe("AWS's SDK for Go on the sandbox", () => {
    const sandbox = new SandboxProgram()
    let told: string[] = []

    beforeAll(async () => {
      await sandbox.start()
      told = await new Promise<string[]>(resolve => {
        // Its own checks say what went wrong, so that its exit code adds nothing.
        execFile(walk, [sandbox.url], { timeout: 110_000 }, (_, stdout) =>
          resolve(stdout.trimEnd().split('\n')),
        )
      })
    }, 120_000)
    afterAll(async () => {
      await sandbox.program.stop()
    })

    test.each(CHECKS)('%s', name => {
      expect(told).toContain(`ok: ${name}`)
    })

    test('nothing else was found wrong', () => {
      expect(told.filter(line => !line.startsWith('ok: '))).toEqual([])
      expect(told).toHaveLength(CHECKS.length)
    })
  })
}

declare(WALK)
