import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appendChunk, emptyWindow, rowAt } from '../../source/state/record-window.ts'

const row = fc.record({ id: fc.nat(), keptBytes: fc.integer({ min: 0, max: 50 }) })

test('keeps order and bounds, and kept plus dropped is received', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(row, { maxLength: 40 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 400 }),
      (chunks, maxRecords, maxBytes) => {
        let window = emptyWindow<{ id: number; keptBytes: number }>({ maxRecords, maxBytes })
        for (const chunk of chunks) window = appendChunk(window, chunk)
        const received = chunks.flat()
        const kept = window.chunks.flat()
        expect(kept).toEqual(received.slice(received.length - kept.length))
        expect(window.recordCount).toBe(kept.length)
        expect(window.byteCount).toBe(kept.reduce((sum, { keptBytes }) => sum + keptBytes, 0))
        expect(window.recordCount + window.droppedCount).toBe(received.length)
        expect(kept.length).toBeLessThanOrEqual(maxRecords)
        if (kept.length > 1) expect(window.byteCount).toBeLessThanOrEqual(maxBytes)
        if (received.length > 0) expect(kept.at(-1)).toBe(received.at(-1))
        expect(kept.map((_, index) => rowAt(window.chunks, index))).toEqual(kept)
        expect(rowAt(window.chunks, kept.length)).toBeUndefined()
      },
    ),
  )
})

test('never changes a window or a chunk that it was given', () => {
  const chunk = Object.freeze([Object.freeze({ keptBytes: 1 })])
  const before = Object.freeze(emptyWindow<{ keptBytes: number }>({ maxRecords: 2, maxBytes: 10 }))
  let window = before
  for (let count = 0; count < 5; count += 1) window = Object.freeze(appendChunk(window, chunk))
  expect(before.recordCount).toBe(0)
  expect(window.recordCount).toBe(2)
  expect(window.droppedCount).toBe(3)
})

test('a trickle of single records does not make a chunk each', () => {
  let window = emptyWindow<{ keptBytes: number }>({ maxRecords: 100_000, maxBytes: 1e9 })
  for (let count = 0; count < 10_000; count += 1) window = appendChunk(window, [{ keptBytes: 1 }])
  expect(window.chunks.length).toBeLessThan(200)
})
