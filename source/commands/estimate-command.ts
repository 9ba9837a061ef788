import { estimate, type Traffic } from '../domain/cost/estimate.ts'
import {
  breakEvenText,
  costLines,
  ESTIMATE_NOTES,
  shardsText,
  trafficText,
} from '../domain/cost/estimate-text.ts'
import { LIST_PRICES, type Prices, pricesFrom, pricesText } from '../domain/cost/prices.ts'
import { usageFailure } from '../domain/failure.ts'
import { counted } from '../domain/quantity-text.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { MadeEstimate, TypedTraffic } from '../state/estimate-state.ts'
import type { Event } from '../state/event.ts'
import { type Command, type Context, defineCommand, type OutputRow } from './command.ts'
import { durationSeconds, shareOf } from './heat-arguments.ts'
import { lookAtHeat } from './heat-look.ts'
import { summaryIfTold } from './look-up.ts'
import { withoutAbsent } from './output-rows.ts'

/** What a stream would cost in each mode, for typed or observed traffic. */
export const estimateCost: Command = defineCommand({
  id: 'stream.estimate',
  title: 'Estimate shards and monthly cost in each capacity mode, for typed or observed traffic',
  hint: 'estimate',
  group: 'stream',
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: { kind: 'stream', title: 'Stream to observe; without it the traffic is typed', positional: true },
    recordsPerSecond: { kind: 'text', title: 'Highest records a second' },
    averageKib: { kind: 'text', title: 'Average size of a record with its key, in KiB' },
    pollingConsumers: { kind: 'count', title: 'Readers that poll; 1 where absent', max: 100 },
    fanOutConsumers: { kind: 'count', title: 'Registered fan-out consumers', max: 50 },
    retention: { kind: 'count', title: 'Hours that records are kept', min: 24, max: 8_760 },
    loadShare: {
      kind: 'text',
      title: 'Average of the month in percent of the highest rate',
      defaultText: '100%',
    },
    for: { kind: 'text', title: 'How long to observe, such as 60s' },
    prices: { kind: 'file', title: 'A JSON file with prices of your own: only what differs' },
  },
  headless: {
    name: 'estimate',
    isOffline: args => args.stream === undefined,
    columns: [],
    rows: event => (event.type === 'rows-told' ? event.rows.map(({ lines: _, ...row }) => row) : []),
    lines: event =>
      event.type === 'rows-told'
        ? event.rows.flatMap(row => (row as { lines?: string[] }).lines ?? [])
        : undefined,
  },
  async *run(args, context): AsyncGenerator<Event> {
    const prices =
      args.prices === undefined
        ? LIST_PRICES
        : pricesFrom(new TextDecoder().decode(await context.readInput(args.prices)), args.prices)
    const made = yield* madeEstimate(context, args.stream, args, { prices })
    if (made !== undefined) yield { type: 'rows-told', rows: rowsOf(made) }
  },
})

/** Traffic that was seen already: it is not looked for again. */
export type SeenTraffic = {
  readonly recordsPerSecond: number
  readonly averageRecordBytes: number
  readonly basis: string
}

/**
 * What a stream would cost in each mode. What is not typed is told by the stream or, for its traffic, observed: the events
 * of that look pass through. Undefined where the look failed (the failure was yielded).
 * @throws FailureError `usage` for what cannot be read, or where the traffic is not known
 */
export async function* madeEstimate(
  context: Context,
  stream: StreamRef | undefined,
  typed: TypedTraffic,
  { prices, seen }: { readonly prices: Prices; readonly seen?: SeenTraffic },
): AsyncGenerator<Event, MadeEstimate | undefined> {
  const meanShare = shareOf('estimate', 'load-share', typed.loadShare ?? '100%', 1)
  const rate = numberOf('records-per-second', typed.recordsPerSecond)
  const averageKib = numberOf('average-kib', typed.averageKib)
  const isTyped = rate !== undefined && averageKib !== undefined
  const settings = stream === undefined ? {} : await settingsOf(context, stream)
  let observed = isTyped ? undefined : seen
  if (stream !== undefined && !isTyped && observed === undefined) {
    observed = yield* trafficOf(context, stream, durationSeconds('estimate', typed.for, 60))
    if (observed === undefined) return undefined
  }
  const recordsPerSecond = rate ?? observed?.recordsPerSecond
  const averageRecordBytes = averageKib === undefined ? observed?.averageRecordBytes : averageKib * 1_024
  if (recordsPerSecond === undefined || averageRecordBytes === undefined) {
    throw usageFailure(
      'estimate',
      'the traffic is not known',
      'Name a stream to observe, or give --records-per-second N and --average-kib N.',
    )
  }
  const traffic: Traffic = {
    recordsPerSecond,
    averageRecordBytes,
    pollingConsumers: typed.pollingConsumers ?? 1,
    fanOutConsumers: typed.fanOutConsumers ?? settings.fanOutConsumers ?? 0,
    retentionHours: typed.retention ?? settings.retentionHours ?? 24,
    meanShare,
  }
  const basis = observed?.basis ?? 'typed traffic'
  return { estimate: estimate(traffic, prices, settings.shardCount), prices, basis }
}

/** What the stream itself tells; parts that it does not tell are absent. */
async function settingsOf(
  context: Context,
  stream: StreamRef,
): Promise<{ shardCount?: number; retentionHours?: number; fanOutConsumers?: number }> {
  const summary = await summaryIfTold(context.api, stream, context.signal)
  return {
    ...(summary?.openShardCount === undefined ? {} : { shardCount: summary.openShardCount }),
    ...(summary?.retentionPeriodHours === undefined ? {} : { retentionHours: summary.retentionPeriodHours }),
    ...(summary?.consumerCount === undefined ? {} : { fanOutConsumers: summary.consumerCount }),
  }
}

/** @throws FailureError `usage` for what is no positive number */
function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value > 0 && value < 1e9) return value
  throw usageFailure('estimate', `${name} "${text}" must be a number above 0`, 'Write it as 1500 or 0.5.')
}

async function* trafficOf(
  context: Context,
  stream: StreamRef,
  seconds: number,
): AsyncGenerator<Event, SeenTraffic | undefined> {
  const looked = yield* lookAtHeat(context, { stream, source: 'observed', seconds, budget: {} })
  if (looked === undefined) return undefined
  const { bytesPerSecond = 0, recordsPerSecond = 0 } = looked.snapshot.board
  if (recordsPerSecond <= 0) {
    throw usageFailure(
      'estimate',
      `${stream.streamName} took no records in that time`,
      'Give --records-per-second N and --average-kib N, or look for longer with --for 5m.',
    )
  }
  return {
    recordsPerSecond,
    averageRecordBytes: bytesPerSecond / recordsPerSecond,
    basis: `${counted(seconds, 'second')} of ${stream.streamName}, taken for the whole month`,
  }
}

function rowsOf({ estimate: made, prices, basis }: MadeEstimate): OutputRow[] {
  const { traffic, costs, breakEvens } = made
  return [
    {
      type: 'estimate',
      basis,
      prices: { region: prices.region, capturedOn: prices.capturedOn, currency: prices.currency },
      recordsPerSecond: traffic.recordsPerSecond,
      averageRecordBytes: traffic.averageRecordBytes,
      pollingConsumers: traffic.pollingConsumers,
      fanOutConsumers: traffic.fanOutConsumers,
      retentionPeriodHours: traffic.retentionHours,
      loadShare: traffic.meanShare,
      shardsNeeded: made.shardsNeeded,
      limitedBy: made.limitedBy,
      shardCount: made.shardCount,
      costs: costs.map(({ mode, dollars, items }) => ({ mode, monthlyDollars: dollars, items })),
      breakEvens: breakEvens.map(breakEven => withoutAbsent({ ...breakEven })),
      lines: linesOf({ estimate: made, prices, basis }),
    },
  ]
}

function linesOf({ estimate: made, prices, basis }: MadeEstimate): string[] {
  return [
    `An estimate, not a bill: ${pricesText(prices)}, ${basis}.`,
    trafficText(made.traffic),
    shardsText(made),
    '',
    ...costLines(made.costs),
    '',
    ...made.breakEvens.map(breakEvenText),
    '',
    ...ESTIMATE_NOTES,
  ]
}
