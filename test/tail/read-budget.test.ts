import { expect, it } from 'vitest'
import { DEFAULT_PACE, EAGER_PACE, ReadBudget, UNLIMITED_PACE } from '../../source/tail/read-budget.ts'

const atTip = { byteCount: 0, isBehind: false }

function empty(budget: ReadBudget): number {
  budget.learn({ recordCount: 0, byteCount: 0 })
  return budget.waitMillis(atTip)
}

it('reads the tip once a second unless it is told to be eager', () => {
  const budget = new ReadBudget(DEFAULT_PACE)
  budget.learn({ recordCount: 1, byteCount: 100 })
  expect(budget.waitMillis(atTip)).toBe(1_000)
})

it('eager: reads the tip four times a second while records come, leaving the fifth read to others', () => {
  const budget = new ReadBudget(EAGER_PACE)
  for (let page = 0; page < 100; page += 1) {
    budget.learn({ recordCount: 1, byteCount: 100 })
    expect(budget.waitMillis(atTip)).toBe(250)
  }
})

it('slows to one read a second after 10 s without records, and hastens with the next record', () => {
  const budget = new ReadBudget(EAGER_PACE)
  budget.learn({ recordCount: 1, byteCount: 100 })
  let waited = budget.waitMillis(atTip)
  while (waited < 10_000) {
    expect(empty(budget)).toBe(250)
    waited += 250
  }
  const slowing = Array.from({ length: 6 }, () => empty(budget))
  expect(slowing).toEqual(slowing.toSorted((a, b) => a - b))
  expect(slowing.at(-1)).toBe(1_000)
  budget.learn({ recordCount: 1, byteCount: 100 })
  expect(budget.waitMillis(atTip)).toBe(250)
})

it('leaves a shared shard to others after refusals, for a while, and never below once a second', () => {
  const budget = new ReadBudget(EAGER_PACE)
  budget.learnRefusal()
  expect(budget.waitMillis(atTip)).toBe(500)
  for (let refusal = 0; refusal < 10; refusal += 1) budget.learnRefusal()
  expect(budget.waitMillis(atTip)).toBe(1_000)
  const calm = Array.from({ length: 400 }, () => {
    budget.learn({ recordCount: 1, byteCount: 1 })
    return budget.waitMillis(atTip)
  })
  expect(calm.at(-1)).toBe(250)
})

it('pays a large page back at 2 MiB a second, busy or not', () => {
  const budget = new ReadBudget(EAGER_PACE)
  expect(budget.waitMillis({ byteCount: 10 * 1_048_576, isBehind: false })).toBe(5_000)
})

it('unlimited: full pages from the first on and no wait while behind, whatever a page held; the tip as ever', () => {
  const budget = new ReadBudget(UNLIMITED_PACE)
  expect(budget.nextLimit()).toBe(10_000)
  budget.learn({ recordCount: 10, byteCount: 10 * 1_048_576 })
  expect(budget.nextLimit()).toBe(10_000)
  expect(budget.waitMillis({ byteCount: 10 * 1_048_576, isBehind: true })).toBe(0)
  expect(budget.waitMillis(atTip)).toBe(250)
})
