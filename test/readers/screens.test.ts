import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import type { ReaderShard, ReadersSnapshot, StreamReader } from '../../source/domain/readers/reader.ts'
import type { Event } from '../../source/state/event.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { hostileText } from '../support/arbitrary-events.ts'
import { DENIED, modelAfter, NOW, ORDERS } from '../support/models.ts'

const HOUR = 3_600_000
const shard: ReaderShard = {
  shardId: 'shardId-000000000001',
  state: 'silent',
  owner: 'worker-2',
  note: 'no heartbeat for 14 s',
  lag: { lagMillis: 20 * HOUR, source: 'probe', at: NOW, trend: 1 },
  deadline: { kind: 'in', millis: 4 * HOUR, isAtPresentRate: true },
}
const app: StreamReader = {
  id: 'kcl my-app',
  kind: 'kcl',
  name: 'my-app',
  state: '1 silent',
  facts: [['Leader', 'worker-1']],
  warnings: ['1 shard is owned by a worker that shows no heartbeat.'],
  shards: [shard],
}
const found = (readers: readonly StreamReader[], more: Partial<ReadersSnapshot> = {}): Event => ({
  type: 'stream-readers-found',
  stream: ORDERS,
  snapshot: { at: NOW, retentionPeriodHours: 24, sources: [], readers, costs: [], ...more },
})
const opened: Event = { type: 'screen-opened', screen: { screen: 'readers', stream: ORDERS, filter: '' } }
const detail = (readerId: string): Event => ({
  type: 'screen-opened',
  screen: { screen: 'reader', stream: ORDERS, readerId, scroll: 0 },
})
const textOf = (events: readonly Event[], size: readonly [number, number] = [120, 24]) =>
  frameOf(modelAfter(events, size), COMMANDS, themeFor('none'))
    .join('\n')
    .replaceAll(/\x1b\[[0-9;]+m/g, '')

test('a reader and its shards: state, lag, when unread data expires, and in which direction it goes', () => {
  const text = textOf([found([app], { fanOutSlots: { used: 2, of: 20, isCertain: true } }), opened])
  expect(text).toMatch(/consumers 2 of 20, retention 24 h/)
  expect(text).toMatch(/my-app +kcl +1 silent/)
  expect(text).toMatch(/shardId-000000000001 +worker-2 +silent +20h 0m +in 4h 0m/)
})

test('a service that could not be asked is said above the list, with its action', () => {
  const sources = [
    {
      kind: 'lambda',
      action: 'lambda:ListEventSourceMappings',
      resource: '',
      state: 'failed',
      failure: DENIED,
    },
  ] as const
  expect(textOf([found([app], { sources }), opened])).toContain(
    '! lambda not told: lambda:ListEventSourceMappings',
  )
})

test('from near: what is missing, its settings, each shard in full', () => {
  const text = textOf([found([app]), opened, detail(app.id)])
  for (const part of ['! 1 shard is owned by', 'Leader: worker-1', 'owner worker-2', 'no heartbeat for 14 s'])
    expect(text).toContain(part)
})

test('whatever names and texts services send, the screens hold printable ASCII of the right size', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 40, max: 160 }), (text, columns) => {
      const reader: StreamReader = {
        ...app,
        name: text,
        state: text,
        arn: text,
        facts: [[text, text]],
        warnings: [text],
        lagUnknown: text,
        shards: [{ shardId: text, state: text, owner: text, checkpoint: text, note: text, lagUnknown: text }],
      }
      const item = {
        service: 'firehose',
        name: text,
        status: text,
        summary: text,
        arn: text,
        facts: [[text, text]],
        streamArns: [text],
      } as const
      const services: Event = {
        type: 'services-found',
        snapshot: {
          at: NOW,
          listings: [{ service: 'firehose', action: text, state: 'told', items: [item] }],
        },
      }
      const screens: readonly Event[][] = [
        [found([reader]), opened],
        [found([reader]), opened, detail(reader.id)],
        [services, { type: 'screen-opened', screen: { screen: 'services', filter: '' } }],
        [
          services,
          { type: 'screen-opened', screen: { screen: 'service', itemId: `firehose ${text}`, scroll: 0 } },
        ],
      ]
      for (const events of screens) {
        const frame = frameOf(modelAfter(events, [columns, 24]), COMMANDS, themeFor('none'))
        expect(frame).toHaveLength(24)
        for (const row of frame) {
          const drawn = row.replaceAll(/\x1b\[[0-9;]+m/g, '')
          expect(drawn).toMatch(/^[\x20-\x7e]*$/)
          expect(drawn).toHaveLength(columns)
        }
      }
    }),
    { numRuns: 200 },
  )
})
