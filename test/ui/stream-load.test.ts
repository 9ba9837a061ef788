import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import type { Event } from '../../source/state/event.ts'
import type { Model } from '../../source/state/model.ts'
import { update } from '../../source/state/update.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { modelAfter, NOW, ORDERS, PRODUCTION, SANDBOX } from '../support/models.ts'

const LISTED: readonly Event[] = [
  { type: 'streams-listed', streams: [ORDERS, { streamName: 'quiet' }], at: NOW },
]
const drawn = (model: Model): string =>
  stripVTControlCharacters(frameOf(model, COMMANDS, themeFor('none')).join('\n'))
const measured = (bytesPerSecond?: number): readonly Event[] => [
  { type: 'heat-started', stream: ORDERS, source: 'observed' },
  {
    type: 'heat-measured',
    stream: ORDERS,
    heat: {
      source: 'observed',
      advice: new Map(),
      board: {
        source: 'observed',
        at: NOW,
        windowSeconds: 60,
        shards: [],
        openShardCount: 0,
        ...(bytesPerSecond === undefined ? {} : { bytesPerSecond, recordsPerSecond: 830 }),
      },
    },
  } as unknown as Event,
]

test('a stream that nobody looked at has no load, which is not zero', () => {
  const text = drawn(modelAfter(LISTED))
  expect(text).toContain('Load of orders: not measured; H looks at its heat')
  expect(text).not.toContain('LOAD')
  expect(drawn(modelAfter([...LISTED, ...measured()]))).toContain('not measured')
})

test('what its heat told is shown for a minute, and told with its age after that', () => {
  const model = modelAfter([...LISTED, ...measured(1_258_291.2)])
  const text = drawn(model)
  expect(text).toMatch(/> orders .*1\.2 MiB\/s/)
  expect(text).toContain('Load of orders: 1.2 MiB/s, 830/s, observed')
  expect(text).not.toMatch(/ {2}quiet .*MiB/)
  const later = drawn({ ...model, now: NOW + 300_000 })
  expect(later).not.toMatch(/> orders .*MiB/)
  expect(later).toMatch(/Load of orders: 1\.2 MiB\/s, 830\/s, observed 5m( \S+)? ago/)
})

test('another account has none of it', () => {
  const model = modelAfter([...LISTED, ...measured(1_000)], [80, 24], SANDBOX)
  const elsewhere = update(model, { type: 'session-changed', session: PRODUCTION })
  expect(elsewhere.loads).toBeUndefined()
  expect(elsewhere.heat).toBeUndefined()
})
