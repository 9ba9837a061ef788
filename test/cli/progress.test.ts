import { expect, it } from 'vitest'
import { Progress } from '../../source/cli/progress.ts'

const stream = { streamName: 'orders' }

it.each([
  ['latest', 'Tailing orders: what is written from now on will be shown.\n'],
  ['LATEST', 'Tailing orders: what is written from now on will be shown.\n'],
  ['oldest', 'Tailing orders from oldest.\n'],
  ['15m', 'Tailing orders from 15m.\n'],
])('a tail from %s promises what it will show, and no more', (from, text) => {
  const progress = new Progress()
  expect(progress.text({ type: 'tail-started', stream, from })).toBe('')
  expect(progress.text({ type: 'tail-ready', stream })).toBe(text)
})
