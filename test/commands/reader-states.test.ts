// What each shard's reader does, from the faults of an endpoint through the tail and the state to the screen of shards.

import { expect, test } from 'vitest'
import { ReaderBoard } from '../../source/commands/reader-board.ts'
import type { Failure } from '../../source/domain/failure.ts'
import { countedBytes } from '../../source/domain/record.ts'
import type { Event } from '../../source/state/event.ts'
import { FakeKinesis, fakeFailure } from '../support/fake-kinesis.ts'
import { modelAfter, ORDERS } from '../support/models.ts'
import { renderModel } from '../support/render-screen.tsx'
import { StepClock } from '../support/step-clock.ts'
import { startTail } from '../support/tail-run.ts'

const SIZE = [180, 30] as const

/** A tail of `orders` whose readers are told to a board, and the screen of shards at any moment of it. */
function followed(clock: StepClock, kinesis: FakeKinesis) {
  const told: Event[] = [
    { type: 'tail-started', stream: ORDERS, from: 'oldest' },
    { type: 'tail-ready', stream: ORDERS },
  ]
  const board = new ReaderBoard({ clock } as never, event => told.push(event))
  const stop = new AbortController()
  const run = startTail(
    kinesis,
    clock,
    { signal: stop.signal, tellsPlaces: true, relistMillis: 2_000 },
    event => {
      if (event.type === 'shards-listed') {
        told.push({ type: 'shards-listed', stream: ORDERS, shards: event.shards, at: clock.now() })
      }
      if (event.type === 'reader-changed') board.changed(event.shardId, event.reader)
      if (event.type === 'place-reached') board.read(event.shardId)
      if (event.type === 'records-arrived') {
        const bytes = event.records.reduce((sum, record) => sum + countedBytes(record), 0)
        board.received(event.shardId, event.records.length, bytes, event.millisBehindLatest)
      }
    },
  )
  const screenText = async (shardId: string) => {
    board.flush()
    const model = modelAfter(
      [
        {
          type: 'screen-opened',
          screen: { screen: 'tail', stream: ORDERS, from: 'oldest', filter: '', isFollowing: true },
        },
        ...told,
        { type: 'screen-opened', screen: { screen: 'shards', stream: ORDERS, showClosed: true, filter: '' } },
        { type: 'row-selected', id: shardId },
      ] as readonly Event[],
      SIZE,
    )
    const { lines } = await renderModel(model)
    const row = lines.find(line => line.includes(shardId) && / (open|closed) .*%/.test(line)) ?? ''
    return { row, facts: lines[2] ?? '' }
  }
  const end = async () => {
    stop.abort()
    await run.finished
  }
  return { screenText, end }
}

const shardId = (index: number) => `shardId-${String(index).padStart(12, '0')}`

test('starting, reading, caught up, throttled, stalled, ended: each is on the screen, with its lag', async () => {
  const clock = new StepClock()
  let failure: Failure | undefined
  let isHeld = true
  const kinesis = new FakeKinesis(clock, 1, {
    pageRecords: 5,
    fault: operation => (operation === 'GetRecords' ? failure : undefined),
  })
  for (let index = 0; index < 200; index += 1) kinesis.put('k', 'x'.repeat(1_000))
  await clock.run(clock.sleep(3_600_000))
  const { getShardIterator } = kinesis
  kinesis.getShardIterator = async (...call) => {
    while (isHeld) await clock.sleep(100)
    return await getShardIterator.apply(kinesis, call)
  }
  const { screenText, end } = followed(clock, kinesis)
  await clock.run(clock.sleep(500))
  expect((await screenText(shardId(0))).row).toMatch(/starting/)
  isHeld = false
  await clock.run(clock.sleep(4_000))
  const reading = await screenText(shardId(0))
  expect(reading.row).toMatch(/ 1h\S*( \S+)? +reading/)
  failure = fakeFailure('throttled', 'GetRecords')
  await clock.run(clock.sleep(3_000))
  const throttled = await screenText(shardId(0))
  expect(throttled.row).toMatch(/ 1h\S*( \S+)? +throttled/)
  expect(throttled.facts).toContain('5 reads/s and 2 MiB/s a shard are shared')
  failure = fakeFailure('service', 'GetRecords', { message: 'InternalFailure' })
  await clock.run(clock.sleep(8_000))
  const stalled = await screenText(shardId(0))
  expect(stalled.row).toMatch(/stalled/)
  expect(stalled.facts).toContain('InternalFailure (tried again, place kept)')
  failure = undefined
  await clock.run(clock.sleep(60_000))
  const atTip = await screenText(shardId(0))
  expect(atTip.row).toMatch(/caught-up +200/)
  kinesis.split(shardId(0))
  await clock.run(clock.sleep(10_000))
  expect((await screenText(shardId(0))).row).toMatch(/closed.* - +ended/)
  expect((await screenText(shardId(1))).row).toMatch(/caught-up/)
  await clock.run(end())
})

test('the read budget: calls and bytes a second of what the shard allows', async () => {
  const clock = new StepClock()
  const kinesis = new FakeKinesis(clock, 1)
  const { screenText, end } = followed(clock, kinesis)
  for (let second = 0; second < 30; second += 1) {
    kinesis.put('k', new Uint8Array(102_400))
    await clock.run(clock.sleep(1_000))
  }
  const { facts } = await screenText(shardId(0))
  const [, reads, kib] = /takes (\d\.\d) of 5 reads\/s, ([\d.]+) KiB of 2(?:\.0)? MiB\/s/.exec(facts) ?? []
  const made = kinesis.calls.filter(({ operation }) => operation === 'GetRecords').length
  expect(Math.abs(Number(reads) - made / 30)).toBeLessThan(0.3)
  // 100 KiB a second and the key, of a span that began or ended a read early.
  expect(Number(kib)).toBeGreaterThan(85)
  expect(Number(kib)).toBeLessThan(115)
  await clock.run(end())
})

test('report 34: after a reshard of a stream that is read with a lag, children wait for the parent, whose lag is shown', async () => {
  const clock = new StepClock()
  const kinesis = new FakeKinesis(clock, 1, { pageRecords: 1 })
  for (let index = 0; index < 2_000; index += 1) kinesis.put('k', `r${index}`)
  await clock.run(clock.sleep(5 * 3_600_000))
  kinesis.split(shardId(0))
  kinesis.split(shardId(1))
  kinesis.split(shardId(2))
  const { screenText, end } = followed(clock, kinesis)
  await clock.run(clock.sleep(10_000))
  expect((await screenText(shardId(0))).row).toMatch(/ 5h.*reading/)
  const child = await screenText(shardId(1))
  expect(child.row).toMatch(/waiting-for-pare/)
  expect(child.facts).toMatch(
    /shardId-000000000001: waits until shardId-000000000000 is read to the end; shardId-000000000000 is 5h\S*( \S+)? behind/,
  )
  for (const index of [3, 4, 5, 6]) expect((await screenText(shardId(index))).row).toMatch(/waiting-for-pare/)
  await clock.run(end())
})
