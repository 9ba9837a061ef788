import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MetricQuery, MetricsApi } from '../../source/aws/metrics-api.ts'
import type { RunnerContext } from '../../source/commands/act-runner.ts'
import { HeatFeed } from '../../source/commands/heat-feed.ts'
import type { Event } from '../../source/state/event.ts'
import { initialModel } from '../../source/state/initial-model.ts'
import type { Model, ScreenState } from '../../source/state/model.ts'
import { update } from '../../source/state/update.ts'
import { seededRandom } from '../domain/heat/seeded-random.ts'
import { FakeKinesis } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import { BOARD, STREAM } from './models.ts'

class Rig {
  readonly clock = new StepClock()
  readonly fake = new FakeKinesis(this.clock, 4)
  readonly questions: (readonly MetricQuery[])[] = []
  readonly feed: HeatFeed
  readonly events: Event[] = []
  #writing: Promise<void> | undefined
  #isWriting = true
  model: Model = initialModel({
    endpoint: { value: 'http://127.0.0.1:1', origin: 'test' },
    region: { value: 'us-east-1', origin: 'test' },
    isSandbox: true,
    isArmed: true,
  })

  constructor() {
    const metrics: MetricsApi = {
      series: async queries => {
        this.questions.push(queries)
        return queries.map(query => ({ query, points: [] }))
      },
    }
    const summary = async () => ({ streamName: 'orders', shardLevelMetrics: ['IncomingBytes'] })
    const api = Object.assign(this.fake, { describeStreamSummary: summary })
    const context = {
      api,
      tailApi: api,
      metrics,
      clock: this.clock,
      random: seededRandom(5),
      model: () => this.model,
    } as unknown as RunnerContext
    this.feed = new HeatFeed({ context, dispatch: event => this.dispatch(event) })
    this.#writing = (async () => {
      while (this.#isWriting) {
        for (let index = 0; index < 10; index += 1) this.fake.put('tenant-7', new Uint8Array(1_000))
        this.fake.put('other', new Uint8Array(100))
        await this.clock.sleep(100)
      }
    })()
  }

  /** As the console does: each new state is shown to the feed. */
  dispatch(event: Event): void {
    this.events.push(event)
    const before = this.model
    this.model = update(this.model, event)
    if (this.model !== before) this.feed.show(this.model)
  }

  open(screen: ScreenState): void {
    this.dispatch({ type: 'screen-opened', screen })
  }

  run(millis: number): Promise<void> {
    return this.clock.run(this.clock.sleep(millis))
  }

  get callCount(): number {
    return this.fake.calls.length
  }

  async end(): Promise<void> {
    this.feed.close()
    this.#isWriting = false
    await this.clock.run(this.#writing ?? Promise.resolve())
  }
}

let rig: Rig
beforeEach(() => {
  rig = new Rig()
})
afterEach(() => rig.end())

describe('feed of the heat screens', () => {
  test('reads only while a heat screen is in sight', async () => {
    rig.feed.show(rig.model)
    await rig.run(5_000)
    expect(rig.callCount).toBe(0)
    rig.open(BOARD)
    await rig.run(10_000)
    const hot = rig.model.heat?.snapshot?.board.shards.find(({ verdict }) => verdict.kind === 'one-hot-key')
    expect(hot?.verdict.partitionKeys).toEqual(['tenant-7'])
    // The log of calls lies above it; what is underneath goes on.
    rig.open({ screen: 'calls', scroll: 0 })
    const under = rig.callCount
    await rig.run(5_000)
    expect(rig.callCount).toBeGreaterThan(under)
    rig.dispatch({ type: 'screen-closed' })
    rig.dispatch({ type: 'screen-closed' })
    await rig.run(1_000)
    const left = rig.callCount
    await rig.run(60_000)
    expect(rig.callCount).toBe(left)
  })

  test('one look has what the screen on top shows: detail, keys, forecast', async () => {
    rig.open(BOARD)
    await rig.run(10_000)
    const hot = rig.model.heat?.snapshot?.board.shards.find(({ verdict }) => verdict.kind === 'one-hot-key')
    const shardId = hot?.shard.shardId ?? ''
    expect(rig.model.heat?.snapshot?.advice.get(shardId)).toMatchObject({
      kind: 'no-split-helps',
      partitionKey: 'tenant-7',
    })

    rig.open({ screen: 'shard-heat', stream: STREAM, source: 'observed', shardId, scroll: 0 })
    const calls = rig.callCount
    await rig.run(300)
    const { shard } = rig.model.heat?.snapshot ?? {}
    expect(shard).toMatchObject({ shardId, advice: { kind: 'no-split-helps' } })
    expect(shard?.topKeys[0]?.partitionKey).toBe('tenant-7')
    expect(shard?.seconds.filter(second => second !== undefined).length).toBeGreaterThan(5)
    // The same reading goes on: nothing was started anew for another view of it.
    expect(rig.callCount - calls).toBeLessThanOrEqual(8)

    rig.open({
      screen: 'keys',
      stream: STREAM,
      measure: 'records',
      filter: '',
      lookUp: { partitionKey: 'tenant-7' },
    })
    await rig.run(1_200)
    expect(rig.model.heat?.snapshot?.keys?.keys[0]?.partitionKey).toBe('tenant-7')
    expect(rig.model.heat?.snapshot?.located).toMatchObject({ partitionKey: 'tenant-7', owner: { shardId } })
    expect(rig.model.heat?.snapshot?.located?.shares?.[0]?.shardId).toBe(shardId)

    rig.open({ screen: 'what-if', stream: STREAM, change: { kind: 'uniform', shardCount: 8 }, scroll: 0 })
    await rig.run(1_200)
    const forecast = rig.model.heat?.snapshot?.forecast
    expect(forecast?.whatIf?.after).toHaveLength(8)
    const sum = (ranges: readonly { bytesPerSecond: number }[]) =>
      ranges.reduce((total, range) => total + range.bytesPerSecond, 0)
    expect(sum(forecast?.whatIf?.after ?? [])).toBeCloseTo(
      rig.model.heat?.snapshot?.board.bytesPerSecond ?? 0,
      3,
    )
  })

  test('CloudWatch is asked when its board opens and once a minute while it is open, never otherwise', async () => {
    rig.open({ ...BOARD, source: 'cloudwatch' })
    await rig.run(1_000)
    expect(rig.questions).toHaveLength(1)
    // Four of the stream, and IncomingBytes of four shards: what is off is not asked for.
    expect(rig.questions[0]).toHaveLength(8)
    expect(rig.model.heat?.snapshot).toMatchObject({ source: 'cloudwatch', requestedMetrics: 8 })
    expect(rig.model.heat?.snapshot?.missingMetrics).toContain('IncomingRecords')
    await rig.run(61_000)
    expect(rig.questions).toHaveLength(2)
    expect(rig.fake.calls.filter(({ operation }) => operation === 'GetRecords')).toHaveLength(0)
    rig.dispatch({ type: 'screen-closed' })
    await rig.run(300_000)
    expect(rig.questions).toHaveLength(2)
  })

  test('a wish for fresh data asks CloudWatch again, and does not forget what was read', async () => {
    rig.open(BOARD)
    await rig.run(8_000)
    const seconds = () => rig.model.heat?.snapshot?.board.shards[0]?.recordsPerSecond?.seconds ?? 0
    const before = seconds()
    expect(before).toBeGreaterThan(4)
    rig.dispatch({ type: 'refresh-requested' })
    await rig.run(1_500)
    expect(seconds()).toBeGreaterThanOrEqual(before)
    rig.open({ ...BOARD, source: 'cloudwatch' })
    await rig.run(1_000)
    rig.dispatch({ type: 'refresh-requested' })
    await rig.run(1_000)
    expect(rig.questions).toHaveLength(2)
  })

  test('another budget starts the reading anew within it', async () => {
    rig.open(BOARD)
    await rig.run(5_000)
    rig.dispatch({ type: 'heat-budget-changed', budget: { readsPerSecond: 0.2 } })
    await rig.run(1_000)
    const before = rig.callCount
    await rig.run(20_000)
    const reads = rig.fake.calls.slice(before).filter(({ operation }) => operation === 'GetRecords')
    for (const { shardId } of rig.fake.shards) {
      expect(reads.filter(call => call.shardId === shardId).length).toBeLessThanOrEqual(5)
    }
  })
})

describe('the loads that a plan is made from', () => {
  const whatIf: ScreenState = {
    screen: 'what-if',
    stream: STREAM,
    change: { kind: 'uniform', shardCount: 8 },
    scroll: 0,
  }
  const windowSeconds = () => rig.feed.observedLoads(STREAM)?.windowSeconds

  test('are those of the whole look, from the board, from a what-if, and after the heat has ended', async () => {
    rig.open(BOARD)
    await rig.run(30_000)
    const seen = windowSeconds() ?? 0
    expect(seen).toBeGreaterThanOrEqual(25)
    rig.open(whatIf)
    await rig.run(2_000)
    expect(windowSeconds()).toBeGreaterThanOrEqual(seen)
    rig.open({ screen: 'plan', stream: STREAM, scroll: 0 })
    const held = windowSeconds()
    expect(held).toBeGreaterThanOrEqual(seen)
    await rig.run(20_000)
    // A minute at most: then it is a memory and no load.
    expect(windowSeconds()).toBe(held)
    expect(rig.feed.observedLoads({ streamName: 'payments' })).toBeUndefined()
    await rig.run(41_000)
    expect(windowSeconds()).toBeUndefined()
  })

  test('are forgotten with the connection', async () => {
    rig.open(BOARD)
    await rig.run(10_000)
    rig.feed.forget()
    expect(windowSeconds()).toBeUndefined()
  })
})
