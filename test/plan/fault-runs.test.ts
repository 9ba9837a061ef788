import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { connect } from '../../source/aws/connect.ts'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import { sandboxSettings } from '../../source/aws/settings.ts'
import { runPlan } from '../../source/commands/plan-runner.ts'
import { FailureError } from '../../source/domain/failure.ts'
import { HASH_SPACE_SIZE } from '../../source/domain/hash-key.ts'
import { type PlanJournal, progressOf } from '../../source/domain/plan/journal.ts'
import { openRanges, planShards } from '../../source/domain/plan/shard-plan.ts'
import { isSameLayout, layoutsAlong } from '../../source/domain/plan/steps.ts'
import { IN_PROCESS_URL } from '../../source/domain/session.ts'
import { createPlanStore } from '../../source/journal/plan-store.ts'
import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import type { FaultRule } from '../../source/sandbox/faults/fault-plan.ts'
import { createSandbox } from '../../source/sandbox/sandbox.ts'
import { seededRandom } from '../domain/heat/seeded-random.ts'

/** Seeds of one run; SHARDSCOPE_FAULT_RUNS asks for more by hand. */
const RUNS = Number(process.env.SHARDSCOPE_FAULT_RUNS ?? 60)
const CALLS = ['SplitShard', 'MergeShards']
const STREAM = { streamName: 'orders' }
const folder = mkdtempSync(join(tmpdir(), 'shardscope-plans-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The program ended in the middle, as by `kill -9`: nothing of it runs on. */
class Killed extends Error {}

type Ending = 'planned' | 'stopped'

/** One random plan on a sandbox of its own, with trouble at random moments; says how it ended, or fails the test. */
async function faultRun(seed: number): Promise<{ ending: Ending; kills: number; foreign: boolean }> {
  const random = seededRandom(seed)
  const upTo = (most: number) => Math.floor(random() * (most + 1))
  const clock = createSteppedClock(Date.UTC(2026, 0, 1))
  const sandbox = createSandbox({
    clock,
    durations: { creating: 0, updating: random() < 0.3 ? 20_000 : 300 },
  })
  const shardCount = 1 + upTo(5)
  sandbox.service.handle('CreateStream', { StreamName: 'orders', ShardCount: shardCount })
  clock.advance(1_000)
  const written = new Set<string>()
  for (let index = 0; index < 30; index += 1) {
    const Data = Buffer.from(`record ${index}`)
    sandbox.service.handle('PutRecord', { StreamName: 'orders', PartitionKey: `key ${index}`, Data })
    written.add(`record ${index}`)
  }
  const probability = (most: number) => random() * most
  const faults: FaultRule[] = [
    { fault: 'throttle', operations: CALLS, probability: probability(0.4) },
    { fault: 'error', name: 'InternalFailure', operations: CALLS, probability: probability(0.3) },
    { fault: 'reset', operations: CALLS, probability: probability(0.3) },
    { fault: 'reset', operations: ['ListShards', 'DescribeStreamSummary'], probability: probability(0.05) },
  ]
  sandbox.faults.replace({ seed, faults })
  const connection = await connect({
    settings: sandboxSettings(IN_PROCESS_URL),
    arming: { armed: true },
    requestHandler: sandbox.requestHandler,
  })
  const quiet = { ...STREAM }
  try {
    const before = await lookWithPatience(connection.api)
    const layout = openRanges(before) ?? []
    const bytes = Array.from({ length: 3 + upTo(10) }, () => ({
      hashKey: (HASH_SPACE_SIZE * BigInt(Math.floor(random() * 2 ** 40))) >> 40n,
      load: random() * 900_000,
    }))
    const plan = planShards({ ranges: layout, loads: { bytes, records: [] }, targetUtilisation: 0.7 })
    const layouts = layoutsAlong(layout, plan.steps)

    // A lost answer: the service has done it, and the connection broke. A kill: at any line or call.
    const lostShare = probability(0.3)
    let movesToKill = random() < 0.6 ? 1 + upTo(10) : Number.POSITIVE_INFINITY
    let isDead = false
    const foreignAfter = random() < 0.2 ? 1 + upTo(4) : Number.POSITIVE_INFINITY
    let acts = 0
    let isForeign = false
    const moveOn = (): void => {
      if (isDead) throw new Killed()
      movesToKill -= 1
      if (movesToKill > 0) return
      isDead = true
      movesToKill = random() < 0.5 ? 1 + upTo(10) : Number.POSITIVE_INFINITY
      throw new Killed()
    }
    const act = async (call: () => Promise<void>): Promise<void> => {
      moveOn()
      acts += 1
      if (acts === foreignAfter) isForeign = somebodyElseSplits(sandbox.service, clock)
      await call()
      moveOn()
      if (random() < lostShare) {
        throw new FailureError({ kind: 'unreachable', action: 'Lost', message: 'reset', retryable: true })
      }
    }
    const api: KinesisApi = {
      ...connection.api,
      splitShard: (...args) => act(() => connection.api.splitShard(...args)),
      mergeShards: (...args) => act(() => connection.api.mergeShards(...args)),
    }
    const store = createPlanStore(folder)
    const planId = `run-${seed}`
    let journal = await store.create({
      kind: 'planned',
      at: clock.now(),
      planId,
      stream: quiet,
      endpoint: 'sandbox',
      region: 'us-east-1',
      layout,
      steps: plan.steps,
    })
    const controlled = (of: PlanJournal): PlanJournal => ({
      ...of,
      append: async entry => {
        moveOn()
        await of.append(entry)
        moveOn()
      },
    })
    let kills = 0
    let ending: Ending | undefined
    let message = ''
    while (ending === undefined) {
      const progress = progressOf(await store.read(planId))
      if (progress === undefined) throw new Error('the journal is gone')
      isDead = false
      const running = runPlan(
        {
          api,
          clock: { now: clock.now, sleep: async millis => void clock.advance(millis) },
          signal: new AbortController().signal,
        },
        {
          stream: quiet,
          layout: progress.planned.layout,
          steps: progress.planned.steps,
          journal: controlled(journal),
          intendedSteps: progress.intendedSteps,
          doneSteps: progress.doneSteps,
          patienceMillis: 600_000,
        },
      )
      try {
        for (;;) if ((await running.next()).done === true) break
        ending = 'planned'
      } catch (error) {
        if (isDead) {
          // A new process: nothing but what is on the disk is left of the old one.
          kills += 1
          await journal.close()
          journal = (await store.reopen(planId)).journal
        } else {
          if (!(error instanceof FailureError)) throw error
          ending = 'stopped'
          message = error.failure.message
        }
      }
    }
    await journal.close()

    const after = await lookWithPatience(connection.api)
    const now = openRanges(after) ?? []
    const entries = await store.read(planId)
    const progress = progressOf(entries)
    if (ending === 'planned') {
      expect(isSameLayout(now, layouts.at(-1) ?? [])).toBe(true)
      expect(progress?.state).toBe('finished')
      expect(progress?.doneSteps).toBe(plan.steps.length)
      // No step twice: each makes its own shards, and there are exactly as many.
      const made = plan.steps.reduce((sum, { kind }) => sum + (kind === 'split' ? 2 : 1), 0)
      expect(after).toHaveLength(shardCount + made)
    } else {
      expect(isForeign).toBe(true)
      expect(message).toContain('somebody else resharded')
      expect(message).toContain(`stopped after ${progress?.doneSteps} of ${plan.steps.length} steps`)
      expect(progress?.state).toBe('stopped')
    }
    const doneSteps = entries.flatMap(entry => (entry.kind === 'done' ? [entry.step] : []))
    expect(doneSteps).toEqual(doneSteps.map((_, index) => index))
    expect(readAll(sandbox.service)).toEqual(written)
    return { ending, kills, foreign: isForeign }
  } finally {
    connection.close()
    await sandbox.stop()
  }
}

type Service = ReturnType<typeof createSandbox>['service']

/** Another actor splits some open shard, if it can. */
function somebodyElseSplits(service: Service, clock: { advance(millis: number): void }): boolean {
  clock.advance(60_000)
  const { Shards } = service.handle('ListShards', {
    StreamName: 'orders',
    ShardFilter: { Type: 'AT_LATEST' },
  }) as { Shards: { ShardId: string; HashKeyRange: { StartingHashKey: string; EndingHashKey: string } }[] }
  const shard = Shards.at(-1)
  if (shard === undefined) return false
  const [from, to] = [BigInt(shard.HashKeyRange.StartingHashKey), BigInt(shard.HashKeyRange.EndingHashKey)]
  service.handle('SplitShard', {
    StreamName: 'orders',
    ShardToSplit: shard.ShardId,
    // A third of the way: no plan of this test has a boundary there.
    NewStartingHashKey: String(from + (to - from) / 3n),
  })
  clock.advance(60_000)
  return true
}

async function lookWithPatience(api: KinesisApi) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await api.listShards(STREAM)
    } catch (error) {
      if (attempt === 20) throw error
    }
  }
}

/** The payloads of every shard, open and closed. */
function readAll(service: Service): Set<string> {
  const { Shards } = service.handle('ListShards', { StreamName: 'orders' }) as {
    Shards: { ShardId: string }[]
  }
  const found = new Set<string>()
  for (const { ShardId } of Shards) {
    const { ShardIterator } = service.handle('GetShardIterator', {
      StreamName: 'orders',
      ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    }) as { ShardIterator: string }
    const { Records } = service.handle('GetRecords', { ShardIterator }) as { Records: { Data: Uint8Array }[] }
    for (const { Data } of Records) found.add(Buffer.from(Data).toString())
  }
  return found
}

describe('a plan in trouble', () => {
  it(`ends as planned or in a truthful stop, ${RUNS} seeds`, { timeout: 600_000 }, async () => {
    const seen = { planned: 0, stopped: 0, kills: 0 }
    for (let seed = 1; seed <= RUNS; seed += 1) {
      try {
        const { ending, kills } = await faultRun(seed)
        seen[ending] += 1
        seen.kills += kills
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        })
      }
    }
    // The runs would prove nothing without trouble in them.
    expect(seen.planned).toBeGreaterThan(RUNS / 2)
    expect(seen.stopped).toBeGreaterThan(0)
    expect(seen.kills).toBeGreaterThan(RUNS / 10)
    if (process.env.SHARDSCOPE_FAULT_RUNS !== undefined) process.stdout.write(`${JSON.stringify(seen)}\n`)
  })
})
