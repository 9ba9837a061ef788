import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { TailEvent } from '../../source/domain/tail-event.ts'
import { EventQueue } from '../../source/tail/event-queue.ts'

function event(shardId = 'a'): TailEvent {
  return { type: 'records-arrived', shardId, records: [], receivedAtMillis: 0 }
}

test('what was handed out is let go at once: pages are megabytes', async () => {
  const queue = new EventQueue(1_000)
  const references: WeakRef<TailEvent>[] = []
  for (let index = 0; index < 100; index += 1) {
    const one = event(String(index))
    references.push(new WeakRef(one))
    queue.push(one, 1)
  }
  const drained = queue.drain()
  for (let index = 0; index < 90; index += 1) await drained.next()
  // A weak reference holds its target until the current turn of the event loop is over.
  await new Promise(resolve => setImmediate(resolve))
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  expect(references.slice(0, 85).filter(reference => reference.deref() !== undefined)).toHaveLength(0)
  expect(references.slice(90).every(reference => reference.deref() !== undefined)).toBe(true)
  queue.close()
})

test('room is given first come, first served, and only once the consumer has moved on', async () => {
  const queue = new EventQueue(100)
  const admitted: string[] = []
  const ask = (name: string, bytes: number) => queue.reserve(bytes).then(() => admitted.push(name))
  await ask('first', 60)
  void ask('large', 90)
  void ask('small', 10)
  await Promise.resolve()
  expect(admitted).toEqual(['first'])
  queue.push(event(), 60)
  queue.release(60)
  const drained = queue.drain()
  await drained.next()
  await Promise.resolve()
  // The consumer still has it in hand.
  expect(admitted).toEqual(['first'])
  void drained.next()
  await new Promise(resolve => setImmediate(resolve))
  expect(admitted).toEqual(['first', 'large', 'small'])
  queue.close()
})

test('a page that is larger than the whole room still gets through alone', async () => {
  const queue = new EventQueue(10)
  await queue.reserve(1_000_000)
  queue.release(1_000_000)
})

test('closing hands out what is left and lets everybody go on', async () => {
  const queue = new EventQueue(10)
  queue.push(event('a'), 10)
  const waiting = queue.reserve(5)
  queue.push(event('b'))
  queue.close()
  queue.push(event('late'))
  await waiting
  const shardIds: string[] = []
  for await (const one of queue.drain()) if (one.type === 'records-arrived') shardIds.push(one.shardId)
  expect(shardIds).toEqual(['a', 'b'])
})
