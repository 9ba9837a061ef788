import { expect, test } from 'vitest'
import { ReaderBoard } from '../../source/commands/reader-board.ts'
import type { Event } from '../../source/state/event.ts'
import { readerCounts } from '../../source/state/select-tail.ts'
import { FakeKinesis } from '../support/fake-kinesis.ts'
import { modelAfter, TAIL_OPENED } from '../support/models.ts'
import { StepClock } from '../support/step-clock.ts'
import { endingOf, startTail, textsIn } from '../support/tail-run.ts'

const MINUTE = 60_000

test('days of reshards: what was read and has expired is let go, counted, and never read again', async () => {
  const clock = new StepClock()
  const kinesis = new FakeKinesis(clock, 2)
  const stop = new AbortController()
  const written: string[] = []
  const put = (): void => {
    const text = `record ${written.length}`
    written.push(text)
    kinesis.put(text, text)
  }
  const closed: string[] = []
  const work = (async () => {
    const run = startTail(kinesis, clock, { signal: stop.signal })
    await clock.sleep(MINUTE)
    for (let round = 0; round < 60; round += 1) {
      put()
      const [first, second] = kinesis.openShards
      if (round % 2 === 0) {
        closed.push(first?.shardId ?? '')
        kinesis.split(first?.shardId ?? '')
      } else {
        const byRange = kinesis.openShards.toSorted((a, b) =>
          a.range.startingHashKey < b.range.startingHashKey ? -1 : 1,
        )
        const [lower, upper] = byRange
        closed.push(lower?.shardId ?? '', upper?.shardId ?? '')
        kinesis.merge(lower?.shardId ?? '', upper?.shardId ?? second?.shardId ?? '')
      }
      put()
      await clock.sleep(30 * MINUTE)
      put()
      // Six hours of retention, say.
      while (closed.length > 12) kinesis.expire(closed.shift() ?? '')
    }
    // A listing that has one of them again: an endpoint may answer from an old copy.
    const [again] = kinesis.shards
    if (again === undefined) throw new Error('no shard')
    kinesis.expire(again.shardId)
    await clock.sleep(5 * MINUTE)
    kinesis.shards.push(again)
    put()
    await clock.sleep(30 * MINUTE)
    stop.abort()
    await run.finished
    return run
  })()
  const run = await clock.run(work)
  expect(textsIn(run.events).toSorted()).toEqual(written.toSorted())
  // Two, and by each pair of a split and a merge two and one.
  expect(endingOf(run.events)?.totals).toMatchObject({ shardCount: 2 + 30 * 3, endedShardCount: 30 * 3 })
})

test('the readers of expired shards leave the model once they have ended, and are counted on', async () => {
  const clock = new StepClock()
  const events: Event[] = [...TAIL_OPENED]
  const board = new ReaderBoard({ clock } as never, event => events.push(event))
  board.changed('a', { state: 'ended', childShardIds: ['c'] })
  board.changed('b', {
    state: 'stalled',
    failure: { kind: 'service', action: 'GetRecords', message: 'no', retryable: true },
    sinceMillis: 0,
    retryAtMillis: 1,
    attempt: 1,
  })
  board.changed('c', { state: 'starting' })
  expect(board.forget(['a', 'b'])).toEqual(['b'])
  const { tail } = modelAfter(events)
  if (tail === undefined) throw new Error('no tail')
  expect([...tail.readers.keys()]).toEqual(['b', 'c'])
  expect([...readerCounts(tail).byState].toSorted()).toEqual([
    ['ended', 1],
    ['stalled', 1],
    ['starting', 1],
  ])
  board.changed('b', { state: 'ended', childShardIds: [] })
  expect(board.forget(['b', 'never-known'])).toEqual([])
  const later = modelAfter(events).tail
  if (later === undefined) throw new Error('no tail')
  expect([...later.readers.keys()]).toEqual(['c'])
  expect(readerCounts(later).byState.get('ended')).toBe(2)
})
