import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxProgram } from '../cli/program.ts'
import { PYTHON } from '../support/python.ts'
import { runPython } from './aws-cli.ts'

const SCRIPT = fileURLToPath(new URL('boto3_walk.py', import.meta.url))
const shardId = (index: number) => `shardId-${String(index).padStart(12, '0')}`

function declare(python: string | undefined): void {
  if (python === undefined) {
    test.skip('boto3 (needs a Python with boto3, named by SHARDSCOPE_PYTHON; .ci/run makes one)', () => {})
    return
  }

  describe('boto3 on the sandbox', () => {
    const sandbox = new SandboxProgram()
    let seen: Record<string, unknown>

    beforeAll(async () => {
      await sandbox.start()
      const { code, stdout, stderr } = await runPython(python, [SCRIPT, sandbox.url])
      expect(code, stderr).toBe(0)
      seen = JSON.parse(stdout)
    })
    afterAll(async () => {
      await sandbox.program.stop()
    })

    test('waiters and paginators come to their end', () => {
      expect(seen.pages).toEqual([['alpha', 'beta'], ['gamma']])
      expect(seen.shard_pages).toEqual([1, 1])
      expect(seen.left).toEqual([])
    })

    test('describes what was created, now', () => {
      expect(seen.shards).toEqual([shardId(0), shardId(1)])
      expect(seen.created_seconds_ago).toBeLessThan(120)
      expect(seen.created_seconds_ago).toBeGreaterThan(-2)
    })

    test('puts by MD5 and by explicit hash key', () => {
      expect(seen.put).toEqual({ shard: shardId(0), digits: 56 })
      // é = 136732...335 lies below 2^127, user-1 = 285573...820 above.
      expect(seen.batch).toEqual({ failed: 0, shards: [shardId(1), shardId(0), shardId(0)] })
    })

    test('reads bytes, empty ones too, from each kind of position', () => {
      expect(seen.lower).toEqual(['one', '', 'two'])
      expect(seen.upper).toEqual(['ünïcode 🙂'])
      expect(seen.since_creation).toEqual(['one', '', 'two'])
      expect(seen.after_first).toEqual(['', 'two'])
      expect(seen.arrival_is_a_time).toBe(true)
    })

    test('a split parent keeps its records, ends, and names its children', () => {
      expect(seen.parent).toEqual({
        texts: ['one', '', 'two'],
        ended: true,
        children: [shardId(2), shardId(3)],
      })
    })

    test('SubscribeToShard pushes over the HTTP/1.1 that botocore speaks', () => {
      expect(seen.pushed).toEqual(['ünïcode 🙂'])
    })

    test('refusals carry the names of the service', () => {
      expect(seen.refusals).toEqual({
        'unknown stream': 'ResourceNotFoundException',
        twice: 'ResourceInUseException',
        'garbage iterator': 'InvalidArgumentException',
        'consumers left': 'ResourceInUseException',
        'hash key': 'InvalidArgumentException',
      })
    })
  })
}

declare(PYTHON)
