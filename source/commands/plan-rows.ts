import { shardItems } from '../domain/cost/estimate.ts'
import { LIST_PRICES } from '../domain/cost/prices.ts'
import { dollarsText, SECONDS_PER_STEP, stepTimeText, stripText } from '../domain/plan/preview-text.ts'
import { hottestOf, type StepCounts } from '../domain/plan/shard-plan.ts'
import type { PlanStep } from '../domain/plan/steps.ts'
import type { UniformScaling } from '../domain/plan/uniform-scaling.ts'
import { counted, shareText } from '../domain/quantity-text.ts'
import type { ActPreview } from '../state/act-preview.ts'
import type { PlanView } from '../state/plan-state.ts'
import type { OutputRow } from './command.ts'
import { withoutAbsent } from './output-rows.ts'
import { basisText, unreachableOf } from './plan-making.ts'

/** List price of so many open shards a month, retention and fan-out aside. */
export function monthlyShardDollars(shardCount: number): number {
  return shardItems({ retentionHours: 24, fanOutConsumers: 0 }, LIST_PRICES, shardCount).reduce(
    (sum, { dollars }) => sum + dollars,
    0,
  )
}

/** A plan as JSON Lines: the plan, its ranges, steps, keys that no split helps, and UpdateShardCount beside it. */
export function planRows(view: PlanView): OutputRow[] {
  const { stream, at, windowSeconds, recordCount, basis, plan, keyNames, ...rest } = view
  const unreachable = unreachableOf(view)
  const { streamName } = stream
  const layout = (name: 'before' | 'after') =>
    plan[name].map(({ range, utilisation, bytesPerSecond, recordsPerSecond }) => ({
      type: 'range',
      streamName,
      layout: name,
      hashKeyRange: range,
      utilisation,
      bytesPerSecond,
      recordsPerSecond,
    }))
  const uniform = uniformsOf(rest)
  return [
    {
      type: 'plan',
      streamName,
      at: new Date(at),
      windowSeconds,
      ...withoutAbsent({ recordCount }),
      basis: basis ?? 'average',
      isTargetReached: unreachable === undefined,
      ...withoutAbsent({ whyNotReached: unreachable, shardsWithoutPeak: rest.shardsWithoutPeak }),
      targetUtilisation: plan.targetUtilisation,
      currentShardCount: plan.before.length,
      plannedShardCount: plan.after.length,
      hottestBefore: hottestOf(plan.before),
      hottestAfter: hottestOf(plan.after),
      stepCount: plan.steps.length,
      ...countsRow(plan.counts),
      estimatedSeconds: plan.steps.length * SECONDS_PER_STEP,
      monthlyDollarsBefore: monthlyShardDollars(plan.before.length),
      monthlyDollarsAfter: monthlyShardDollars(plan.after.length),
      awsCli: rest.preview.awsCli,
    },
    ...layout('before'),
    ...layout('after'),
    ...plan.steps.map((step, index) => ({ type: 'step', streamName, step: index + 1, ...stepRow(step) })),
    ...plan.hotKeys.map(({ hashKey, utilisation, bytesPerSecond, recordsPerSecond }) =>
      withoutAbsent({
        type: 'hot-key',
        streamName,
        partitionKey: keyNames.get(hashKey),
        hashKey,
        utilisation,
        bytesPerSecond,
        recordsPerSecond,
      }),
    ),
    ...uniform.map(({ shardCount, callCount, hottest, counts }) => ({
      type: 'uniform',
      streamName,
      targetShardCount: shardCount,
      callCount,
      hottest,
      ...countsRow(counts),
      estimatedSeconds: (counts.splits + counts.merges) * SECONDS_PER_STEP,
      monthlyDollars: monthlyShardDollars(shardCount),
    })),
  ]
}

export function stepRow(step: PlanStep): OutputRow {
  return step.kind === 'split'
    ? { action: 'split', hashKeyRange: step.range, newStartingHashKey: step.newStartingHashKey }
    : { action: 'merge', lowerHashKeyRange: step.lower, upperHashKeyRange: step.upper }
}

function countsRow({
  splits,
  merges,
  closedShards,
  shortLivedShards,
  mostOpenShards,
}: StepCounts): OutputRow {
  return { splits, merges, closedShards, shortLivedShards, mostOpenShards }
}

/** UpdateShardCount to as many as planned, and, where those are others, to as many as it needs. */
export function uniformsOf({
  uniformSame,
  uniformEnough,
}: Pick<PlanView, 'uniformSame' | 'uniformEnough'>): UniformScaling[] {
  return uniformEnough === undefined || uniformEnough.shardCount === uniformSame.shardCount
    ? [uniformSame]
    : [uniformSame, uniformEnough]
}

/** A plan as lines for people. */
export function planLines(view: PlanView, columns: number): string[] {
  const { stream, plan, keyNames, uniformEnough } = view
  const unreachable = unreachableOf(view)
  const options = [
    {
      name: 'this plan',
      hottest: hottestOf(plan.after),
      calls: plan.steps.length,
      counts: plan.counts,
      open: plan.after.length,
    },
    ...uniformsOf(view).map(uniform => ({
      name: `UpdateShardCount to ${uniform.shardCount}`,
      hottest: uniform.hottest,
      calls: uniform.callCount,
      counts: uniform.counts,
      open: uniform.shardCount,
    })),
  ]
  const table = options.map(({ name, hottest, calls, counts, open }) =>
    [
      name.padEnd(24),
      shareText(hottest).padStart(9),
      String(calls).padStart(7),
      stepTimeText(counts.splits + counts.merges).padStart(14),
      String(counts.closedShards).padStart(8),
      String(counts.shortLivedShards).padStart(13),
      dollarsText(monthlyShardDollars(open)).padStart(12),
    ].join(''),
  )
  return [
    `Plan for ${stream.streamName}: target ${shareText(plan.targetUtilisation)} a shard, from ${basisText(view)}`,
    ...(unreachable === undefined ? [] : [`WARNING: ${unreachable}`]),
    ...previewHead(view.preview, columns),
    '',
    `${''.padEnd(24)}  HOTTEST  CALLS          TIME  CLOSED  SHORT-LIVED   A MONTH`,
    ...table,
    ...(uniformEnough === undefined ? ['No number of equal shards was found that keeps the target.'] : []),
    ...plan.hotKeys.map(({ hashKey, utilisation }) => {
      const name = keyNames.get(hashKey)
      return `${name === undefined ? `Hash key ${hashKey}` : `Key "${name}"`} alone takes ${shareText(utilisation)} of a shard: no split helps, spread it over several keys.`
    }),
    ...previewBody(view.preview),
  ]
}

/** A preview as lines for people. */
export function previewTextLines(preview: ActPreview, columns: number): string[] {
  return [preview.title, ...previewHead(preview, columns), ...previewBody(preview)]
}

function previewHead({ before, after }: ActPreview, columns: number): string[] {
  const width = Math.max(20, Math.min(columns, 110) - 2)
  return (
    [
      ['today', before],
      ['after', after],
    ] as const
  ).flatMap(([name, ranges]) =>
    ranges === undefined
      ? []
      : [`${name}: ${counted(ranges.length, 'open shard')}`, `  ${stripText(ranges, width)}`],
  )
}

function previewBody({ sections, awsCli }: ActPreview): string[] {
  return [
    ...sections.flatMap(({ heading, lines }) => ['', heading, ...lines.map(line => `  ${line}`)]),
    ...(awsCli.length === 0 ? [] : ['', 'AWS CLI', ...awsCli.map(line => `  ${line}`)]),
  ]
}

/** A preview as one JSON object. */
export function previewRow({ title, before, after, sections, awsCli }: ActPreview): OutputRow {
  const layout = (ranges: ActPreview['before']) =>
    ranges?.map(({ range, utilisation }) => withoutAbsent({ hashKeyRange: range, utilisation }))
  return withoutAbsent({
    type: 'preview',
    title,
    before: layout(before),
    after: layout(after),
    sections: sections.map(({ heading, lines }) => ({ heading, lines })),
    awsCli,
  })
}
