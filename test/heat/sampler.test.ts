import { describe, expect, test } from 'vitest'
import type { HeatBudget } from '../../source/domain/heat/heat-reads.ts'
import type { HeatBoard, ShardHeat } from '../../source/domain/heat/shard-heat.ts'
import { StreamHeat } from '../../source/domain/heat/stream-heat.ts'
import { type HeatEvent, HeatSampler } from '../../source/tail/heat-sampler.ts'
import { seededRandom } from '../domain/heat/seeded-random.ts'
import { FakeKinesis, fakeFailure } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'

type Writer = {
  readonly key: string
  readonly recordsPerSecond: (second: number) => number
  readonly bytes: number
}

/** A key of each of four equal shards: quarters of the MD5 space. */
const KEYS = ['a', 'é', 'k3', 'user-1']

/** A stream of which every write is known, read by a sampler, both on one stepped clock. */
class Rig {
  readonly clock = new StepClock(Date.UTC(2026, 10, 30, 12, 0, 0, 250))
  readonly stop = new AbortController()
  readonly fake: FakeKinesis
  readonly heat: StreamHeat
  readonly sampler: HeatSampler
  readonly events: HeatEvent[] = []
  /** Bytes written by shard and second. */
  readonly written = new Map<string, Map<number, { bytes: number; records: number }>>()
  readonly #writers: readonly Writer[]

  constructor(
    shardCount: number,
    writers: readonly Writer[],
    options: { budget?: Partial<HeatBudget>; seed?: number } = {},
  ) {
    this.fake = new FakeKinesis(this.clock, shardCount, { hasReadLimits: true })
    this.#writers = writers
    const random = seededRandom(options.seed ?? 1)
    this.heat = new StreamHeat({ windowSeconds: 60, historySeconds: 120, random })
    this.sampler = new HeatSampler({
      api: this.fake,
      stream: { streamName: 'orders' },
      clock: this.clock,
      random,
      signal: this.stop.signal,
      ...(options.budget === undefined ? {} : { budget: options.budget }),
      onEvent: event => {
        this.events.push(event)
        if (event.type === 'shards-listed') this.heat.list(event.shards)
        if (event.type === 'observed') this.heat.observe(event.observation)
      },
    })
  }

  /** Writes and reads for so many seconds; `at` may act on the fake at a second. */
  async run(seconds: number, at: (second: number) => void = () => {}): Promise<HeatBoard> {
    const running = this.sampler.run()
    const random = seededRandom(99)
    const work = (async () => {
      for (let tick = 0; tick < seconds * 20; tick += 1) {
        if (tick % 20 === 0) at(tick / 20)
        for (const { key, recordsPerSecond, bytes } of this.#writers) {
          const expected = recordsPerSecond(tick / 20) / 20
          const count = Math.floor(expected) + (random() < expected % 1 ? 1 : 0)
          for (let index = 0; index < count; index += 1) this.#put(key, bytes)
        }
        await this.clock.sleep(50)
      }
    })()
    await this.clock.run(work)
    const board = this.heat.board(this.sampler.now())
    this.stop.abort()
    await this.clock.run(running)
    return board
  }

  /** What was really written a second, on average over the window of a board. */
  truth(board: HeatBoard, shardId: string): { bytes: number; records: number } {
    const to = Math.floor(board.at / 1000)
    let [bytes, records] = [0, 0]
    for (let second = to - board.windowSeconds; second < to; second += 1) {
      const written = this.written.get(shardId)?.get(second)
      bytes += written?.bytes ?? 0
      records += written?.records ?? 0
    }
    return { bytes: bytes / board.windowSeconds, records: records / board.windowSeconds }
  }

  #put(key: string, bytes: number): void {
    const { shardId } = this.fake.put(key, new Uint8Array(bytes))
    const second = Math.floor(this.clock.now() / 1000)
    const bySecond = this.written.get(shardId) ?? new Map<number, { bytes: number; records: number }>()
    this.written.set(shardId, bySecond)
    const held = bySecond.get(second) ?? { bytes: 0, records: 0 }
    bySecond.set(second, { bytes: held.bytes + bytes + Buffer.byteLength(key), records: held.records + 1 })
  }
}

function shardWith(board: HeatBoard, rig: Rig, key: string): ShardHeat {
  const { shardId } = rig.fake.put(key, '')
  const found = board.shards.find(({ shard }) => shard.shardId === shardId)
  if (found === undefined) throw new Error(`no heat of ${shardId}`)
  return found
}

/** Reads in the busiest second of any shard, and bytes a second of the shard that was read most. */
function usedBy(rig: Rig): { mostReadsInASecond: number; readsPerSecond: number } {
  const reads = rig.fake.calls.filter(({ operation }) => operation === 'GetRecords')
  let [most, perSecond] = [0, 0]
  for (const { shardId } of rig.fake.shards) {
    const times = reads.filter(call => call.shardId === shardId).map(({ atMillis }) => atMillis)
    for (const at of times)
      most = Math.max(most, times.filter(other => other >= at && other < at + 1000).length)
    const span = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000
    perSecond = Math.max(perSecond, times.length / Math.max(1, span))
  }
  return { mostReadsInASecond: most, readsPerSecond: perSecond }
}

describe('heat sampler', () => {
  test('quiet shards are measured: every record of every second, and unknown seconds are not zero', async () => {
    const rig = new Rig(4, [
      { key: 'a', recordsPerSecond: () => 40, bytes: 500 },
      { key: 'user-1', recordsPerSecond: second => (second % 10 === 0 ? 200 : 2), bytes: 1_000 },
    ])
    const board = await rig.run(75)
    for (const key of ['a', 'user-1']) {
      const shard = shardWith(board, rig, key)
      expect(shard.bytesPerSecond?.kind).toBe('measured')
      // All seconds of the window but the newest two, which had not been read yet.
      const truth = rig.truth({ ...board, at: (shard.freshAt ?? 0) as number }, shard.shard.shardId)
      expect(shard.freshAt).toBeGreaterThan(board.at - 3_000)
      const seen = shard.bytesPerSecond
      expect(seen?.kind === 'measured' && seen.seconds).toBeGreaterThanOrEqual(57)
      expect(Math.abs((seen?.perSecond ?? 0) - truth.bytes) / truth.bytes).toBeLessThan(0.1)
    }
    const idle = board.shards.filter(({ shard }) => !rig.written.has(shard.shardId))
    expect(idle.length).toBeGreaterThan(0)
    for (const shard of idle) expect(shard).toMatchObject({ utilisation: 0, verdict: { kind: 'cold' } })
    expect(usedBy(rig).readsPerSecond).toBeLessThanOrEqual(1.05)
  })

  test('each second that is told as seen holds exactly what was written in it', async () => {
    const rig = new Rig(4, [
      { key: 'a', recordsPerSecond: second => 30 + 20 * Math.sin(second), bytes: 700 },
      { key: 'user-1', recordsPerSecond: second => (second % 7 < 2 ? 980 : 800), bytes: 1_000 },
    ])
    const board = await rig.run(80)
    let checked = 0
    for (const { shard } of board.shards) {
      const load = rig.heat.loadOf(shard.shardId)
      const to = Math.floor(board.at / 1000)
      load?.seconds.series(to, 70).forEach((seen, index) => {
        if (seen === undefined) return
        const written = rig.written.get(shard.shardId)?.get(to - 70 + index)
        expect(seen).toEqual(written ?? { bytes: 0, records: 0 })
        checked += 1
      })
    }
    expect(checked).toBeGreaterThan(100)
  })

  test('busy shards are sampled within the budget, and the estimate is near the truth', async () => {
    const rig = new Rig(4, [
      { key: 'a', recordsPerSecond: second => 800 + 150 * Math.sin(second / 5), bytes: 1_000 },
      { key: 'user-1', recordsPerSecond: () => 10, bytes: 300 },
    ])
    const board = await rig.run(90)
    const busy = shardWith(board, rig, 'a')
    const estimate = busy.bytesPerSecond
    expect(estimate?.kind).toBe('estimated')
    if (estimate?.kind !== 'estimated' || estimate.interval === undefined) throw new Error('no interval')
    const truth = rig.truth(board, busy.shard.shardId)
    expect(estimate.interval.low).toBeLessThan(truth.bytes)
    expect(estimate.interval.high).toBeGreaterThan(truth.bytes)
    expect(Math.abs(estimate.perSecond - truth.bytes) / truth.bytes).toBeLessThan(0.08)
    expect(busy.verdict.kind).toBe('one-hot-key')
    expect(busy.verdict.partitionKeys).toEqual(['a'])
    const used = usedBy(rig)
    expect(used.readsPerSecond).toBeLessThanOrEqual(1.05)
    expect(used.mostReadsInASecond).toBeLessThanOrEqual(3)
    expect(rig.sampler.ownReads(busy.shard.shardId).bytesPerSecond).toBeLessThanOrEqual(524_288 * 1.1)
    expect(rig.sampler.refusedCount).toBe(0)
  })

  test('the 95 % interval of the sampler holds the truth in at least 93 % of 30 seeded runs', async () => {
    let [held, told] = [0, 0]
    for (let seed = 1; seed <= 30; seed += 1) {
      const shape = seededRandom(seed * 7)
      const [swing, phase] = [shape() * 300, shape() * 6]
      const rig = new Rig(
        1,
        [
          {
            key: 'a',
            recordsPerSecond: second =>
              640 + swing * Math.sin(phase + second / 4) + (second % 9 < 1 ? 300 : 0),
            bytes: 1_000,
          },
        ],
        { seed },
      )
      const board = await rig.run(75)
      const [shard] = board.shards
      const estimate = shard?.bytesPerSecond
      if (shard === undefined || estimate?.kind !== 'estimated' || estimate.interval === undefined) continue
      told += 1
      // Only the seconds that the samples stand for: the first were followed, the newest not read yet.
      const { bytes } = rig.truth(board, shard.shard.shardId)
      if (estimate.interval.low <= bytes && bytes <= estimate.interval.high) held += 1
    }
    expect(told).toBeGreaterThanOrEqual(28)
    expect(held / told).toBeGreaterThanOrEqual(0.93)
  }, 120_000)

  test('an adjusted budget is kept: a read in two seconds, an eighth of the bytes', async () => {
    const rig = new Rig(1, [{ key: 'a', recordsPerSecond: () => 900, bytes: 1_000 }], {
      budget: { readsPerSecond: 0.5, bytesPerSecond: 262_144 },
    })
    const board = await rig.run(90)
    expect(usedBy(rig).readsPerSecond).toBeLessThanOrEqual(0.55)
    expect(rig.sampler.ownReads().bytesPerSecond).toBeLessThanOrEqual(262_144 * 1.15)
    const [shard] = board.shards
    expect(Math.abs((shard?.bytesPerSecond?.perSecond ?? 0) - 900 * 1_001) / 900_900).toBeLessThan(0.05)
  })

  test('backs off first when reads are refused, says so, and the figures stay right', async () => {
    const rig = new Rig(1, [{ key: 'a', recordsPerSecond: () => 50, bytes: 500 }])
    let isBusy = false
    rig.fake.behaviour = {
      ...rig.fake.behaviour,
      fault: operation =>
        isBusy && operation === 'GetRecords' ? fakeFailure('throttled', operation) : undefined,
    }
    const board = await rig.run(80, second => {
      isBusy = second >= 30 && second < 45
    })
    const during = rig.fake.calls.filter(({ operation, atMillis }) => {
      const second = (atMillis - rig.clock.now()) / 1000 + 80
      return operation === 'GetRecords' && second >= 30 && second < 45
    })
    expect(during.length).toBeLessThanOrEqual(6)
    expect(rig.sampler.refusedCount).toBe(during.length)
    const modes = rig.events.flatMap(event => (event.type === 'reading-changed' ? [event.reading.mode] : []))
    expect(modes).toContain('backing-off')
    expect(modes.at(-1)).toBe('following')
    const [shard] = board.shards
    expect(shard?.bytesPerSecond?.kind).toBe('measured')
    expect(Math.abs((shard?.bytesPerSecond?.perSecond ?? 0) - 50 * 501) / 25_050).toBeLessThan(0.02)
  })

  test('follows reshards: children are read from their beginning and their first seconds are right', async () => {
    const rig = new Rig(1, [
      { key: 'a', recordsPerSecond: () => 100, bytes: 200 },
      { key: 'user-1', recordsPerSecond: () => 300, bytes: 200 },
    ])
    const board = await rig.run(70, second => {
      if (second === 20) rig.fake.split('shardId-000000000000')
      if (second === 40) rig.fake.merge('shardId-000000000001', 'shardId-000000000002')
    })
    const open = board.shards.filter(shard => shard.isOpen)
    expect(open.map(({ shard }) => shard.shardId)).toEqual(['shardId-000000000003'])
    expect(Math.round(open[0]?.recordsPerSecond?.perSecond ?? 0)).toBe(400)
    // Nothing twice and nothing lost: every seen second of every shard is what was written to it.
    const to = Math.floor(board.at / 1000)
    for (const { shard } of board.shards) {
      rig.heat
        .loadOf(shard.shardId)
        ?.seconds.series(to, 65)
        .forEach((seen, index) => {
          const written = rig.written.get(shard.shardId)?.get(to - 65 + index)
          if (seen !== undefined) expect(seen).toEqual(written ?? { bytes: 0, records: 0 })
        })
    }
    const modes = rig.events.flatMap(event =>
      event.type === 'reading-changed' && event.reading.mode === 'ended' ? [event.shardId] : [],
    )
    expect(modes.sort()).toEqual(['shardId-000000000000', 'shardId-000000000001', 'shardId-000000000002'])
  })

  test('a service clock that is off by a minute changes nothing', async () => {
    for (const offMillis of [-60_000, 60_000]) {
      const rig = new Rig(1, [{ key: 'a', recordsPerSecond: () => 50, bytes: 500 }])
      const read = rig.fake.getRecords.bind(rig.fake)
      rig.fake.getRecords = async (...args) => {
        const page = await read(...args)
        const shifted = (at: Date | undefined) => new Date((at?.getTime() ?? 0) + offMillis)
        return {
          ...page,
          records: page.records.map(record => ({
            ...record,
            approximateArrivalTimestamp: shifted(record.approximateArrivalTimestamp),
          })),
        }
      }
      const board = await rig.run(40)
      expect(Math.abs(board.at - rig.clock.now() - offMillis)).toBeLessThan(2_000)
      const [shard] = board.shards
      expect(shard?.bytesPerSecond).toMatchObject({ kind: 'measured' })
      expect(Math.abs((shard?.bytesPerSecond?.perSecond ?? 0) - 25_050) / 25_050).toBeLessThan(0.1)
    }
  })

  test('an end that is none, and a shard that could not be read, are taken up again at the next listing', async () => {
    const rig = new Rig(2, [
      { key: 'a', recordsPerSecond: () => 40, bytes: 500 },
      { key: 'user-1', recordsPerSecond: () => 40, bytes: 500 },
    ])
    const read = rig.fake.getRecords.bind(rig.fake)
    let falseEnds = 0
    rig.fake.getRecords = async (stream, shardId, ...rest) => {
      const page = await read(stream, shardId, ...rest)
      if (shardId !== 'shardId-000000000000' || falseEnds > 0) return page
      falseEnds += 1
      return { records: page.records }
    }
    let isDenied = true
    rig.fake.behaviour = {
      fault: (operation, shardId) =>
        isDenied && operation === 'GetRecords' && shardId === 'shardId-000000000001'
          ? fakeFailure('denied', operation)
          : undefined,
    }
    const board = await rig.run(80, second => {
      isDenied = second < 20
    })
    for (const { recordsPerSecond } of board.shards) {
      expect(recordsPerSecond).toMatchObject({ kind: 'measured' })
      expect(Math.abs((recordsPerSecond?.perSecond ?? 0) - 40)).toBeLessThan(2)
    }
  })

  test('records without an arrival stamp count in the second in which they are read', async () => {
    const rig = new Rig(1, [{ key: 'a', recordsPerSecond: () => 40, bytes: 500 }])
    const read = rig.fake.getRecords.bind(rig.fake)
    rig.fake.getRecords = async (...args) => {
      const page = await read(...args)
      return { ...page, records: page.records.map(({ approximateArrivalTimestamp: _, ...record }) => record) }
    }
    const board = await rig.run(40)
    expect(board.shards[0]?.recordsPerSecond).toMatchObject({ kind: 'measured' })
    expect(Math.abs((board.shards[0]?.recordsPerSecond?.perSecond ?? 0) - 40) / 40).toBeLessThan(0.1)
  })

  test('the right shard and key are named within 15 seconds', async () => {
    const rig = new Rig(
      4,
      KEYS.map(key => ({ key, recordsPerSecond: () => (key === 'user-1' ? 700 : 20), bytes: 900 })),
    )
    const board = await rig.run(15)
    const hottest = [...board.shards].sort((a, b) => (b.utilisation ?? 0) - (a.utilisation ?? 0))[0]
    expect(hottest?.verdict).toMatchObject({ kind: 'one-hot-key', partitionKeys: ['user-1'] })
  })
})
