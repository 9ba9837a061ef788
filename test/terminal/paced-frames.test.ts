import { expect, test } from 'vitest'
import { PacedFrames } from '../../source/paced-frames.ts'

/** A terminal that takes nothing until it is told to, and a clock that stands still until it is told to go. */
function slowTerminal(bytesPerSecond: number) {
  let now = 0
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()
  const callbacks: (() => void)[] = []
  const output = {
    written: '',
    writableLength: 0,
    write(chunk: string, done?: () => void) {
      output.written += chunk
      if (done !== undefined) callbacks.push(done)
      return true
    },
  }
  const pace = new PacedFrames({
    output: output as unknown as NodeJS.WriteStream,
    now: () => now,
    timer: (callback, millis) => {
      const timer = { at: now + millis, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    bytesPerSecond,
  })
  return {
    pace,
    output,
    timers,
    drain: () => {
      output.writableLength = 0
      for (const done of callbacks.splice(0)) done()
    },
    pass: (millis: number) => {
      now += millis
      for (const timer of [...timers]) {
        if (timer.at > now) continue
        timers.delete(timer)
        timer.callback()
      }
    },
  }
}

test('while the terminal has not taken a frame, later ones are skipped and the newest is drawn', () => {
  const { pace, output, drain } = slowTerminal(1_000_000)
  const drawn: number[] = []
  output.writableLength = 1
  for (let frame = 1; frame <= 1_000; frame += 1) pace.request(() => drawn.push(frame))
  expect(drawn).toEqual([])
  drain()
  expect(drawn).toEqual([1_000])
})

test('a screen that changes all the time stays within the bytes a second', () => {
  const { pace, output, pass } = slowTerminal(1_000)
  for (let tick = 0; tick < 100; tick += 1) {
    pace.request(() => output.write('x'.repeat(500)))
    pass(100)
  }
  // Ten seconds at 1,000, and the one frame that is on its way.
  expect(output.written.length).toBeLessThanOrEqual(10_500)
  expect(output.written.length).toBeGreaterThanOrEqual(9_000)
})

test('the frame after a key does not wait for the budget, but for the terminal', () => {
  const { pace, output, drain } = slowTerminal(1_000)
  const drawn: string[] = []
  pace.request(() => output.write('x'.repeat(5_000)))
  pace.request(() => drawn.push('data'))
  expect(drawn).toEqual([])
  pace.hurry()
  expect(drawn).toEqual(['data'])
  output.writableLength = 1
  pace.hurry()
  pace.request(() => drawn.push('key'))
  expect(drawn).toEqual(['data'])
  drain()
  expect(drawn).toEqual(['data', 'key'])
})

test('nothing that waits, no timer; after the end nothing is counted or drawn', () => {
  const { pace, output, timers, pass } = slowTerminal(1_000)
  pace.request(() => output.write('x'.repeat(1_000)))
  expect(timers.size).toBe(0)
  const drawn: string[] = []
  pace.request(() => drawn.push('late'))
  expect(timers.size).toBe(1)
  pace.restore()
  pass(10_000)
  expect(drawn).toEqual([])
  expect(timers.size).toBe(0)
})

test('after the last words nothing of the screen is sent, and who waits for it is told', () => {
  const { pace, output, drain } = slowTerminal(1_000)
  pace.finish('give back')
  let isTold = false
  output.write('a whole screen', () => {
    isTold = true
  })
  drain()
  expect(output.written).toBe('give back')
  pace.finish('again')
  pace.restore()
  output.write(' the shell')
  expect(output.written).toBe('give back the shell')
  expect(isTold).toBe(true)
})
