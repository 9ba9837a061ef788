import { expect, test } from 'vitest'
import { DATA_ANNOUNCEMENT_MILLIS, Store, type Timer } from '../../source/state/store.ts'

type Counter = { readonly sum: number; readonly isUrgent?: boolean }

/** A timer that a test lets run out by hand. */
function fakeTimer() {
  const waiting = new Map<number, { callback: () => void; millis: number }>()
  let count = 0
  const timer: Timer = (callback, millis) => {
    count += 1
    const id = count
    waiting.set(id, { callback, millis })
    return () => waiting.delete(id)
  }
  const fire = () => {
    const [first] = waiting
    if (first === undefined) throw new Error('no timer is running')
    waiting.delete(first[0])
    first[1].callback()
  }
  return { timer, waiting, fire }
}

function counting() {
  const { timer, waiting, fire } = fakeTimer()
  const store = new Store<number, Counter>({
    initial: 0,
    update: (model, event) => model + event.sum,
    isUrgent: event => event.isUrgent === true,
    timer,
  })
  const announced: number[] = []
  store.subscribe(() => announced.push(store.snapshot()))
  return { store, waiting, fire, announced }
}

test('data events wait and are announced together, once', () => {
  const { store, fire, announced, waiting } = counting()
  for (let count = 0; count < 1_000; count += 1) store.dispatch({ sum: 1 })
  expect(store.snapshot()).toBe(0)
  expect([...waiting.values()].map(({ millis }) => millis)).toEqual([DATA_ANNOUNCEMENT_MILLIS])
  fire()
  expect(announced).toEqual([1_000])
})

test('an urgent event is announced at once, with the data that came before it', () => {
  const { store, announced, waiting } = counting()
  store.dispatch({ sum: 5 })
  store.dispatch({ sum: 100, isUrgent: true })
  expect(announced).toEqual([105])
  expect(waiting.size).toBe(0)
})

test('an idle store holds no timer', () => {
  const { store, fire, waiting } = counting()
  expect(waiting.size).toBe(0)
  store.dispatch({ sum: 1 })
  fire()
  expect(waiting.size).toBe(0)
})

test('what changes nothing is not announced, and the snapshot stays the same', () => {
  const { store, announced } = counting()
  store.dispatch({ sum: 0, isUrgent: true })
  expect(announced).toEqual([])
})

test('a closed store holds no timer and loses nothing', () => {
  const { store, waiting } = counting()
  store.dispatch({ sum: 3 })
  store.close()
  expect(waiting.size).toBe(0)
  store.flush()
  expect(store.snapshot()).toBe(3)
})

test('an event dispatched by a listener is reduced too', () => {
  const { store, fire, announced } = counting()
  const stop = store.subscribe(() => {
    stop()
    store.dispatch({ sum: 10 })
  })
  store.dispatch({ sum: 1, isUrgent: true })
  fire()
  expect(announced).toEqual([1, 11])
})
