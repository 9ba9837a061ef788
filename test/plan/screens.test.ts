import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import { HASH_SPACE_SIZE } from '../../source/domain/hash-key.ts'
import { uniformRanges } from '../../source/domain/heat/forecast.ts'
import { planShards } from '../../source/domain/plan/shard-plan.ts'
import { enoughUniform, uniformScaling } from '../../source/domain/plan/uniform-scaling.ts'
import type { Event } from '../../source/state/event.ts'
import type { PlanView } from '../../source/state/plan-state.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { modelAfter, NOW, STREAMS_LISTED } from '../support/models.ts'

const stream = { streamName: 'orders' }
const ranges = uniformRanges(4)
const point = (part: number, share: number) => ({
  hashKey: (HASH_SPACE_SIZE * BigInt(part)) / 16n + 1_000n,
  load: share * 1_048_576,
})
const loads = {
  bytes: [point(0, 0.5), point(2, 0.5), point(5, 1.3), point(9, 0.1), point(13, 0.1)],
  records: [],
}
const plan = planShards({ ranges, loads, targetUtilisation: 0.7 })
const hot = plan.hotKeys[0]?.hashKey ?? 0n
const enough = enoughUniform(ranges, loads, 2, 4)
const view: PlanView = {
  stream,
  at: NOW,
  windowSeconds: 60,
  plan,
  keyNames: new Map([[hot, 'customer-\u001b[31m7']]),
  uniformSame: uniformScaling(ranges, plan.after.length, loads),
  ...(enough === undefined ? {} : { uniformEnough: enough }),
  preview: {
    title: 'Plan',
    before: plan.before,
    after: plan.after,
    sections: [
      { heading: 'Quotas', lines: ['A line that is rather long and has to be wrapped somewhere '.repeat(4)] },
    ],
    awsCli: ['aws kinesis split-shard --stream-name orders'],
  },
}
const OPENED: readonly Event[] = [
  ...STREAMS_LISTED,
  { type: 'screen-opened', screen: { screen: 'plan', stream, scroll: 0 } },
  { type: 'plan-made', view },
]
const SIZES = [
  [40, 10],
  [80, 24],
  [160, 50],
] as const

describe.each(SIZES)('at %d x %d', (columns, rows) => {
  const frame = (events: readonly Event[]) =>
    frameOf(modelAfter(events, [columns, rows]), COMMANDS, themeFor('none')).map(stripVTControlCharacters)

  it('the plan fills the screen exactly and lets nothing through to the terminal', () => {
    const lines = frame(OPENED)
    expect(lines).toHaveLength(rows)
    for (const line of lines) expect(line).toMatch(/^[ -~]*$/)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
  })

  it('the question stays in sight under a preview of any length', () => {
    const confirm = {
      dialog: 'confirm',
      commandId: 'plan.run',
      fields: {},
      lines: ['Carry out 4 steps.'],
      preview: { ...view.preview, awsCli: Array.from({ length: 80 }, () => 'aws kinesis split-shard') },
      text: '',
      cursor: 0,
    } as const
    const text = frame([...OPENED, { type: 'dialog-opened', dialog: confirm }]).join('\n')
    expect(text).toContain('y do it')
    if (rows > 10) expect(text).toMatch(/-- lines 1-\d+ of \d+: up/)
    const typed = { ...confirm, requiredText: 'orders', scroll: 9_999 }
    const last = frame([...OPENED, { type: 'dialog-opened', dialog: typed }]).join('\n')
    expect(last).toContain('Type orders and Enter')
    if (rows > 10) expect(last).toMatch(/lines \d+-(\d+) of \1: up/)
  })
})

it('the plan names the key that no split helps, and stands beside UpdateShardCount', () => {
  const text = stripVTControlCharacters(
    frameOf(modelAfter(OPENED, [120, 50]), COMMANDS, themeFor('none')).join('\n'),
  )
  expect(text).toMatch(/key "customer-.*7" alone takes 130.0 % of a shard/)
  expect(text).toContain('this plan')
  expect(text).toMatch(/UpdateShardCount \d/)
  expect(text).toContain('short-lived')
  expect(text).toContain('X carries it out')
})
