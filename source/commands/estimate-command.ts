import { type Estimate, estimate, type MonthlyCost, type Traffic } from '../domain/cost/estimate.ts'
import { LIST_PRICES, type Prices, pricesFrom, pricesText } from '../domain/cost/prices.ts'
import { usageFailure } from '../domain/failure.ts'
import { dollarsText } from '../domain/plan/preview-text.ts'
import { bytesText, counted, countText } from '../domain/quantity-text.ts'
import type { Event } from '../state/event.ts'
import { type Command, type Context, defineCommand, type OutputRow } from './command.ts'
import { durationSeconds, shareOf } from './heat-arguments.ts'
import { lookAtHeat } from './heat-look.ts'
import { summaryIfTold } from './look-up.ts'
import { withoutAbsent } from './output-rows.ts'

type Estimated = { readonly estimate: Estimate; readonly prices: Prices; readonly basis: string }

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
    const meanShare = shareOf('estimate', 'load-share', args.loadShare, 1)
    const typed = {
      recordsPerSecond: numberOf('records-per-second', args.recordsPerSecond),
      averageKib: numberOf('average-kib', args.averageKib),
    }
    let observed: { recordsPerSecond: number; averageRecordBytes: number } | undefined
    let settings: { shardCount?: number; retentionHours?: number; fanOutConsumers?: number } = {}
    let basis = 'typed traffic'
    if (args.stream !== undefined) {
      const summary = await summaryIfTold(context.api, args.stream, context.signal)
      settings = {
        ...(summary?.openShardCount === undefined ? {} : { shardCount: summary.openShardCount }),
        ...(summary?.retentionPeriodHours === undefined
          ? {}
          : { retentionHours: summary.retentionPeriodHours }),
        ...(summary?.consumerCount === undefined ? {} : { fanOutConsumers: summary.consumerCount }),
      }
      if (typed.recordsPerSecond === undefined || typed.averageKib === undefined) {
        const seconds = durationSeconds('estimate', args.for, 60)
        observed = yield* trafficOf(context, args.stream, seconds)
        if (observed === undefined) return
        basis = `${counted(seconds, 'second')} of ${args.stream.streamName}, taken for the whole month`
      }
    }
    const recordsPerSecond = typed.recordsPerSecond ?? observed?.recordsPerSecond
    const averageRecordBytes =
      typed.averageKib === undefined ? observed?.averageRecordBytes : typed.averageKib * 1_024
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
      pollingConsumers: args.pollingConsumers ?? 1,
      fanOutConsumers: args.fanOutConsumers ?? settings.fanOutConsumers ?? 0,
      retentionHours: args.retention ?? settings.retentionHours ?? 24,
      meanShare,
    }
    const made: Estimated = { estimate: estimate(traffic, prices, settings.shardCount), prices, basis }
    yield { type: 'rows-told', rows: rowsOf(made) }
  },
})

/** @throws FailureError `usage` for what is no positive number */
function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value > 0 && value < 1e9) return value
  throw usageFailure('estimate', `${name} "${text}" must be a number above 0`, 'Write it as 1500 or 0.5.')
}

async function* trafficOf(
  context: Context,
  stream: NonNullable<Parameters<typeof summaryIfTold>[1]>,
  seconds: number,
): AsyncGenerator<Event, { recordsPerSecond: number; averageRecordBytes: number } | undefined> {
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
  return { recordsPerSecond, averageRecordBytes: bytesPerSecond / recordsPerSecond }
}

function rowsOf({ estimate: made, prices, basis }: Estimated): OutputRow[] {
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

const MODE_NAMES: Readonly<Record<MonthlyCost['mode'], string>> = {
  provisioned: 'provisioned',
  'on-demand-standard': 'on-demand standard',
  'on-demand-advantage': 'on-demand advantage',
}

function linesOf({ estimate: made, prices, basis }: Estimated): string[] {
  const { traffic, costs, breakEvens } = made
  return [
    `An estimate, not a bill: ${pricesText(prices)}, ${basis}.`,
    `${countText(traffic.recordsPerSecond)} records/s of ${bytesText(traffic.averageRecordBytes)}, ${counted(traffic.pollingConsumers, 'polling reader')}, ${counted(traffic.fanOutConsumers, 'fan-out consumer')}, kept ${traffic.retentionHours} h.`,
    `Shards needed: ${made.shardsNeeded}, for ${made.limitedBy}.${made.shardCount === made.shardsNeeded ? '' : ` Provisioned is told for the ${made.shardCount} that are open.`}`,
    '',
    ...costs.flatMap(({ mode, dollars, items }) => [
      `${MODE_NAMES[mode].padEnd(22)}${dollarsText(dollars).padStart(14)} a month`,
      ...items.map(item => `  ${item.name.padEnd(20)}${dollarsText(item.dollars).padStart(14)}`),
    ]),
    '',
    ...breakEvens.map(({ first, then, recordsPerSecond, bytesPerSecond, isAlways }) =>
      isAlways
        ? `${MODE_NAMES[then]} is cheaper than ${MODE_NAMES[first]} at every rate looked at.`
        : recordsPerSecond === undefined
          ? `${MODE_NAMES[then]} is not cheaper than ${MODE_NAMES[first]} at any rate looked at.`
          : `${MODE_NAMES[then]} is cheaper than ${MODE_NAMES[first]} from about ${countText(recordsPerSecond)} records/s (${bytesText(bytesPerSecond)}/s).`,
    ),
    '',
    'On-demand rounds each record up to 1 KiB. PUT units are per Kinesis record: KPL aggregation makes fewer.',
    'Extended retention of provisioned streams is billed per shard, whatever lies in it.',
    "The advantage commitment is the account's: here this stream alone has to fill 25 MiB/s in and out.",
    'Not in it: reading again of long-kept data, shard-level metrics of CloudWatch, KMS, transfer between regions.',
  ]
}
