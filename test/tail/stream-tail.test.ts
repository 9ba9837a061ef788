import { describe, expect, test } from 'vitest'
import { FailureError } from '../../source/domain/failure.ts'
import { hashKeyOf, rangeContains } from '../../source/domain/hash-key.ts'
import type { StreamRecord } from '../../source/domain/record.ts'
import { explainReaderState, type TailEvent } from '../../source/domain/tail-event.ts'
import { type FakeBehaviour, FakeKinesis, fakeFailure } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import { endingOf, sequencesIn, startTail, statesOf, textsIn } from '../support/tail-run.ts'

const FIRST = 'shardId-000000000000'
const SECOND = 'shardId-000000000001'

function setUp(shardCount = 1, behaviour: FakeBehaviour = {}) {
  const clock = new StepClock()
  const kinesis = new FakeKinesis(clock, shardCount, behaviour)
  const stop = new AbortController()
  return { clock, kinesis, stop }
}

function putMany(kinesis: FakeKinesis, count: number, from = 0): string[] {
  const texts = Array.from({ length: count }, (_, index) => `record ${from + index}`)
  for (const text of texts) kinesis.put(text, text)
  return texts
}

function indexOf(events: readonly TailEvent[], test: (event: TailEvent) => boolean): number {
  return events.findIndex(test)
}

describe('report 16: iterators expire after five minutes', () => {
  test('a pause of six minutes goes on after the last record, without gap or repeat', async () => {
    const { clock, kinesis, stop } = setUp()
    const before = putMany(kinesis, 5)
    const work = (async () => {
      const run = startTail(kinesis, clock, { signal: stop.signal })
      await clock.sleep(3_000)
      run.tail.pause()
      await clock.sleep(2_000)
      const during = putMany(kinesis, 7, 5)
      await clock.sleep(360_000)
      const seenWhilePaused = textsIn(run.events)
      run.tail.resume()
      await clock.sleep(5_000)
      stop.abort()
      await run.finished
      return { run, during, seenWhilePaused }
    })()
    const { run, during, seenWhilePaused } = await clock.run(work)
    expect(seenWhilePaused).toEqual(before)
    expect(textsIn(run.events)).toEqual([...before, ...during])
    const positions = kinesis.calls.flatMap(call =>
      call.operation === 'GetShardIterator' ? [call.position] : [],
    )
    const lastBefore = sequencesIn(run.events)[4]
    expect(positions).toEqual([
      { type: 'TRIM_HORIZON' },
      { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: lastBefore },
    ])
  })

  test('where nothing was seen yet it goes on from the moment of attachment', async () => {
    const { clock, kinesis, stop } = setUp()
    putMany(kinesis, 3)
    const work = (async () => {
      await clock.sleep(10_000)
      const attachedAt = clock.now()
      const run = startTail(kinesis, clock, { from: { type: 'latest' }, signal: stop.signal })
      await clock.sleep(3_000)
      run.tail.pause()
      await clock.sleep(2_000)
      const during = putMany(kinesis, 4, 3)
      await clock.sleep(360_000)
      run.tail.resume()
      await clock.sleep(5_000)
      stop.abort()
      await run.finished
      return { run, during, attachedAt }
    })()
    const { run, during, attachedAt } = await clock.run(work)
    expect(textsIn(run.events)).toEqual(during)
    expect(
      kinesis.calls.flatMap(call => (call.operation === 'GetShardIterator' ? [call.position] : [])),
    ).toEqual([{ type: 'LATEST' }, { type: 'AT_TIMESTAMP', timestamp: new Date(attachedAt) }])
  })

  test('an iterator that is refused though it is young is replaced; one that always is does not spin', async () => {
    let isBroken = false
    const { clock, kinesis, stop } = setUp(1, {
      fault: operation =>
        isBroken && operation === 'GetRecords' ? fakeFailure('expired-iterator', operation) : undefined,
    })
    putMany(kinesis, 3)
    const work = (async () => {
      const run = startTail(kinesis, clock, { signal: stop.signal })
      await clock.sleep(2_000)
      isBroken = true
      const callsBefore = kinesis.calls.length
      await clock.sleep(60_000)
      const callCount = kinesis.calls.length - callsBefore
      isBroken = false
      putMany(kinesis, 3, 3)
      await clock.sleep(60_000)
      stop.abort()
      await run.finished
      return { run, callCount }
    })()
    const { run, callCount } = await clock.run(work)
    expect(callCount).toBeLessThan(40)
    expect(textsIn(run.events)).toEqual([
      'record 0',
      'record 1',
      'record 2',
      'record 3',
      'record 4',
      'record 5',
    ])
  })
})

test('report 17: all 250 shards are read', async () => {
  const { clock, kinesis } = setUp(250)
  const texts = putMany(kinesis, 2_000)
  const run = startTail(kinesis, clock, { exitAtTip: true })
  await clock.run(run.finished)
  expect(textsIn(run.events).toSorted()).toEqual(texts.toSorted())
  expect(endingOf(run.events)).toMatchObject({
    reason: 'tip',
    totals: { shardCount: 250, recordCount: 2_000 },
  })
})

describe('report 19: leaves room for the other readers', () => {
  test('at the tip a shard is read once a second at most', async () => {
    const { clock, kinesis, stop } = setUp(3)
    const work = (async () => {
      const run = startTail(kinesis, clock, { from: { type: 'latest' }, signal: stop.signal })
      for (let second = 0; second < 60; second += 1) {
        kinesis.put('key', 'x')
        await clock.sleep(1_000)
      }
      stop.abort()
      await run.finished
    })()
    await clock.run(work)
    for (const { shardId } of kinesis.shards) {
      const at = kinesis.calls.flatMap(call =>
        call.operation === 'GetRecords' && call.shardId === shardId ? [call.atMillis] : [],
      )
      expect(at.length).toBeGreaterThan(50)
      for (const [index, atMillis] of at.slice(1).entries())
        expect(atMillis - (at[index] ?? 0)).toBeGreaterThanOrEqual(1_000)
    }
  })

  test('behind the tip it stays within 5 reads and 2 MiB a second', async () => {
    const { clock, kinesis } = setUp(1, { hasReadLimits: true })
    for (let index = 0; index < 3_000; index += 1) kinesis.put('key', new Uint8Array(10_000))
    const startedAt = clock.now()
    const run = startTail(kinesis, clock, { exitAtTip: true })
    await clock.run(run.finished)
    const { totals } = endingOf(run.events)
    expect(totals).toMatchObject({ recordCount: 3_000, throttledCount: 0 })
    // 30 MB at 2 MiB/s take 14.3 s; less would break the limit, much more would waste it.
    const seconds = (clock.now() - startedAt) / 1_000
    expect(seconds).toBeGreaterThan(13)
    expect(seconds).toBeLessThan(17)
  })

  test('when other readers use the shard up it backs off, says so, and loses nothing', async () => {
    let isBusy = true
    const { clock, kinesis, stop } = setUp(1, {
      fault: operation =>
        isBusy && operation === 'GetRecords' ? fakeFailure('throttled', operation) : undefined,
    })
    const texts = putMany(kinesis, 20)
    const work = (async () => {
      const run = startTail(kinesis, clock, { signal: stop.signal })
      await clock.sleep(60_000)
      isBusy = false
      const readsWhileBusy = kinesis.calls.filter(call => call.operation === 'GetRecords').length
      await clock.sleep(30_000)
      stop.abort()
      await run.finished
      return { run, readsWhileBusy }
    })()
    const { run, readsWhileBusy } = await clock.run(work)
    // 1, 2, 4, 8, 10, 10 … seconds and half as much jitter.
    expect(readsWhileBusy).toBeLessThanOrEqual(9)
    expect(textsIn(run.events)).toEqual(texts)
    expect(statesOf(run.events, FIRST).slice(0, 2)).toEqual(['starting', 'throttled'])
    expect(statesOf(run.events, FIRST).at(-1)).toBe('caught-up')
    const throttled = run.events.find(
      event => event.type === 'reader-changed' && event.reader.state === 'throttled',
    )
    if (throttled?.type !== 'reader-changed') throw new Error('never throttled')
    expect(explainReaderState(throttled.reader)).toContain('shared with its other readers')
    expect(run.events.filter(event => event.type === 'failure-met')).toEqual([])
    expect(endingOf(run.events).totals.throttledCount).toBe(readsWhileBusy)
  })

  test('the jitter sets readers that were refused together apart', async () => {
    const { clock, kinesis, stop } = setUp(8, {
      fault: operation => (operation === 'GetRecords' ? fakeFailure('throttled', operation) : undefined),
    })
    let seed = 0
    const work = (async () => {
      const run = startTail(kinesis, clock, {
        signal: stop.signal,
        random: () => {
          seed += 0.13
          return seed % 1
        },
      })
      await clock.sleep(10_000)
      stop.abort()
      await run.finished
    })()
    await clock.run(work)
    const second = kinesis.shards.map(
      ({ shardId }) =>
        kinesis.calls.filter(call => call.operation === 'GetRecords' && call.shardId === shardId)[1]
          ?.atMillis,
    )
    expect(new Set(second).size).toBeGreaterThan(4)
  })
})

test('report 20: large records are waited out by the 2 MiB/s rule, and the limit adapts', async () => {
  const { clock, kinesis, stop } = setUp(1, { hasReadLimits: true })
  for (let index = 0; index < 210; index += 1) kinesis.put('key', new Uint8Array(150_000))
  const work = (async () => {
    const run = startTail(kinesis, clock, { signal: stop.signal })
    await clock.sleep(60_000)
    stop.abort()
    await run.finished
    return run
  })()
  const run = await clock.run(work)
  const reads = kinesis.calls.filter(call => call.operation === 'GetRecords')
  const [first, second] = reads
  // The first page is cut at 10 MiB: 69 records of 150,000 bytes. It blocks the shard for five seconds.
  expect(run.events.find(event => event.type === 'records-arrived')).toMatchObject({
    records: { length: 69 },
  })
  expect((second?.atMillis ?? 0) - (first?.atMillis ?? 0)).toBeGreaterThanOrEqual(4_900)
  // From then on about half a second of the budget: 1 MiB is six of these records.
  expect(second?.limit).toBe(6)
  const throttled = run.events.find(
    event => event.type === 'reader-changed' && event.reader.state === 'throttled',
  )
  if (throttled?.type !== 'reader-changed') throw new Error('not said')
  expect(throttled.reader).toMatchObject({ cause: 'large-page', pageBytes: 69 * 150_003 })
  expect(explainReaderState(throttled.reader)).toBe(
    "its last page of 9.9 MiB used up the shard's 2 MiB/s; waits until that is paid back",
  )
  expect(endingOf(run.events).totals).toMatchObject({ recordCount: 210, throttledCount: 0 })
})

test('report 20, another reader makes it worse: refused after a large page, the place is kept', async () => {
  let refusals = 3
  const { clock, kinesis } = setUp(1, {
    fault: operation => {
      if (
        operation !== 'GetRecords' ||
        kinesis.calls.filter(call => call.operation === 'GetRecords').length < 2
      )
        return undefined
      refusals -= 1
      return refusals >= 0 ? fakeFailure('throttled', operation) : undefined
    },
  })
  for (let index = 0; index < 140; index += 1) kinesis.put('key', new Uint8Array(150_000))
  const run = startTail(kinesis, clock, { exitAtTip: true })
  await clock.run(run.finished)
  expect(endingOf(run.events).totals).toMatchObject({ recordCount: 140, throttledCount: 3 })
  expect(new Set(sequencesIn(run.events)).size).toBe(140)
})

describe('reshards', () => {
  test('latest: tailing is said with all iterators held, children start at their beginning', async () => {
    const { clock, kinesis, stop } = setUp(2)
    putMany(kinesis, 10)
    const work = (async () => {
      await clock.sleep(1_000)
      let after: string[] = []
      const run = startTail(kinesis, clock, { from: { type: 'latest' }, signal: stop.signal }, event => {
        if (event.type !== 'tailing') return
        after = putMany(kinesis, 10, 10)
        kinesis.split(FIRST)
        after.push(...putMany(kinesis, 10, 20))
      })
      await clock.sleep(30_000)
      stop.abort()
      await run.finished
      return { run, after }
    })()
    const { run, after } = await clock.run(work)
    expect(textsIn(run.events).toSorted()).toEqual(after.toSorted())
    const firstRead = kinesis.calls.findIndex(call => call.operation === 'GetRecords')
    const iterators = kinesis.calls.slice(0, firstRead).filter(call => call.operation === 'GetShardIterator')
    expect(iterators.map(call => call.position?.type)).toEqual(['LATEST', 'LATEST'])
    const ended = run.events.find(event => event.type === 'shard-ended')
    expect(ended).toMatchObject({
      shardId: FIRST,
      childShardIds: ['shardId-000000000002', 'shardId-000000000003'],
    })
    const listed = run.events.filter(event => event.type === 'shards-listed').at(-1)
    expect(listed).toMatchObject({ shards: { length: 4 } })
  })

  test('oldest: the child of a merge waits for both parents and is read once', async () => {
    const { clock, kinesis } = setUp(2)
    putMany(kinesis, 40)
    kinesis.merge(FIRST, SECOND)
    putMany(kinesis, 10, 40)
    // One parent takes many pages more than the other.
    kinesis.behaviour = { pageRecords: 3 }
    const run = startTail(kinesis, clock, { exitAtTip: true })
    await clock.run(run.finished)
    const child = 'shardId-000000000002'
    const ends = [FIRST, SECOND].map(id =>
      indexOf(run.events, event => event.type === 'shard-ended' && event.shardId === id),
    )
    const firstOfChild = indexOf(
      run.events,
      event => event.type === 'records-arrived' && event.shardId === child,
    )
    expect(Math.max(...ends)).toBeLessThan(firstOfChild)
    expect(Math.min(...ends)).toBeGreaterThan(-1)
    expect(new Set(sequencesIn(run.events)).size).toBe(50)
    const waits = run.events.flatMap(event =>
      event.type === 'reader-changed' && event.reader.state === 'waiting-for-parent'
        ? [event.reader.parentShardIds]
        : [],
    )
    expect(waits[0]).toEqual([FIRST, SECOND])
    expect(waits.at(-1)).toHaveLength(1)
    expect(
      kinesis.calls.filter(call => call.operation === 'GetShardIterator' && call.shardId === child),
    ).toHaveLength(1)
  })

  test('a child can name a parent that nobody announced yet: it waits for that one too', async () => {
    let isHeldBack = true
    const { clock, kinesis, stop } = setUp(2, {
      fault: (operation, shardId) =>
        isHeldBack && operation === 'GetRecords' && shardId === SECOND
          ? fakeFailure('throttled', operation)
          : undefined,
    })
    const listShards = kinesis.listShards.bind(kinesis)
    kinesis.listShards = async (...args) => {
      await clock.sleep(50)
      return await listShards(...args)
    }
    const work = (async () => {
      const run = startTail(kinesis, clock, { signal: stop.signal })
      await clock.sleep(3_000)
      // As a resize does it: a part of the second shard lives for a moment only, then goes into the child of the first.
      kinesis.split(SECOND)
      const texts = putMany(kinesis, 40)
      kinesis.merge(FIRST, 'shardId-000000000002')
      texts.push(...putMany(kinesis, 40, 40))
      await clock.sleep(60_000)
      isHeldBack = false
      await clock.sleep(60_000)
      stop.abort()
      await run.finished
      return { run, texts }
    })()
    const { run, texts } = await clock.run(work)
    expect(textsIn(run.events).toSorted()).toEqual(texts.toSorted())
    const endOfParent = indexOf(
      run.events,
      event => event.type === 'shard-ended' && event.shardId === 'shardId-000000000002',
    )
    const firstOfChild = indexOf(
      run.events,
      event => event.type === 'records-arrived' && event.shardId === 'shardId-000000000004',
    )
    expect(endOfParent).toBeGreaterThan(-1)
    expect(firstOfChild).toBeGreaterThan(endOfParent)
  })

  test('a parent that left the retention is no reason to wait; its child is read', async () => {
    const { clock, kinesis } = setUp(1)
    putMany(kinesis, 3)
    kinesis.split(FIRST)
    const texts = putMany(kinesis, 6, 3)
    kinesis.expire(FIRST)
    const run = startTail(kinesis, clock, { exitAtTip: true })
    await clock.run(run.finished)
    expect(textsIn(run.events).toSorted()).toEqual(texts.toSorted())
  })

  test('a parent that expires while it waits its turn is said to be gone, and its children follow', async () => {
    const { clock, kinesis } = setUp(1, { pageRecords: 1 })
    putMany(kinesis, 3)
    kinesis.split(FIRST)
    const [middle] = kinesis.openShards
    if (middle === undefined) throw new Error('no child')
    putMany(kinesis, 6, 3)
    kinesis.split(middle.shardId)
    putMany(kinesis, 6, 9)
    const expected = kinesis.shards
      .filter(shard => shard !== middle)
      .reduce((sum, shard) => sum + shard.records.length, 0)
    const run = startTail(kinesis, clock, { exitAtTip: true }, event => {
      if (event.type === 'records-arrived' && kinesis.shards.includes(middle)) kinesis.expire(middle.shardId)
    })
    await clock.run(run.finished)
    expect(sequencesIn(run.events)).toHaveLength(expected)
    expect(run.events.find(event => event.type === 'failure-met')).toMatchObject({
      failure: { kind: 'not-found' },
      isRetried: false,
    })
    expect(endingOf(run.events)).toMatchObject({ reason: 'tip', totals: { failedShardCount: 0 } })
  })

  test('an answer without a next iterator on a shard that is open is not believed', async () => {
    const { clock, kinesis, stop } = setUp(1)
    const getRecords = kinesis.getRecords.bind(kinesis)
    let lies = 2
    kinesis.getRecords = async (...args) => {
      lies -= 1
      return lies >= 0 ? { records: [] } : await getRecords(...args)
    }
    const texts = putMany(kinesis, 4)
    const work = (async () => {
      const run = startTail(kinesis, clock, { signal: stop.signal })
      await clock.sleep(20_000)
      stop.abort()
      await run.finished
      return run
    })()
    const run = await clock.run(work)
    expect(textsIn(run.events)).toEqual(texts)
    expect(statesOf(run.events, FIRST)).toContain('stalled')
    expect(run.events.some(event => event.type === 'shard-ended')).toBe(false)
  })

  test('from a time: a child whose parent closed before it starts at that time, others at their beginning', async () => {
    const { clock, kinesis } = setUp(1)
    const work = (async () => {
      putMany(kinesis, 5)
      kinesis.split(FIRST)
      putMany(kinesis, 5, 5)
      await clock.sleep(60_000)
      const from = new Date(clock.now())
      const late = putMany(kinesis, 10, 10)
      const [child] = kinesis.openShards
      kinesis.split(child?.shardId ?? '')
      late.push(...putMany(kinesis, 10, 20))
      const run = startTail(kinesis, clock, { from: { type: 'timestamp', timestamp: from }, exitAtTip: true })
      await run.finished
      return { run, late }
    })()
    const { run, late } = await clock.run(work)
    expect(textsIn(run.events).toSorted()).toEqual(late.toSorted())
    const starts = Object.fromEntries(
      kinesis.calls.flatMap(call =>
        call.position === undefined ? [] : [[call.shardId, call.position.type]],
      ),
    )
    expect(starts).toEqual({
      'shardId-000000000000': 'AT_TIMESTAMP',
      'shardId-000000000001': 'AT_TIMESTAMP',
      'shardId-000000000002': 'AT_TIMESTAMP',
      'shardId-000000000003': 'TRIM_HORIZON',
      'shardId-000000000004': 'TRIM_HORIZON',
    })
  })
})

describe('what is read', () => {
  test('a sequence number: its shard from that record on, then its children, nothing else', async () => {
    const { clock, kinesis } = setUp(2)
    const receipts = Array.from({ length: 20 }, (_, index) => kinesis.put(`key ${index}`, `record ${index}`))
    const [before] = kinesis.openShards
    kinesis.split(before?.shardId ?? '')
    putMany(kinesis, 20, 20)
    const inFirst = receipts.filter(receipt => receipt.shardId === FIRST)
    const start = inFirst[3]?.sequenceNumber ?? ''
    const run = startTail(kinesis, clock, {
      from: { type: 'sequence-number', sequenceNumber: start },
      exitAtTip: true,
    })
    await clock.run(run.finished)
    const ofParent = inFirst.slice(3).map(receipt => receipt.sequenceNumber)
    const ofChildren = kinesis.shards
      .filter(shard => shard.parents.includes(FIRST))
      .flatMap(shard => shard.records.map(record => String(record.sequenceNumber)))
    expect(sequencesIn(run.events).toSorted()).toEqual([...ofParent, ...ofChildren].toSorted())
    expect(ofChildren.length).toBeGreaterThan(0)
  })

  test('a sequence number that no shard holds is refused by value', async () => {
    const { clock, kinesis } = setUp(2)
    putMany(kinesis, 5)
    const run = startTail(kinesis, clock, { from: { type: 'sequence-number', sequenceNumber: '17' } })
    await clock.run(run.finished)
    const { reason, totals } = endingOf(run.events)
    expect(reason).toBe('failed')
    expect(totals.failure).toMatchObject({ kind: 'usage', message: expect.stringContaining('17') })
  })

  test('named shards and their descendants only', async () => {
    const { clock, kinesis } = setUp(2)
    putMany(kinesis, 10)
    kinesis.split(FIRST)
    putMany(kinesis, 10, 10)
    const run = startTail(kinesis, clock, { shardIds: [FIRST], exitAtTip: true })
    await clock.run(run.finished)
    const wanted = kinesis.shards.filter(shard => shard.shardId !== SECOND).flatMap(shard => shard.records)
    expect(sequencesIn(run.events).toSorted()).toEqual(
      wanted.map(record => String(record.sequenceNumber)).toSorted(),
    )
  })

  test('one key: the shards that it belonged to in turn, and only its records count', async () => {
    const { clock, kinesis } = setUp(3)
    const key = 'user-1'
    const mine: string[] = []
    const write = () => {
      for (let index = 0; index < 10; index += 1) {
        mine.push(kinesis.put(key, `mine ${index}`).sequenceNumber)
        kinesis.put(`other ${index}`, 'other')
      }
    }
    // user-1 lies in the third of three equal shards, at 0.84 of the space.
    write()
    kinesis.split('shardId-000000000002')
    write()
    kinesis.merge(SECOND, 'shardId-000000000003')
    kinesis.split('shardId-000000000004')
    write()
    const only = { hashKey: hashKeyOf(key), accepts: (record: StreamRecord) => record.partitionKey === key }
    const run = startTail(kinesis, clock, { ...only, exitAtTip: true })
    await clock.run(run.finished)
    expect(sequencesIn(run.events)).toEqual(mine)
    const read = new Set(
      kinesis.calls.flatMap(call => (call.operation === 'GetRecords' ? [call.shardId] : [])),
    )
    const around = kinesis.shards.filter(({ range }) => rangeContains(range, hashKeyOf(key)))
    expect([...read].toSorted()).toEqual(around.map(shard => shard.shardId).toSorted())
    expect(around.length).toBeGreaterThan(1)
    const few = startTail(kinesis, clock, { ...only, limit: 4 })
    await clock.run(few.finished)
    expect(sequencesIn(few.events)).toEqual(mine.slice(0, 4))
  })

  test('one key on a live tail: only the child around it is followed', async () => {
    const { clock, kinesis, stop } = setUp(1)
    const work = (async () => {
      const run = startTail(kinesis, clock, {
        from: { type: 'latest' },
        hashKey: hashKeyOf('a'),
        signal: stop.signal,
      })
      await clock.sleep(2_000)
      kinesis.split(FIRST)
      await clock.sleep(70_000)
      stop.abort()
      await run.finished
    })()
    await clock.run(work)
    // `a` hashes into the lower half.
    const read = new Set(
      kinesis.calls.flatMap(call => (call.operation === 'GetRecords' ? [call.shardId] : [])),
    )
    expect([...read]).toEqual([FIRST, SECOND])
  })

  test('an unknown shard is refused by name', async () => {
    const { clock, kinesis } = setUp(1)
    const run = startTail(kinesis, clock, { shardIds: ['shardId-000000000009'] })
    await clock.run(run.finished)
    expect(endingOf(run.events).totals.failure).toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('shardId-000000000009'),
    })
  })

  test('the limit is exact, in the middle of a page too', async () => {
    const { clock, kinesis } = setUp(1)
    const texts = putMany(kinesis, 250)
    for (const limit of [1, 99, 100, 101, 250]) {
      const run = startTail(kinesis, clock, { limit })
      await clock.run(run.finished)
      expect(textsIn(run.events)).toEqual(texts.slice(0, limit))
      expect(endingOf(run.events)).toMatchObject({ reason: 'limit', totals: { recordCount: limit } })
    }
  })

  test('until: later records are left out, and the tail ends once that moment is behind', async () => {
    const { clock, kinesis } = setUp(2, { pageRecords: 4 })
    const work = (async () => {
      const early = putMany(kinesis, 30)
      await clock.sleep(60_000)
      const until = new Date(clock.now())
      await clock.sleep(1)
      putMany(kinesis, 500, 30)
      const run = startTail(kinesis, clock, { until })
      await run.finished
      return { early, run }
    })()
    const { early, run } = await clock.run(work)
    expect(textsIn(run.events).toSorted()).toEqual(early.toSorted())
    expect(endingOf(run.events).reason).toBe('until')
    // It does not read the 500 records behind that moment to find its end.
    expect(endingOf(run.events).totals.readCount).toBeLessThan(20)
  })

  test('idle: ends when nothing came for the asked time', async () => {
    const { clock, kinesis } = setUp(1)
    putMany(kinesis, 3)
    const startedAt = clock.now()
    const run = startTail(kinesis, clock, { idleMillis: 10_000 })
    await clock.run(run.finished)
    expect(endingOf(run.events)).toMatchObject({ reason: 'idle', totals: { recordCount: 3 } })
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(10_000)
    expect(clock.now() - startedAt).toBeLessThan(12_000)
  })
})

describe('ends at the tip', () => {
  const DISTANCES = ['service', 'zero', 'one', 'absent'] as const
  const ENDS = ['with-children', 'without-children', 'extra-empty-page', 'never'] as const

  test.each(DISTANCES.flatMap(distance => ENDS.map(end => ({ distance, end }))))(
    'distance $distance, end $end',
    async ({ distance, end }) => {
      const { clock, kinesis } = setUp(2, { distance, end, pageRecords: 10_000 })
      const work = (async () => {
        const texts = putMany(kinesis, 400)
        kinesis.split(FIRST)
        texts.push(...putMany(kinesis, 400, 400))
        kinesis.merge('shardId-000000000003', SECOND)
        texts.push(...putMany(kinesis, 400, 800))
        await clock.sleep(5_000)
        const run = startTail(kinesis, clock, { exitAtTip: true })
        await run.finished
        return { run, texts }
      })()
      const { run, texts } = await clock.run(work, 120_000)
      expect(textsIn(run.events).toSorted()).toEqual(texts.toSorted())
      expect(endingOf(run.events).reason).toBe('tip')
    },
  )

  test('on a stream that is written all the time', async () => {
    const { clock, kinesis } = setUp(1)
    const texts = putMany(kinesis, 300)
    const run = startTail(kinesis, clock, { exitAtTip: true }, event => {
      if (event.type === 'records-arrived') kinesis.put('more', 'more')
    })
    await clock.run(run.finished, 60_000)
    expect(textsIn(run.events).slice(0, 300)).toEqual(texts)
  })

  test('an empty stream, and latest, end at once', async () => {
    const { clock, kinesis } = setUp(3)
    for (const type of ['oldest', 'latest'] as const) {
      const run = startTail(kinesis, clock, { from: { type }, exitAtTip: true })
      await clock.run(run.finished, 5_000)
      expect(endingOf(run.events)).toMatchObject({ reason: 'tip', totals: { recordCount: 0 } })
    }
  })
})

describe('failures', () => {
  test('of many shards are one event, and one when they have passed', async () => {
    let isDown = false
    const { clock, kinesis, stop } = setUp(50, {
      fault: operation =>
        isDown ? fakeFailure('expired-token', operation, { errorName: 'ExpiredTokenException' }) : undefined,
    })
    const work = (async () => {
      const run = startTail(kinesis, clock, { from: { type: 'latest' }, signal: stop.signal })
      await clock.sleep(5_000)
      isDown = true
      await clock.sleep(2_000)
      const texts = putMany(kinesis, 100)
      await clock.sleep(3_600_000)
      isDown = false
      await clock.sleep(120_000)
      stop.abort()
      await run.finished
      return { run, texts }
    })()
    const { run, texts } = await clock.run(work)
    expect(run.events.filter(event => event.type === 'failure-met')).toMatchObject([
      { failure: { kind: 'expired-token' }, isRetried: true },
    ])
    const [passed, ...more] = run.events.filter(event => event.type === 'failure-passed')
    expect(more).toEqual([])
    expect(passed?.lastedMillis).toBeGreaterThan(3_600_000)
    expect(textsIn(run.events).toSorted()).toEqual(texts.toSorted())
  })

  test('a listing that fails meanwhile is one event too, and throttling of it none', async () => {
    let trouble: 'denied' | 'throttled' | undefined
    const { clock, kinesis, stop } = setUp(1, {
      fault: operation =>
        operation === 'ListShards' && trouble !== undefined ? fakeFailure(trouble, operation) : undefined,
    })
    const work = (async () => {
      const run = startTail(kinesis, clock, { signal: stop.signal })
      for (const kind of ['throttled', undefined, 'denied', undefined] as const) {
        trouble = kind
        await clock.sleep(200_000)
      }
      stop.abort()
      await run.finished
      return run
    })()
    const run = await clock.run(work)
    const said = run.events.filter(event => event.type === 'failure-met' || event.type === 'failure-passed')
    expect(said).toMatchObject([
      { type: 'failure-met', failure: { kind: 'denied', action: 'ListShards' }, isRetried: true },
      { type: 'failure-passed', failure: { kind: 'denied' } },
    ])
  })

  test('a single hiccup is a state of its reader and no event', async () => {
    let hiccups = 1
    const { clock, kinesis } = setUp(1, {
      fault: operation => {
        if (operation !== 'GetRecords') return undefined
        hiccups -= 1
        return hiccups >= 0 ? fakeFailure('service', operation) : undefined
      },
    })
    putMany(kinesis, 3)
    const run = startTail(kinesis, clock, { limit: 3 })
    await clock.run(run.finished)
    expect(statesOf(run.events, FIRST)).toEqual(['starting', 'stalled'])
    expect(run.events.filter(event => event.type === 'failure-met')).toEqual([])
  })

  test('a refusal that no retry can heal fails its shard, the others go on', async () => {
    const { clock, kinesis } = setUp(2, {
      fault: (operation, shardId) =>
        operation === 'GetRecords' && shardId === FIRST ? fakeFailure('denied', operation) : undefined,
    })
    putMany(kinesis, 20)
    const run = startTail(kinesis, clock, { exitAtTip: true })
    await clock.run(run.finished)
    expect(endingOf(run.events)).toMatchObject({
      reason: 'tip',
      totals: {
        failedShardCount: 1,
        failure: { kind: 'denied' },
        recordCount: kinesis.shards[1]?.records.length,
      },
    })
    expect(statesOf(run.events, FIRST).at(-1)).toBe('failed')
  })

  test('all shards denied: one event, and the tail ends as failed', async () => {
    const { clock, kinesis } = setUp(30, {
      fault: operation => (operation === 'GetRecords' ? fakeFailure('denied', operation) : undefined),
    })
    const run = startTail(kinesis, clock, {})
    await clock.run(run.finished)
    expect(run.events.filter(event => event.type === 'failure-met')).toHaveLength(1)
    expect(endingOf(run.events)).toMatchObject({ reason: 'failed', totals: { failedShardCount: 30 } })
  })

  test('a stream that does not exist ends the tail with the reason', async () => {
    const { clock, kinesis } = setUp(1, { fault: operation => fakeFailure('not-found', operation) })
    const run = startTail(kinesis, clock, {})
    await clock.run(run.finished)
    expect(run.events).toHaveLength(1)
    expect(endingOf(run.events)).toMatchObject({
      reason: 'failed',
      totals: { failure: { kind: 'not-found' } },
    })
  })

  test('a bug of an implementation is a failure too, not an unhandled rejection', async () => {
    const { clock, kinesis } = setUp(1)
    kinesis.listShards = () => Promise.reject(new TypeError('x is not a function'))
    const run = startTail(kinesis, clock, {})
    await clock.run(run.finished)
    expect(endingOf(run.events).totals.failure).toMatchObject({
      kind: 'internal',
      message: 'x is not a function',
    })
  })
})

describe('flow', () => {
  test('a slow consumer slows the reading: undelivered bytes stay bounded', async () => {
    const { clock, kinesis } = setUp(4)
    for (let index = 0; index < 4_000; index += 1) kinesis.put(`key ${index}`, new Uint8Array(1_000))
    let taken = 0
    let worst = 0
    const getRecords = kinesis.getRecords.bind(kinesis)
    let answered = 0
    kinesis.getRecords = async (...args) => {
      const page = await getRecords(...args)
      answered += page.records.length
      worst = Math.max(worst, answered - taken)
      return page
    }
    const run = startTail(kinesis, clock, { exitAtTip: true, bufferBytes: 300_000 }, async event => {
      if (event.type !== 'records-arrived') return
      await clock.sleep(20_000)
      taken += event.records.length
    })
    await clock.run(run.finished)
    expect(taken).toBe(4_000)
    expect(new Set(sequencesIn(run.events)).size).toBe(4_000)
    // 300 KB of room, and one page for each shard that was asked for before its size could be known.
    expect(worst).toBeLessThan(1_500)
  })

  test('aborting ends it with totals; leaving the loop stops all reading', async () => {
    const { clock, kinesis, stop } = setUp(3)
    putMany(kinesis, 30)
    const work = (async () => {
      const run = startTail(kinesis, clock, { signal: stop.signal })
      await clock.sleep(5_000)
      stop.abort()
      await run.finished
      const callCount = kinesis.calls.length
      await clock.sleep(60_000)
      return { run, callCount }
    })()
    const { run, callCount } = await clock.run(work)
    expect(endingOf(run.events)).toMatchObject({
      reason: 'aborted',
      totals: { recordCount: 30, shardCount: 3 },
    })
    expect(kinesis.calls).toHaveLength(callCount)

    const left = startTail(kinesis, clock, {}, () => {
      throw new FailureError(fakeFailure('internal', 'consumer'))
    })
    await expect(clock.run(left.finished)).rejects.toThrow('internal')
    const afterLeaving = kinesis.calls.length
    await clock.run(clock.sleep(60_000))
    expect(kinesis.calls.length).toBe(afterLeaving)
  })

  test('aborting while paused, while the buffer is full, and before the start ends it too', async () => {
    const { clock, kinesis } = setUp(2)
    putMany(kinesis, 300)
    for (const when of ['paused', 'full', 'before'] as const) {
      const stop = new AbortController()
      if (when === 'before') stop.abort()
      const work = (async () => {
        const run = startTail(kinesis, clock, { signal: stop.signal, bufferBytes: 100 })
        if (when === 'paused') run.tail.pause()
        await clock.sleep(1_000)
        stop.abort()
        await run.finished
        return run
      })()
      const run = await clock.run(work)
      expect(endingOf(run.events).reason).toBe('aborted')
    }
  })

  test('a stream that has no shards yet is waited for', async () => {
    const clock = new StepClock()
    const kinesis = new FakeKinesis(clock, 1)
    const stop = new AbortController()
    const listShards = kinesis.listShards.bind(kinesis)
    let isCreating = true
    kinesis.listShards = async (...args) => (isCreating ? [] : await listShards(...args))
    const work = (async () => {
      const run = startTail(kinesis, clock, { from: { type: 'latest' }, signal: stop.signal })
      await clock.sleep(10_000)
      isCreating = false
      const texts = putMany(kinesis, 3)
      await clock.sleep(10_000)
      stop.abort()
      await run.finished
      return { run, texts }
    })()
    const { run, texts } = await clock.run(work)
    expect(textsIn(run.events)).toEqual(texts)
    expect(run.events.some(event => event.type === 'tailing')).toBe(true)
  })

  test('3,000 shards share the calls: bounded in flight and a second, each one read', async () => {
    const { clock, kinesis, stop } = setUp(3_000)
    let inFlight = 0
    let mostInFlight = 0
    const getRecords = kinesis.getRecords.bind(kinesis)
    kinesis.getRecords = async (...args) => {
      inFlight += 1
      mostInFlight = Math.max(mostInFlight, inFlight)
      await clock.sleep(20)
      inFlight -= 1
      return await getRecords(...args)
    }
    const work = (async () => {
      const run = startTail(kinesis, clock, {
        from: { type: 'latest' },
        signal: stop.signal,
        maxReadsPerSecond: 500,
      })
      await clock.sleep(30_000)
      const texts = putMany(kinesis, 3_000)
      await clock.sleep(30_000)
      stop.abort()
      await run.finished
      return { run, texts }
    })()
    const { run, texts } = await clock.run(work)
    expect(textsIn(run.events).toSorted()).toEqual(texts.toSorted())
    expect(mostInFlight).toBeLessThanOrEqual(32)
    const reads = kinesis.calls.filter(call => call.operation === 'GetRecords')
    const seconds = Map.groupBy(reads, call => Math.floor(call.atMillis / 1_000))
    for (const calls of seconds.values()) expect(calls.length).toBeLessThanOrEqual(540)
  })
})
