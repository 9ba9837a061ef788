import type { StreamRef } from '../domain/stream.ts'
import type { Model, ScreenName, ScreenState } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import { type Command, defineCommand } from './command.ts'
import { shareOf } from './heat-arguments.ts'
import { streamInSight } from './screen-commands.ts'

const FROM: readonly ScreenName[] = ['streams', 'shards', 'board', 'readers', 'consumers', 'policy']

/** The screens of what a stream has beside its shards: consumers, resource policy, what it would cost. */
export const STREAM_FACTS_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'consumers.open',
    title: 'Show the registered fan-out consumers of the stream',
    hint: 'consumers',
    group: 'navigate',
    keys: ['S'],
    where: FROM.filter(name => name !== 'consumers'),
    effect: 'view',
    args: {},
    unavailable: withoutStream,
    run: (_, { model }) => opened(model(), stream => ({ screen: 'consumers', stream, filter: '' })),
  }),
  defineCommand({
    id: 'policy.open',
    title: 'Show the resource policy of the stream: who in other accounts may read and write',
    hint: 'policy',
    group: 'navigate',
    keys: ['I'],
    where: FROM.filter(name => name !== 'policy'),
    effect: 'view',
    args: {},
    unavailable: withoutStream,
    run: (_, { model }) => opened(model(), stream => ({ screen: 'policy', stream, scroll: 0 })),
  }),
  defineCommand({
    id: 'estimate.open',
    title: 'Estimate the shards that the stream needs and its monthly cost in each capacity mode',
    hint: 'estimate',
    group: 'navigate',
    keys: ['$'],
    where: FROM,
    effect: 'view',
    args: {},
    unavailable: withoutStream,
    run: (_, { model }) => opened(model(), stream => ({ screen: 'estimate', stream, typed: {}, scroll: 0 })),
  }),
  defineCommand({
    id: 'estimate.type',
    title: 'Estimate for traffic that is typed; what is left empty is observed, or told by the stream',
    hint: 'type traffic',
    group: 'view',
    keys: ['e'],
    where: ['estimate'],
    effect: 'view',
    args: {
      recordsPerSecond: { kind: 'text', title: 'Highest records a second', required: true },
      averageKib: {
        kind: 'text',
        title: 'Average size of a record with its key, in KiB; observed where empty',
      },
      pollingConsumers: { kind: 'count', title: 'Readers that poll; 1 where empty', max: 100 },
      fanOutConsumers: { kind: 'count', title: 'Registered fan-out consumers', max: 50 },
      retention: { kind: 'count', title: 'Hours that records are kept', min: 24, max: 8_760 },
      loadShare: { kind: 'text', title: 'Average of the month in percent of the highest rate' },
    },
    suggest: async ({ model }) => typedBefore(model()),
    run: (typed, { model }) => {
      const screen = topScreen(model())
      if (screen.screen !== 'estimate') return []
      // Read here already, so that a share that cannot be read is corrected in the form.
      if (typed.loadShare !== undefined) shareOf('estimate', 'load-share', typed.loadShare, 1)
      return [{ type: 'screen-replaced', screen: { ...screen, typed, scroll: 0 } }]
    },
  }),
]

function withoutStream(model: Model): string | undefined {
  return streamInSight(model) === undefined ? 'no stream is selected' : undefined
}

function opened(model: Model, screenOf: (stream: StreamRef) => ScreenState) {
  const stream = streamInSight(model)
  return stream === undefined ? [] : [{ type: 'screen-opened' as const, screen: screenOf(stream) }]
}

/** The figures on screen, to begin from. */
function typedBefore(model: Model): Partial<Record<'recordsPerSecond' | 'averageKib', readonly string[]>> {
  const traffic = model.estimate?.value?.estimate.traffic
  if (traffic === undefined) return {}
  return {
    recordsPerSecond: [String(Math.round(traffic.recordsPerSecond))],
    averageKib: [(traffic.averageRecordBytes / 1_024).toFixed(2)],
  }
}
