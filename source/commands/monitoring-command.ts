import { usageFailure } from '../domain/failure.ts'
import { SHARD_METRICS } from '../domain/heat/metric-heat.ts'
import { isOpen } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import { type Model, streamKey } from '../state/model.ts'
import { type ActSteps, runAct } from './act.ts'
import { defineCommand, type OutputColumn } from './command.ts'
import { STREAM_ARGUMENT } from './heat-arguments.ts'
import { summaryIfTold } from './look-up.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { settingPreview } from './setting-act.ts'

/** The shard-level metrics that the API knows (EnableEnhancedMonitoring), and all of them at once. */
const METRIC_NAMES = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
  'ALL',
]
/** List price of a custom metric in CloudWatch's first tier, us-east-1, 2026-05; a month, for each shard and metric. */
const DOLLARS_PER_METRIC = 0.3

const COLUMNS: readonly OutputColumn[] = [
  { key: 'streamName', header: 'STREAM' },
  {
    key: 'shardLevelMetrics',
    header: 'SHARD-LEVEL METRICS ON',
    text: value => (value as readonly string[]).join(' ') || 'none',
  },
]

export const setMonitoring = defineCommand({
  id: 'stream.set-monitoring',
  title: 'Switch shard-level metrics of CloudWatch on or off; they are billed for each shard',
  hint: 'metrics',
  group: 'stream',
  keys: ['M'],
  where: ['streams', 'shards', 'board', 'shard-heat'],
  effect: 'write',
  args: {
    stream: STREAM_ARGUMENT,
    enable: { kind: 'text', title: `Metrics to switch on, with commas: ${METRIC_NAMES.join(', ')}` },
    disable: { kind: 'text', title: 'Metrics to switch off, with commas' },
  },
  prefill: model => ({
    ...streamOnScreen(model),
    enable: SHARD_METRICS.map(metric => metric.metricName).join(','),
  }),
  confirm: ({ stream, enable, disable }, model) => {
    const { on, off } = chosen(enable, disable)
    const shardCount = openShardCount(model, stream)
    return {
      lines: [
        ...(on.length === 0
          ? []
          : [
              `Switch on for every shard of ${stream.streamName}: ${on.join(', ')}.`,
              priceLine(on, shardCount),
            ]),
        ...(off.length === 0
          ? []
          : [
              `Switch off for every shard of ${stream.streamName}: ${off.join(', ')}. Their past stays readable.`,
            ]),
        'The stream is UPDATING for a few seconds; its traffic goes on. First figures come after some minutes.',
      ],
    }
  },
  headless: { name: 'monitoring', columns: COLUMNS, rows: actRows },
  preview: ({ stream, enable, disable }, context) => {
    const { on, off } = chosen(enable, disable)
    return settingPreview(context, stream, {
      title: `Shard-level metrics of ${stream.streamName}`,
      lines: summary => [
        `Now: ${summary?.shardLevelMetrics?.join(', ') || (summary === undefined ? 'not known' : 'none')}.`,
        ...(on.length === 0
          ? [`Switch off: ${off.join(', ')}. Their past stays readable.`]
          : [`Switch on: ${on.join(', ')}.`, priceLine(on, summary?.openShardCount)]),
      ],
      calls: [
        on.length > 0
          ? { operation: 'EnableEnhancedMonitoring', input: { ShardLevelMetrics: on } }
          : { operation: 'DisableEnhancedMonitoring', input: { ShardLevelMetrics: off } },
      ],
    })
  },
  run: ({ stream, enable, disable }, context) => {
    const { on, off } = chosen(enable, disable)
    const title = `Shard-level metrics of ${stream.streamName}`
    return runAct(
      context,
      {
        commandId: 'stream.set-monitoring',
        title,
        action: on.length > 0 ? 'EnableEnhancedMonitoring' : 'DisableEnhancedMonitoring',
      },
      async function* (): ActSteps {
        const { api, signal } = context
        const summary = await summaryIfTold(api, stream, signal)
        let now: readonly string[] = summary?.shardLevelMetrics ?? []
        if (on.length > 0) {
          // Said before anything is sent: headless runs have no dialog that could say it.
          yield priceLine(on, summary?.openShardCount)
          now = await api.enableShardMetrics(stream, on, { signal })
          yield `on: ${on.join(', ')}`
        }
        if (off.length > 0) now = await api.disableShardMetrics(stream, off, { signal })
        const rows = [{ streamName: stream.streamName, shardLevelMetrics: now }]
        return { detail: now.length === 0 ? 'none is on' : `on: ${now.join(', ')}`, rows }
      },
    )
  },
})

/** @throws FailureError `usage` for a name that is none, for nothing to do, and for both at once */
function chosen(enable: string | undefined, disable: string | undefined): { on: string[]; off: string[] } {
  const [on, off] = [namesIn('enable', enable), namesIn('disable', disable)]
  if (on.length + off.length === 0) {
    throw usageFailure(
      'monitoring',
      'neither enable nor disable names a metric',
      'Name one, such as --enable IncomingBytes.',
    )
  }
  const both = on.find(name => off.includes(name))
  if (both !== undefined) throw usageFailure('monitoring', `"${both}" is to be switched both on and off`)
  if (on.length > 0 && off.length > 0) {
    throw usageFailure('monitoring', 'metrics are switched either on or off in one act', 'Run it twice.')
  }
  return { on, off }
}

function namesIn(flag: string, text: string | undefined): string[] {
  const names = (text ?? '').split(/[\s,]+/).filter(name => name !== '')
  for (const name of names) {
    if (METRIC_NAMES.includes(name)) continue
    throw usageFailure(
      'monitoring',
      `${flag} "${name}" is no shard-level metric`,
      `Use ${METRIC_NAMES.join(', ')}.`,
    )
  }
  return [...new Set(names)]
}

function priceLine(on: readonly string[], shardCount: number | undefined): string {
  const perShard = on.includes('ALL') ? METRIC_NAMES.length - 1 : on.length
  const each = `CloudWatch bills each metric of each shard, about $${DOLLARS_PER_METRIC.toFixed(2)} a month at list price (us-east-1, first tier)`
  if (shardCount === undefined)
    return `${each}: $${(perShard * DOLLARS_PER_METRIC).toFixed(2)} a month and shard.`
  return `${each}: ${perShard} x ${shardCount} shards = $${(perShard * shardCount * DOLLARS_PER_METRIC).toFixed(2)} a month.`
}

function openShardCount(model: Model, stream: StreamRef): number | undefined {
  const listed = model.shards.get(streamKey(stream))?.value
  return listed === undefined
    ? model.summaries.get(streamKey(stream))?.value?.openShardCount
    : listed.filter(isOpen).length
}
