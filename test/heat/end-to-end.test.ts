import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect } from '../../source/aws/connect.ts'
import type { Connection } from '../../source/aws/connection.ts'
import { sandboxSettings } from '../../source/aws/settings.ts'
import { ObservedHeat } from '../../source/commands/observed-heat.ts'
import { hashKeyOf } from '../../source/domain/hash-key.ts'
import type { ShardHeat } from '../../source/domain/heat/shard-heat.ts'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import type { Producer } from '../../source/sandbox/traffic/scenario.ts'
import { SYSTEM_CLOCK } from '../../source/system-clock.ts'
import { startConsole } from '../support/render-screen.tsx'

vi.setConfig({ testTimeout: 90_000 })

const skewed = { streamName: 'skewed' }
const crowded = { streamName: 'crowded' }
const QUARTER = 1n << 126n

/** Keys that belong to the second of four equal shards, by their MD5. */
const crowd = Array.from({ length: 400 }, (_, index) => `tenant-${index}`)
  .filter(key => hashKeyOf(key) >= QUARTER && hashKeyOf(key) < 2n * QUARTER)
  .slice(0, 6)

const producer = (keys: Producer['keys'], recordsPerSecond: number): Producer => ({
  recordsPerSecond,
  keys,
  payload: 'text',
  payloadBytes: 1_500,
})

let sandbox: Sandbox
let connection: Connection

beforeAll(async () => {
  sandbox = await startSandbox({
    durations: { creating: 0, updating: 0, reshardStep: 0 },
    traffic: {
      streams: [
        {
          name: 'skewed',
          shardCount: 4,
          producers: [
            producer({ kind: 'single', key: 'tenant-7' }, 100),
            producer({ kind: 'uniform', prefix: 'customer-', count: 300 }, 24),
          ],
        },
        {
          // More than a quarter of 2 MiB/s: too much to be followed.
          name: 'busy',
          shardCount: 1,
          producers: [
            { ...producer({ kind: 'uniform', prefix: 'customer-', count: 3_000 }, 700), payloadBytes: 1_200 },
            { ...producer({ kind: 'single', key: 'tenant-7' }, 100), payloadBytes: 1_200 },
          ],
        },
        {
          name: 'crowded',
          shardCount: 4,
          producers: [
            // The two heaviest alone make the middle of the range a bad place.
            ...crowd.map((key, index) => producer({ kind: 'single', key }, index < 2 ? 30 : 12)),
            producer({ kind: 'uniform', prefix: 'customer-', count: 300 }, 16),
          ],
        },
      ],
    },
  })
  connection = await connect({ settings: sandboxSettings(sandbox.url), arming: { armed: true } })
})

afterAll(async () => {
  connection.close()
  await sandbox.stop()
})

/** Looks every 200 ms until `find` finds something; the time that it took. */
async function until<T>(
  find: () => T | undefined,
  maxMillis: number,
): Promise<{ found: T; tookMillis: number }> {
  const startedAt = Date.now()
  for (;;) {
    const found = find()
    if (found !== undefined) return { found, tookMillis: Date.now() - startedAt }
    if (Date.now() - startedAt > maxMillis) throw new Error(`not found within ${maxMillis} ms`)
    await SYSTEM_CLOCK.sleep(200)
  }
}

function observe(stream: typeof skewed) {
  const stop = new AbortController()
  const observed = new ObservedHeat({
    context: { tailApi: connection.api, clock: SYSTEM_CLOCK, random: Math.random },
    stream,
    signal: stop.signal,
  })
  const reading = observed.run()
  return {
    observed,
    end: async () => {
      stop.abort()
      await reading
    },
  }
}

const ownerOf = (shards: readonly ShardHeat[], key: string) =>
  shards.find(
    ({ isOpen, shard }) =>
      isOpen &&
      shard.hashKeyRange.startingHashKey <= hashKeyOf(key) &&
      hashKeyOf(key) <= shard.hashKeyRange.endingHashKey,
  )

describe('heat on the sandbox, over HTTP', () => {
  test('the screen names the hot shard and its key within 15 seconds', async () => {
    const console = startConsole({ api: connection.api, size: [140, 40] })
    try {
      await console.waitFor('skewed')
      // The streams are listed by name; the one to look at is opened by it.
      console.press('@')
      await console.waitFor('Stream name or ARN')
      console.press('skewed\r')
      await console.waitFor('4 open')
      const startedAt = Date.now()
      console.press('H')
      const shards = await connection.api.listShards(skewed)
      const hot = shards.find(
        ({ hashKeyRange }) =>
          hashKeyRange.startingHashKey <= hashKeyOf('tenant-7') &&
          hashKeyOf('tenant-7') <= hashKeyRange.endingHashKey,
      )
      await console.waitFor(new RegExp(`> ${hot?.shardId}  .*tenant-7: one key`))
      expect(Date.now() - startedAt).toBeLessThan(15_000)
      console.press('\r')
      await console.waitFor('No split helps: one key cannot be divided. tenant-7')
      console.press('K')
      await console.waitFor(/> tenant-7 +\d/)
    } finally {
      console.signal('SIGTERM')
      await console.exitCode
    }
  })

  test('the proposed split, carried out, brings the hot shard below its forecast plus a tenth', async () => {
    const { observed, end } = observe(crowded)
    try {
      const { found: advice } = await until(() => {
        const board = observed.board()
        const hot = board === undefined ? undefined : ownerOf(board.shards, crowd[0] ?? '')
        if (board === undefined || (hot?.bytesPerSecond?.seconds ?? 0) < 6) return undefined
        const own = observed.heat?.advice(board.at, hot?.shard.shardId ?? '')
        return own?.kind === 'split' ? { ...own, shardId: hot?.shard.shardId ?? '' } : undefined
      }, 30_000)
      const forecast = Math.max(advice.best.lowerLoad, advice.best.upperLoad)
      const midpoint = Math.max(advice.midpoint.lowerLoad, advice.midpoint.upperLoad)
      expect(forecast).toBeLessThanOrEqual(midpoint)
      expect(forecast).toBeLessThan(0.7 * (advice.best.lowerLoad + advice.best.upperLoad))

      await connection.api.splitShard(crowded, advice.shardId, advice.best.newStartingHashKey)
      const { found: children } = await until(() => {
        const made = observed
          .board()
          ?.shards.filter(({ isOpen, shard }) => isOpen && shard.parentShardId === advice.shardId)
        return made?.length === 2 && made.every(({ bytesPerSecond }) => (bytesPerSecond?.seconds ?? 0) >= 8)
          ? made
          : undefined
      }, 40_000)
      for (const { bytesPerSecond, recordsPerSecond } of children) {
        const load = advice.measure === 'bytes' ? bytesPerSecond : recordsPerSecond
        expect(load?.perSecond).toBeLessThan(forecast * 1.1)
        expect(load?.perSecond).toBeGreaterThan(0)
      }
    } finally {
      await end()
    }
  })

  test('a shard beyond the read budget is sampled: estimate near the truth, budget kept, nobody refused', async () => {
    const { observed, end } = observe({ streamName: 'busy' })
    try {
      const { found: board } = await until(() => {
        const rate = observed.board()?.shards[0]?.bytesPerSecond
        return rate?.kind === 'estimated' && rate.windowCount >= 7 ? observed.board() : undefined
      }, 60_000)
      const [shard] = board.shards
      const rate = shard?.bytesPerSecond
      if (rate?.kind !== 'estimated' || rate.interval === undefined) throw new Error('no interval')
      // 800 records/s of 1,200 bytes, and keys of 12 or 13.
      const truth = 800 * 1_212
      expect(Math.abs(rate.perSecond - truth) / truth).toBeLessThan(0.1)
      expect(rate.interval.low).toBeLessThan(truth * 1.02)
      expect(rate.interval.high).toBeGreaterThan(truth * 0.98)
      expect(shard?.topKeys?.[0]?.partitionKey).toBe('tenant-7')
      expect(shard?.topKeys?.[0]?.recordShare).toBeGreaterThan(0.1)
      expect(shard?.topKeys?.[0]?.recordShare).toBeLessThan(0.15)
      const reads = observed.reads()
      expect(reads).toMatchObject({ samplingCount: 1, refusedCount: 0 })
      expect(reads.readsPerSecond).toBeLessThanOrEqual(1.2)
      expect(reads.bytesPerSecond).toBeLessThanOrEqual(524_288 * 1.2)
    } finally {
      await end()
    }
  })

  test('what is measured is what was written, and our reads stay within the budget', async () => {
    const { observed, end } = observe(skewed)
    try {
      const { found: board } = await until(() => {
        const seen = observed.board()
        return seen?.shards.every(({ bytesPerSecond }) => (bytesPerSecond?.seconds ?? 0) >= 6)
          ? seen
          : undefined
      }, 30_000)
      // 100 records/s of one key and 24 of others, on average.
      expect(board.recordsPerSecond).toBeGreaterThan(124 * 0.85)
      expect(board.recordsPerSecond).toBeLessThan(124 * 1.15)
      const reads = observed.reads()
      expect(reads.readsPerSecond).toBeLessThanOrEqual(1.2)
      expect(reads.refusedCount).toBe(0)
      expect(reads.followingCount).toBe(4)
    } finally {
      await end()
    }
  })
})
