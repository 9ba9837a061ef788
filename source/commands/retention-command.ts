import { shardItems } from '../domain/cost/estimate.ts'
import { LIST_PRICES, pricesText } from '../domain/cost/prices.ts'
import { RETENTION_MAX_HOURS, RETENTION_MIN_HOURS } from '../domain/limits.ts'
import { dollarsText } from '../domain/plan/preview-text.ts'
import { streamKey } from '../state/model.ts'
import { type ActSteps, runAct } from './act.ts'
import { defineCommand } from './command.ts'
import { conflict } from './look-up.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { harmLines, readersBefore } from './readers-harm.ts'
import { STREAM_ARG, settingPreview, TIMEOUT_ARG } from './setting-act.ts'
import { waitForSummary } from './stream-wait.ts'

export const setRetention = defineCommand({
  id: 'stream.set-retention',
  title: 'Set how long a stream keeps its records',
  hint: 'retention',
  group: 'stream',
  keys: ['e'],
  where: ['streams', 'shards'],
  effect: 'write',
  args: {
    stream: STREAM_ARG,
    hours: {
      kind: 'count',
      title: `Hours, ${RETENTION_MIN_HOURS} to ${RETENTION_MAX_HOURS}`,
      required: true,
      positional: true,
      min: RETENTION_MIN_HOURS,
      max: RETENTION_MAX_HOURS,
    },
    timeout: TIMEOUT_ARG,
  },
  prefill: streamOnScreen,
  confirm: ({ stream, hours }, model) => {
    const now = model.summaries.get(streamKey(stream))?.value?.retentionPeriodHours
    return {
      lines: [
        `Keep the records of ${stream.streamName} for ${hours} hours${now === undefined ? '' : `, now ${now}`}.`,
        now === undefined || hours < now
          ? 'A shorter time drops older records at once, for good.'
          : 'A longer time costs more and does not bring back what has expired.',
      ],
    }
  },
  headless: {
    name: 'retention',
    columns: [
      { key: 'streamName', header: 'STREAM' },
      { key: 'retentionPeriodHours', header: 'RETENTION HOURS', align: 'right' },
    ],
    rows: actRows,
  },
  preview: async ({ stream, hours }, context) => {
    const summary = await context.api.describeStreamSummary(stream, { signal: context.signal })
    const { retentionPeriodHours: now, openShardCount, consumerCount = 0 } = summary
    const isShorter = now === undefined || hours < now
    const readers = isShorter ? await readersBefore(context, stream) : undefined
    const monthly = (retentionHours: number) =>
      shardItems({ retentionHours, fanOutConsumers: consumerCount }, LIST_PRICES, openShardCount ?? 0).reduce(
        (sum, { dollars }) => sum + dollars,
        0,
      )
    return settingPreview(context, stream, {
      title: `Retention of ${stream.streamName}: ${hours} hours`,
      lines: () => [
        `Now ${now ?? 'not told'} hours.`,
        now === undefined || hours < now
          ? 'A shorter time drops older records at once, for good.'
          : 'A longer time does not bring back what has expired.',
        ...harmLines(readers, { act: 'retention', hours }),
        ...(now === undefined || openShardCount === undefined
          ? []
          : [
              `Provisioned: ${dollarsText(monthly(now))} to ${dollarsText(monthly(hours))} a month for shards and retention${hours > 168 ? ', and the bytes beyond seven days' : ''}; ${pricesText(LIST_PRICES)}, not a bill.`,
            ]),
      ],
      calls: [
        {
          operation:
            now !== undefined && hours < now
              ? 'DecreaseStreamRetentionPeriod'
              : 'IncreaseStreamRetentionPeriod',
          input: { RetentionPeriodHours: hours },
        },
      ],
    })
  },
  run: ({ stream, hours, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'stream.set-retention',
        title: `Keep the records of ${stream.streamName} for ${hours} hours`,
        action: 'SetRetentionPeriod',
      },
      async function* (): ActSteps {
        const { api, signal } = context
        const { retentionPeriodHours: currentHours } = await api.describeStreamSummary(stream, { signal })
        if (currentHours === undefined) {
          throw conflict(
            'SetRetentionPeriod',
            `the endpoint does not tell the present retention of ${stream.streamName}, so longer or shorter cannot be chosen`,
          )
        }
        const rows = [{ streamName: stream.streamName, retentionPeriodHours: hours }]
        if (currentHours === hours)
          return { detail: `${stream.streamName} keeps ${hours} hours already; nothing was sent`, rows }
        await api.setRetentionPeriod(stream, { currentHours, targetHours: hours }, { signal })
        yield* waitForSummary(
          context,
          stream,
          'SetRetentionPeriod',
          timeout,
          summary =>
            summary.retentionPeriodHours === hours &&
            (summary.streamStatus === undefined || summary.streamStatus === 'ACTIVE'),
        )
        return { detail: `${stream.streamName} keeps its records for ${hours} hours`, rows }
      },
    ),
})
