import { describe, expect, it } from 'vitest'
import { createSteppedClock, createWallClock } from '../../source/sandbox/engine/clock.ts'
import { startSandbox } from '../../source/sandbox/sandbox.ts'
import { id, NEW_YEAR, type Output } from './support.ts'

describe('the stepped clock', () => {
  it('runs tasks at their own moments, also those planned on the way', () => {
    const clock = createSteppedClock(NEW_YEAR)
    const seen: string[] = []
    const note = (name: string) => () => seen.push(`${name} ${clock.now() - NEW_YEAR}`)
    clock.after(300, note('late'))
    clock.after(100, () => {
      note('early')()
      clock.after(50, note('planned'))
    })
    const cancel = clock.after(200, note('cancelled'))
    cancel()
    clock.advance(299)
    expect(seen).toEqual(['early 100', 'planned 150'])
    clock.advance(1)
    expect(seen).toEqual(['early 100', 'planned 150', 'late 300'])
  })
})

describe('the wall clock', () => {
  it('is the machine’s own at speed 1', () => {
    const before = Date.now()
    const now = createWallClock().now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  it('runs so many times as fast, its timers too', async () => {
    const clock = createWallClock(1000, NEW_YEAR)
    const began = performance.now()
    await new Promise<void>(resolve => clock.after(60_000, resolve))
    const wall = performance.now() - began
    expect(clock.now() - NEW_YEAR).toBeGreaterThanOrEqual(60_000)
    expect(clock.now() - NEW_YEAR).toBeLessThanOrEqual((performance.now() - began + 5) * 1000)
    expect(wall).toBeLessThan(20_000)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the speed %s', speed => {
    expect(() => createWallClock(speed)).toThrow('not a positive number')
  })

  it('carries a whole sandbox: an iterator expires within the blink of an eye', async () => {
    const sandbox = await startSandbox({ speed: 5000 })
    try {
      const call = (operation: string, input: object): Output => sandbox.service.handle(operation, input)
      call('CreateStream', { StreamName: 's', ShardCount: 1 })
      const place = () =>
        call('GetShardIterator', { StreamName: 's', ShardId: id(0), ShardIteratorType: 'LATEST' })
      await expect.poll(() => call('ListShards', { StreamName: 's' }).Shards.length).toBe(1)
      const { ShardIterator } = place()
      await expect
        .poll(() => {
          try {
            call('GetRecords', { ShardIterator })
            return 'good'
          } catch (error) {
            return (error as Error).name
          }
        })
        .toBe('ExpiredIteratorException')
    } finally {
      await sandbox.stop()
    }
  })
})
