// Longer than most: one preview is one text, and its sections (steps, load, quotas, cost, readers, CLI) share the same facts.

import type { AccountLimits } from '../aws/control-api.ts'
import { awsCliLine, type CliTarget, withCliNote } from '../domain/cli-line.ts'
import { shardItems } from '../domain/cost/estimate.ts'
import { LIST_PRICES, pricesText } from '../domain/cost/prices.ts'
import { failureOf } from '../domain/failure.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import { UPDATE_SHARD_COUNT_PER_DAY } from '../domain/limits.ts'
import { dollarsText, stepTimeText } from '../domain/plan/preview-text.ts'
import {
  countSteps,
  forecastRanges,
  hottestOf,
  openRanges,
  type StreamLoads,
} from '../domain/plan/shard-plan.ts'
import { afterStep, isSameRange, type PlanStep } from '../domain/plan/steps.ts'
import { counted, shareText } from '../domain/quantity-text.ts'
import type { ReadersSnapshot } from '../domain/readers/reader.ts'
import { compareByRange, isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import type { ActPreview, PreviewRange, PreviewSection } from '../state/act-preview.ts'
import type { SessionInfo } from '../state/model.ts'
import type { Context } from './command.ts'
import { conflict, summaryIfTold } from './look-up.ts'
import { harmLines, readersBefore } from './readers-harm.ts'

const DAY_MILLIS = 86_400_000
/** Steps that a preview spells out for people. */
const MOST_STEPS = 40
/** Minutes of CloudWatch that tell how far the slowest reader is behind. */
const LAG_MINUTES = 5

/** What is known of a stream before its shards are changed. Absent is not known. */
export type ReshapeFacts = {
  readonly stream: StreamRef
  readonly shards: readonly Shard[]
  readonly ranges: readonly HashKeyRange[]
  readonly summary?: StreamSummary
  readonly limits?: AccountLimits
  /** UpdateShardCount calls of the last 24 hours in the log of this machine. */
  readonly uniformCalls?: readonly number[]
  /** How far the slowest polling reader is behind, as CloudWatch tells. */
  readonly lagMillis?: number
  readonly loads?: StreamLoads
  /** Who reads the stream, or why that is not known. */
  readonly readers?: ReadersSnapshot | string
  readonly now: number
  readonly target: CliTarget
}

/** A change of shards, as steps of one split or merge each, or as UpdateShardCount. */
export type Reshape = {
  readonly title: string
  readonly steps: readonly PlanStep[]
  /** Set where the service carries the steps out by itself. */
  readonly uniformTargets?: readonly number[]
}

/**
 * Looks at everything that a preview of a reshard tells; nothing is changed by it. What only adds to the picture is left
 * out where it cannot be had.
 * @throws FailureError where the stream cannot be listed, or is in the middle of a change
 */
export async function reshapeFacts(
  context: Context,
  stream: StreamRef,
  loads?: StreamLoads,
): Promise<ReshapeFacts> {
  const { api, control, signal, clock } = context
  const [summary, shards, limits, lagMillis, readers] = await Promise.all([
    summaryIfTold(api, stream, signal),
    api.listShards(stream, { signal }),
    control?.describeLimits({ signal }).catch(ignored),
    lagOf(context, stream),
    readersBefore(context, stream),
  ])
  const ranges = openRanges(shards)
  if (ranges === undefined) {
    throw conflict(
      'ListShards',
      `the open shards of ${stream.streamName} do not cover the hash-key space: they are being changed, or the endpoint lists them wrongly`,
      'Wait until the stream is ACTIVE, then look again.',
    )
  }
  const uniformCalls = await uniformCallsOf(context, stream)
  return {
    stream,
    shards,
    ranges,
    now: clock.now(),
    target: cliTargetOf(context.model().session),
    ...(summary === undefined ? {} : { summary }),
    ...(limits === undefined ? {} : { limits }),
    ...(uniformCalls === undefined ? {} : { uniformCalls }),
    ...(lagMillis === undefined ? {} : { lagMillis }),
    ...(loads === undefined ? {} : { loads }),
    ...(readers === undefined ? {} : { readers }),
  }
}

/** When UpdateShardCount was called in the last 24 hours, by the log of this machine; undefined where there is none. */
export async function uniformCallsOf(
  { kept, model, clock }: Context,
  { streamName }: StreamRef,
): Promise<readonly number[] | undefined> {
  const { endpoint, region } = model().session
  return kept?.history
    .callsOf({
      operation: 'UpdateShardCount',
      streamName,
      endpoint: endpoint.value,
      region: region.value,
      sinceMillis: clock.now() - DAY_MILLIS,
    })
    .catch(ignored)
}

/** The embedded sandbox lives in this process, where no other program reaches it. */
const NO_PORT =
  'For AWS: the embedded sandbox has no port. One that the AWS CLI reaches: shardscope sandbox --port 4567'

/** Where the session goes, for lines of the AWS CLI. */
export function cliTargetOf(session: SessionInfo): CliTarget {
  return {
    region: session.region.value,
    ...(session.profile === undefined ? {} : { profile: session.profile.value }),
    ...(!session.isCustomEndpoint
      ? {}
      : /^https?:/.test(session.endpoint.value)
        ? { endpointUrl: session.endpoint.value }
        : { note: NO_PORT }),
  }
}

/** How a stream is named in a request. */
export function namedInput(stream: StreamRef): Record<string, string> {
  return stream.streamArn === undefined ? { StreamName: stream.streamName } : { StreamARN: stream.streamArn }
}

export function reshapePreview(facts: ReshapeFacts, reshape: Reshape): ActPreview {
  const { ranges, loads } = facts
  const { steps } = reshape
  const after = steps.reduce((layout: readonly HashKeyRange[], step) => afterStep(layout, step), ranges)
  return {
    title: reshape.title,
    before: withLoads(ranges, loads),
    after: withLoads(after, loads),
    sections: [
      stepSection(facts, reshape),
      loadSection(facts, after),
      quotaSection(facts, reshape, after.length),
      costSection(facts, after.length),
      readerSection(facts, steps),
    ],
    awsCli: withCliNote(cliLines(facts, reshape), facts.target),
  }
}

function withLoads(ranges: readonly HashKeyRange[], loads: StreamLoads | undefined): PreviewRange[] {
  if (loads === undefined) return ranges.map(range => ({ range }))
  return forecastRanges(ranges, loads).map(({ range, utilisation }) => ({ range, utilisation }))
}

function stepSection({ ranges, summary }: ReshapeFacts, { steps, uniformTargets }: Reshape): PreviewSection {
  const counts = countSteps(ranges.length, steps)
  const kept = summary?.retentionPeriodHours
  const closed = `${counted(counts.closedShards, 'shard')} will be closed${counts.shortLivedShards > 0 ? `, ${counts.shortLivedShards} of them made on the way` : ''}: they stay listed and readable ${kept === undefined ? 'until their data expires' : `for ${kept} hours`}.`
  if (steps.length === 0) return { heading: 'Steps', lines: ['None: the shards are as wanted.'] }
  if (uniformTargets !== undefined) {
    return {
      heading: 'Steps',
      lines: [
        `${counted(uniformTargets.length, 'call')} of UpdateShardCount: ${uniformTargets.join(', then ')} shards. The service makes ${counted(counts.splits, 'split')} and ${counted(counts.merges, 'merge')} of it, ${stepTimeText(steps.length)} if each takes 30 s; it tells no figure.`,
        closed,
        'It cannot be called off. All ranges become equally wide: a split that isolated a hot key is undone.',
      ],
    }
  }
  return {
    heading: 'Steps',
    lines: [
      `${counted(counts.splits, 'split')} and ${counted(counts.merges, 'merge')}, one at a time, ${stepTimeText(steps.length)} at 30 s each; at most ${counted(counts.mostOpenShards, 'open shard')} on the way.`,
      ...steps.slice(0, MOST_STEPS).map((step, index) => `${index + 1}. ${stepText(step)}`),
      ...(steps.length > MOST_STEPS ? [`... and ${steps.length - MOST_STEPS} more`] : []),
      closed,
    ],
  }
}

export function stepText(step: PlanStep): string {
  if (step.kind === 'split') {
    const { startingHashKey, endingHashKey } = step.range
    return `split ${startingHashKey}..${endingHashKey} at ${step.newStartingHashKey}`
  }
  return `merge ${step.lower.startingHashKey}..${step.lower.endingHashKey} with ${step.upper.startingHashKey}..${step.upper.endingHashKey}`
}

function loadSection({ ranges, loads }: ReshapeFacts, after: readonly HashKeyRange[]): PreviewSection {
  if (loads === undefined) {
    return {
      heading: 'Load',
      lines: [
        'Not known: nothing of this stream was read lately. Its heat (H in the console) or a plan reads it, and then this can be forecast.',
      ],
    }
  }
  const [now, then] = [hottestOf(forecastRanges(ranges, loads)), hottestOf(forecastRanges(after, loads))]
  return {
    heading: 'Load',
    lines: [
      `Hottest shard ${shareText(now)} of its limit today, ${shareText(then)} after, if the traffic stays as observed. An estimate.`,
    ],
  }
}

function quotaSection(
  facts: ReshapeFacts,
  { steps, uniformTargets }: Reshape,
  after: number,
): PreviewSection {
  const { ranges, limits, uniformCalls } = facts
  const lines: string[] = []
  const counts = countSteps(ranges.length, steps)
  if (uniformTargets !== undefined) {
    const [first] = uniformTargets
    if (first !== undefined && first < ranges.length / 2) {
      lines.push(
        `${first} is less than half of ${ranges.length}: how half is rounded for odd counts is the service's matter.`,
      )
    }
    lines.push(
      uniformCalls === undefined
        ? `UpdateShardCount works ${UPDATE_SHARD_COUNT_PER_DAY} times in 24 hours and stream; how often it ran is not known here.`
        : `UpdateShardCount: at least ${uniformCalls.length} of ${UPDATE_SHARD_COUNT_PER_DAY} in the last 24 hours, by the log of this machine; others may have made more.${freedText(uniformCalls, facts.now)}`,
    )
  } else if (steps.length > 0) {
    lines.push('Single splits and merges do not count against the ten UpdateShardCount calls of 24 hours.')
  }
  const peak = Math.max(counts.mostOpenShards, after)
  if (limits?.shardLimit === undefined || limits.openShardCount === undefined) {
    lines.push('The shard quota of the account is not known: DescribeLimits did not tell.')
  } else {
    const needed = limits.openShardCount + Math.max(0, peak - ranges.length)
    const verdict =
      needed > limits.shardLimit ? `NOT ENOUGH: ${needed - limits.shardLimit} too many` : 'enough'
    lines.push(
      `Shard quota: ${limits.openShardCount} of ${limits.shardLimit} open in the account, up to ${needed} on the way, temporary ones included: ${verdict}.`,
    )
  }
  return { heading: 'Quotas', lines }
}

/** When the window of ten frees, where it is used up. */
export function freedText(calls: readonly number[], now: number): string {
  const oldest = calls.at(-UPDATE_SHARD_COUNT_PER_DAY)
  if (oldest === undefined) return ''
  const at = oldest + DAY_MILLIS
  if (at <= now) return ''
  // Calls of other machines can only make it later.
  return ` Used up: the next one frees at ${new Date(at).toISOString().slice(0, 16)}Z at the earliest, 24 hours after the oldest of ten.`
}

function costSection({ ranges, summary }: ReshapeFacts, after: number): PreviewSection {
  const settings = {
    retentionHours: summary?.retentionPeriodHours ?? 24,
    fanOutConsumers: summary?.consumerCount ?? 0,
  }
  const monthly = (shards: number) =>
    shardItems(settings, LIST_PRICES, shards).reduce((sum, { dollars }) => sum + dollars, 0)
  const change = monthly(after) - monthly(ranges.length)
  return {
    heading: 'Cost',
    lines: [
      `${counted(ranges.length, 'open shard')} to ${after}: ${dollarsText(monthly(ranges.length))} to ${dollarsText(monthly(after))} a month (${change < 0 ? '-' : '+'}${dollarsText(Math.abs(change))}) for shards, retention and fan-out; ${pricesText(LIST_PRICES)}, not a bill.`,
    ],
  }
}

function readerSection(facts: ReshapeFacts, steps: readonly PlanStep[]): PreviewSection {
  const { summary, lagMillis, shards } = facts
  const lines: string[] = []
  const fanOut = summary?.consumerCount
  lines.push(
    fanOut === undefined
      ? 'How many fan-out consumers read the stream is not known. Readers that poll leave no trace.'
      : `${counted(fanOut, 'registered consumer')} with fan-out; readers that poll leave no trace in this API.`,
  )
  const parents = parentsNow(shards, steps)
  if (parents.length > 0) {
    const names = parents.slice(0, 6).join(', ')
    const more = parents.length > 6 ? ` and ${parents.length - 6} more` : ''
    lines.push(`A reader finishes ${names}${more} before it begins with their children.`)
  }
  lines.push(
    lagMillis === undefined
      ? 'How far readers are behind is not known.'
      : lagMillis < 60_000
        ? `The slowest polling reader is ${Math.round(lagMillis / 1_000)} s behind (CloudWatch).`
        : `WARNING: the slowest polling reader is ${lagText(lagMillis)} behind (CloudWatch). No reader starts on the children before it has caught up with their parents: new shards relieve writers now, readers only then.`,
  )
  lines.push(...harmLines(facts.readers, { act: 'reshard', closes: parents }))
  return { heading: 'Readers', lines }
}

function lagText(millis: number): string {
  const minutes = Math.round(millis / 60_000)
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

/** Open shards of today that some step closes. */
function parentsNow(shards: readonly Shard[], steps: readonly PlanStep[]): string[] {
  const closing = steps.flatMap(step => (step.kind === 'split' ? [step.range] : [step.lower, step.upper]))
  return shards
    .filter(shard => isOpen(shard) && closing.some(range => isSameRange(range, shard.hashKeyRange)))
    .sort(compareByRange)
    .map(({ shardId }) => shardId)
}

/**
 * The calls for the AWS CLI. Ids of shards that a step makes are told as the service counts: the next number after the
 * highest, the lower child first.
 */
function cliLines({ stream, shards, target }: ReshapeFacts, { steps, uniformTargets }: Reshape): string[] {
  const named = namedInput(stream)
  const waiting = awsCliLine('Wait', named, target).replace('kinesis wait', 'kinesis wait stream-exists')
  if (uniformTargets !== undefined) {
    return uniformTargets.flatMap((TargetShardCount, index) => [
      ...(index === 0 ? [] : [waiting]),
      awsCliLine('UpdateShardCount', { ...named, TargetShardCount, ScalingType: 'UNIFORM_SCALING' }, target),
    ])
  }
  const ids = new Map<string, string>()
  const key = ({ startingHashKey, endingHashKey }: HashKeyRange) => `${startingHashKey}-${endingHashKey}`
  for (const shard of shards) if (isOpen(shard)) ids.set(key(shard.hashKeyRange), shard.shardId)
  let next = 0
  for (const { shardId } of shards) next = Math.max(next, Number(/\d+$/.exec(shardId)?.[0] ?? -1) + 1)
  const made = (range: HashKeyRange): void => {
    ids.set(key(range), `shardId-${String(next).padStart(12, '0')}`)
    next += 1
  }
  return steps.flatMap((step, index) => {
    const pause = index === 0 ? [] : [waiting]
    if (step.kind === 'split') {
      const { range, newStartingHashKey } = step
      const ShardToSplit = ids.get(key(range))
      made({ ...range, endingHashKey: newStartingHashKey - 1n })
      made({ ...range, startingHashKey: newStartingHashKey })
      return [
        ...pause,
        awsCliLine('SplitShard', { ...named, ShardToSplit, NewStartingHashKey: newStartingHashKey }, target),
      ]
    }
    const { lower, upper } = step
    const input = { ShardToMerge: ids.get(key(lower)), AdjacentShardToMerge: ids.get(key(upper)) }
    made({ startingHashKey: lower.startingHashKey, endingHashKey: upper.endingHashKey })
    return [...pause, awsCliLine('MergeShards', { ...named, ...input }, target)]
  })
}

/** The largest iterator age of the last minutes, as CloudWatch tells it for all polling readers together. */
async function lagOf(
  { metrics, clock, signal }: Context,
  { streamName }: StreamRef,
): Promise<number | undefined> {
  if (metrics === undefined) return undefined
  const to = Math.floor(clock.now() / 60_000) * 60_000
  const query = {
    streamName,
    metricName: 'GetRecords.IteratorAgeMilliseconds',
    statistic: 'Maximum',
  } as const
  const range = { from: new Date(to - LAG_MINUTES * 60_000), to: new Date(to), periodSeconds: 60 }
  try {
    const [series] = await metrics.series([query], range, { signal })
    const values = series?.points.map(({ value }) => value) ?? []
    return values.length === 0 ? undefined : Math.max(...values)
  } catch (error) {
    // CloudWatch may be denied or missing: then the lag is not known.
    if (failureOf(error, 'GetMetricData').kind === 'aborted') throw error
    return undefined
  }
}

const ignored = (): undefined => undefined
