import { type Failure, FailureError, usageFailure } from '../domain/failure.ts'
import { readsText } from '../domain/heat/heat-reads.ts'
import { adviceLines, keylessText, sourceText } from '../domain/heat/heat-text.ts'
import type { HeatBoard, HeatSource } from '../domain/heat/shard-heat.ts'
import { streamVerdict } from '../domain/heat/stream-verdict.ts'
import { shareText } from '../domain/quantity-text.ts'
import type { StreamRef } from '../domain/stream.ts'
import { heatReport } from '../report/heat-report.ts'
import type { Event } from '../state/event.ts'
import type { HeatSnapshot } from '../state/heat-state.ts'
import { type Context, defineCommand } from './command.ts'
import {
  BUDGET_ARGUMENTS,
  budgetOf,
  durationSeconds,
  FOR_ARGUMENT,
  STREAM_ARGUMENT,
  shareOf,
} from './heat-arguments.ts'
import { lookAtHeat } from './heat-look.ts'
import { HEAT_COLUMNS, heatRows, heatTextRows, verdictText } from './heat-rows.ts'
import { KEY_COLUMNS, keyTableRows, LOCATION_COLUMNS, locationRow } from './key-rows.ts'
import { locateKey } from './locate-key.ts'
import { shardNamed } from './look-up.ts'
import { METRIC_MINUTES } from './metric-heat-source.ts'

const SECONDS = 60
const SOURCE_ARGUMENT = {
  kind: 'choice',
  title: 'Read records (observed), or ask CloudWatch, which bills each metric',
  choices: ['observed', 'cloudwatch'],
  defaultText: 'observed',
} as const

export const measureHeat = defineCommand({
  id: 'heat.measure',
  title: 'Measure what each shard takes, and say what is wrong with it',
  group: 'shard',
  // On screen the board is a place to be (heat.open).
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: STREAM_ARGUMENT,
    for: FOR_ARGUMENT,
    source: SOURCE_ARGUMENT,
    failOver: {
      kind: 'text',
      title: 'End with exit code 17 where a shard is above this part of its limit on average, such as 80%',
      only: 'headless',
    },
    ...BUDGET_ARGUMENTS,
  },
  headless: { name: 'heat', columns: HEAT_COLUMNS, rows: heatRows, textRows: heatTextRows },
  async *run(args, context): AsyncGenerator<Event> {
    const { stream } = args
    const threshold = args.failOver === undefined ? undefined : shareOf('heat', 'fail-over', args.failOver)
    const looked = yield* lookAtHeat(context, { stream, ...lookOf('heat', args) })
    if (looked === undefined) return
    yield { type: 'heat-measured', stream, heat: looked.snapshot }
    yield* notes(context, looked.snapshot)
    const failure =
      threshold === undefined ? undefined : aboveThreshold(stream, looked.snapshot.board, threshold)
    if (failure !== undefined) yield { type: 'heat-failed', stream, failure }
  },
})

export const listKeys = defineCommand({
  id: 'heat.keys',
  title: 'List the heaviest partition keys of a stream, or of one shard',
  group: 'shard',
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: STREAM_ARGUMENT,
    shard: { kind: 'shard', title: 'Only this shard, by id or number' },
    top: { kind: 'count', title: 'How many keys', defaultText: '20', min: 1, max: 1_000 },
    by: {
      kind: 'choice',
      title: 'What makes a key heavy',
      choices: ['bytes', 'records'],
      defaultText: 'bytes',
    },
    for: FOR_ARGUMENT,
    ...BUDGET_ARGUMENTS,
  },
  headless: { name: 'keys', columns: KEY_COLUMNS, rows: keyTableRows },
  async *run(args, context): AsyncGenerator<Event> {
    const { stream, shard, top } = args
    const measure = args.by === 'records' ? 'records' : 'bytes'
    if (shard !== undefined) {
      shardNamed(await context.api.listShards(stream, { signal: context.signal }), shard, stream, 'keys')
    }
    const looked = yield* lookAtHeat(context, {
      stream,
      ...lookOf('keys', { ...args, source: 'observed' }),
      ...(shard === undefined ? {} : { shardIds: [shard] }),
    })
    if (looked?.heat === undefined) return
    const { snapshot, heat } = looked
    const keys = heat.topKeys(snapshot.board.at, measure, top, shard)
    const table = { measure, keys, ...(shard === undefined ? {} : { shardId: shard }) } as const
    yield { type: 'heat-measured', stream, heat: { ...snapshot, keys: table } }
    yield info(context, keyNote(snapshot.board))
    const keyless = keylessText(snapshot.board.keylessShare)
    if (keyless !== '') yield info(context, `${keyless}.`)
    yield* notes(context, snapshot)
  },
})

export const whereIsKey = defineCommand({
  id: 'heat.where',
  title: 'Tell which shard a partition key belongs to, now or at a past time',
  group: 'shard',
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: STREAM_ARGUMENT,
    key: { kind: 'text', title: 'Partition key', required: true, positional: true },
    at: { kind: 'text', title: 'A past time, such as 2h or 2026-11-30T14:00Z' },
  },
  headless: {
    name: 'where',
    columns: LOCATION_COLUMNS,
    rows: event => (event.type === 'key-located' ? [locationRow(event.stream, event.location)] : []),
  },
  async *run({ stream, key, at }, context): AsyncGenerator<Event> {
    yield { type: 'key-located', stream, location: await locateKey(context, stream, key, at) }
  },
})

export const writeReport = defineCommand({
  id: 'heat.report',
  title: 'Write what each shard takes into one HTML page, to attach to an incident',
  group: 'shard',
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: STREAM_ARGUMENT,
    out: { kind: 'file', title: 'The file to write; it must not exist yet', required: true },
    for: FOR_ARGUMENT,
    source: SOURCE_ARGUMENT,
    ...BUDGET_ARGUMENTS,
  },
  headless: {
    name: 'report',
    columns: [{ key: 'file', header: 'WRITTEN' }],
    rows: event => (event.type === 'act-finished' ? (event.rows ?? []) : []),
  },
  async *run(args, context): AsyncGenerator<Event> {
    const { stream, out } = args
    const { writeOutput, clock } = context
    if (writeOutput === undefined) throw noFiles()
    await refuseExisting(context, out)
    const looked = yield* lookAtHeat(context, { stream, ...lookOf('report', args) })
    if (looked === undefined) return
    const { snapshot, heat } = looked
    const html = heatReport({
      streamName: stream.streamName,
      region: context.model().session.region.value,
      endpoint: context.model().session.endpoint.value,
      writtenAt: new Date(clock.now()),
      snapshot,
      keys: heat === undefined ? [] : heat.topKeys(snapshot.board.at, 'bytes', 30),
    })
    await writeOutput(out, html)
    const detail = `${out} holds the heat of ${stream.streamName}: ${sourceText(snapshot.board)}`
    yield {
      type: 'act-finished',
      actId: 'heat.report',
      detail,
      rows: [{ file: out, streamName: stream.streamName }],
    }
  },
})

function lookOf(
  action: string,
  typed: {
    readonly for?: string | undefined
    readonly source: string
    readonly reads: string
    readonly readShare: string
  },
) {
  const source: HeatSource = typed.source === 'cloudwatch' ? 'cloudwatch' : 'observed'
  const otherwise = source === 'cloudwatch' ? METRIC_MINUTES * 60 : SECONDS
  return { source, seconds: durationSeconds(action, typed.for, otherwise), budget: budgetOf(action, typed) }
}

function* notes(context: Context, snapshot: HeatSnapshot): Generator<Event> {
  const { board, reads, missingMetrics } = snapshot
  if (reads !== undefined) yield info(context, readsText(reads))
  const whole = streamVerdict(board)
  if (whole !== undefined) yield info(context, `stream: ${whole.sentence}. ${whole.nextStep}`)
  if (missingMetrics !== undefined && missingMetrics.length > 0 && board.source === 'cloudwatch') {
    yield info(
      context,
      `Shard-level metrics are off: ${missingMetrics.join(', ')}. shardscope monitoring STREAM --enable METRIC switches them on.`,
    )
  }
  for (const shard of board.shards) {
    const advice = snapshot.advice.get(shard.shard.shardId)
    const isCalm =
      shard.verdict.kind === 'fine' || shard.verdict.kind === 'cold' || shard.verdict.kind === 'no-data'
    if (advice === undefined || isCalm) continue
    yield info(context, `${shard.shard.shardId}: ${verdictText(shard)}. ${shard.verdict.nextStep}`)
    for (const line of adviceLines(advice)) yield info(context, `  ${line}`)
  }
}

function keyNote(board: HeatBoard): string {
  const error = board.keyErrorShare ?? 0
  const bound =
    error === 0 ? 'shares are exact for what was read' : `shares are too low by ${shareText(error)} at most`
  return `${sourceText(board)}; ${bound}`
}

function info(context: Pick<Context, 'clock'>, text: string): Event {
  return { type: 'noticed', notice: { level: 'info', text, at: context.clock.now() } }
}

function aboveThreshold(stream: StreamRef, board: HeatBoard, threshold: number): Failure | undefined {
  const known = board.shards.filter(({ isOpen, utilisation }) => isOpen && utilisation !== undefined)
  if (known.length === 0) {
    return {
      kind: 'incomplete',
      action: 'heat',
      message: `nothing is known of the shards of ${stream.streamName}, so whether one is above ${shareText(threshold)} is not known either`,
      nextStep: 'Look for longer with --for, or use the observed source.',
      retryable: true,
    }
  }
  const above = known.filter(({ utilisation }) => (utilisation ?? 0) > threshold)
  if (above.length === 0) return undefined
  const named = above
    .sort((a, b) => (b.utilisation ?? 0) - (a.utilisation ?? 0))
    .slice(0, 5)
    .map(({ shard, utilisation }) => `${shard.shardId} at ${shareText(utilisation)}`)
  const more = above.length > named.length ? ` and ${above.length - named.length} more` : ''
  return {
    kind: 'over-limit',
    action: 'heat',
    message: `above ${shareText(threshold)}: ${named.join(', ')}${more}`,
    retryable: false,
  }
}

/** Said before the stream is read for a minute, not after. */
async function refuseExisting({ readInput }: Context, path: string): Promise<void> {
  if (path === '-')
    throw usageFailure(
      'report',
      'out "-" is no file: a report is a page',
      'Name a file, such as orders.html.',
    )
  const isThere = await readInput(path).then(
    () => true,
    () => false,
  )
  if (!isThere) return
  throw usageFailure('report', `"${path}" is there already`, 'Choose another name, or remove that file.')
}

function noFiles(): FailureError {
  return new FailureError({
    kind: 'unsupported',
    action: 'report',
    message: 'a report can be written from the command line only',
    retryable: false,
  })
}
