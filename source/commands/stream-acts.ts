// Longer than most: three acts with their words, previews and waits.

import { shardItems } from '../domain/cost/estimate.ts'
import { LIST_PRICES, pricesText } from '../domain/cost/prices.ts'
import { FailureError, failureOf, usageFailure } from '../domain/failure.ts'
import { RETENTION_MAX_HOURS, RETENTION_MIN_HOURS } from '../domain/limits.ts'
import { dollarsText } from '../domain/plan/preview-text.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import { streamKey } from '../state/model.ts'
import { type ActSteps, type Probe, runAct, waitForEffect } from './act.ts'
import type { ArgSpec } from './argument.ts'
import { type Context, defineCommand } from './command.ts'
import { conflict } from './look-up.ts'
import { streamOn, streamOnScreen } from './on-screen.ts'
import { actRows, STREAM_COLUMNS, streamRow } from './output-rows.ts'
import { monthlyShardDollars } from './plan-rows.ts'
import { harmLines, readersBefore } from './readers-harm.ts'
import { settingPreview } from './setting-act.ts'

const TIMEOUT = {
  kind: 'count',
  title: 'Seconds to wait for the effect',
  defaultText: '300',
  min: 1,
  only: 'headless',
} as const satisfies ArgSpec

const STREAM = {
  kind: 'stream',
  title: 'Stream name or ARN',
  required: true,
  positional: true,
} as const satisfies ArgSpec

export const createStream = defineCommand({
  id: 'stream.create',
  title: 'Create a stream',
  group: 'stream',
  keys: ['c'],
  where: ['streams'],
  effect: 'write',
  args: {
    stream: { ...STREAM, title: 'Name of the new stream' },
    shards: {
      kind: 'count',
      title: 'Open shards of a provisioned stream; 1 if absent',
      min: 1,
      max: 10_000,
    },
    mode: {
      kind: 'choice',
      title: 'Capacity mode',
      choices: ['provisioned', 'on-demand'],
      defaultText: 'provisioned',
    },
    timeout: TIMEOUT,
  },
  confirm: ({ stream, shards, mode }) => ({
    lines: [
      `Create stream ${stream.streamName}, ${mode === 'on-demand' ? 'on-demand' : `provisioned with ${shards ?? 1} ${(shards ?? 1) === 1 ? 'shard' : 'shards'}`}.`,
      'It is billed from the moment it is there.',
    ],
  }),
  headless: { name: 'create', columns: STREAM_COLUMNS, rows: actRows },
  preview: ({ stream, shards, mode }, context) => {
    const count = shards ?? 1
    return settingPreview(context, stream, {
      title: `Create ${stream.streamName}`,
      isNew: true,
      lines: () =>
        mode === 'on-demand'
          ? ['On-demand: the stream hour and bytes are billed; what it would cost: shardscope estimate.']
          : [
              `${count} open ${count === 1 ? 'shard' : 'shards'}: ${dollarsText(monthlyShardDollars(count))} a month; ${pricesText(LIST_PRICES)}, not a bill.`,
            ],
      calls: [
        {
          operation: 'CreateStream',
          input: {
            StreamModeDetails: { StreamMode: mode === 'on-demand' ? 'ON_DEMAND' : 'PROVISIONED' },
            ...(mode === 'on-demand' ? {} : { ShardCount: count }),
          },
        },
      ],
    })
  },
  run: ({ stream, shards, mode, timeout }, context) =>
    runAct(
      context,
      { commandId: 'stream.create', title: `Create ${stream.streamName}`, action: 'CreateStream' },
      async function* (): ActSteps {
        if (stream.streamArn !== undefined) {
          throw usageFailure('CreateStream', `"${stream.streamArn}" is an ARN`, 'Give the name alone.')
        }
        if (mode === 'on-demand' && shards !== undefined) {
          throw usageFailure(
            'CreateStream',
            'an on-demand stream chooses its number of shards by itself',
            'Leave out --shards, or --mode on-demand.',
          )
        }
        try {
          await context.api.createStream(
            stream.streamName,
            mode === 'on-demand' ? { mode: 'ON_DEMAND' } : { mode: 'PROVISIONED', shardCount: shards ?? 1 },
            { signal: context.signal },
          )
        } catch (error) {
          throw takenName(stream, error)
        }
        const summary = yield* waitForSummary(
          context,
          stream,
          'CreateStream',
          timeout,
          ({ streamStatus }) => streamStatus === undefined || streamStatus === 'ACTIVE',
        )
        yield { type: 'refresh-requested' }
        return { detail: `${stream.streamName} is created and ACTIVE`, rows: [streamRow(summary)] }
      },
    ),
})

export const deleteStream = defineCommand({
  id: 'stream.delete',
  title: 'Delete a stream with all its data',
  group: 'stream',
  keys: ['D'],
  where: ['streams'],
  effect: 'destroy',
  args: {
    stream: STREAM,
    enforceConsumerDeletion: {
      kind: 'flag',
      title: 'Delete its registered consumers with it',
    },
    timeout: TIMEOUT,
  },
  prefill: streamOnScreen,
  // Asked only where there are consumers, or where it is not known.
  omits: model => {
    const stream = streamOn(model)
    const count = stream && model.summaries.get(streamKey(stream))?.value?.consumerCount
    return count === 0 ? ['enforceConsumerDeletion'] : []
  },
  confirm: ({ stream, enforceConsumerDeletion }, model) => {
    const consumerCount = model.summaries.get(streamKey(stream))?.value?.consumerCount
    return {
      lines: [
        `Delete stream ${stream.streamName} with every record in it. This cannot be undone.`,
        ...(consumerCount
          ? [
              `${consumerCount} registered consumers ${enforceConsumerDeletion ? 'go with it' : 'stand in the way'}.`,
            ]
          : []),
      ],
      requiredText: stream.streamName,
    }
  },
  headless: {
    name: 'delete',
    columns: [{ key: 'streamName', header: 'DELETED' }],
    rows: actRows,
  },
  preview: async ({ stream, enforceConsumerDeletion }, context) => {
    const { api, signal } = context
    const { consumerCount, channelCount } = await api.describeStreamSummary(stream, { signal })
    const consumers =
      consumerCount === 0
        ? []
        : await context.control?.listConsumers(stream, { signal }).catch(() => undefined)
    const names = consumers?.map(({ consumerName }) => consumerName).join(', ')
    const readers = await readersBefore(context, stream)
    return settingPreview(context, stream, {
      title: `Delete ${stream.streamName}`,
      lines: summary => [
        `Gone for good: ${summary?.openShardCount ?? 'all'} open shards with every record in them.`,
        consumerCount === 0
          ? 'No consumer is registered.'
          : `Registered consumers: ${names || (consumerCount ?? 'not known')}: they ${enforceConsumerDeletion ? 'go with it' : 'stand in the way; --enforce-consumer-deletion takes them along'}.`,
        channelCount === undefined
          ? 'Whether channels deliver from it is not known.'
          : channelCount === 0
            ? 'No channel delivers from it.'
            : `${channelCount} channels deliver from it: the service refuses to delete it until they are deleted.`,
        ...harmLines(readers, { act: 'delete-stream' }),
      ],
      calls: [
        {
          operation: 'DeleteStream',
          input: enforceConsumerDeletion ? { EnforceConsumerDeletion: true } : {},
        },
      ],
    })
  },
  run: ({ stream, enforceConsumerDeletion, timeout }, context) =>
    runAct(
      context,
      { commandId: 'stream.delete', title: `Delete ${stream.streamName}`, action: 'DeleteStream' },
      async function* (): ActSteps {
        const { api, signal } = context
        await api.deleteStream(stream, { signal, enforceConsumerDeletion })
        yield* waitForEffect(
          context,
          { action: 'DeleteStream', timeoutMillis: timeout * 1_000, nextStep: nextLook(stream) },
          async (): Promise<Probe<undefined>> => {
            try {
              const { streamStatus } = await api.describeStreamSummary(stream, { signal })
              return { isDone: false, progress: streamStatus ?? 'still there' }
            } catch (error) {
              if (failureOf(error, 'DeleteStream').kind !== 'not-found') throw error
              return { isDone: true, value: undefined }
            }
          },
        )
        yield { type: 'refresh-requested' }
        return { detail: `${stream.streamName} is deleted`, rows: [{ streamName: stream.streamName }] }
      },
    ),
})

export const setRetention = defineCommand({
  id: 'stream.set-retention',
  title: 'Set how long a stream keeps its records',
  hint: 'retention',
  group: 'stream',
  keys: ['e'],
  where: ['streams', 'shards'],
  effect: 'write',
  args: {
    stream: STREAM,
    hours: {
      kind: 'count',
      title: `Hours, ${RETENTION_MIN_HOURS} to ${RETENTION_MAX_HOURS}`,
      required: true,
      positional: true,
      min: RETENTION_MIN_HOURS,
      max: RETENTION_MAX_HOURS,
    },
    timeout: TIMEOUT,
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

/** A name that is taken, in words of its own; every other failure as it came. */
function takenName({ streamName }: StreamRef, error: unknown): unknown {
  const failure = failureOf(error, 'CreateStream')
  if (failure.errorName !== 'ResourceInUseException') return error
  const nextStep = `Choose another name, or see what is there: shardscope shards ${streamName}.`
  return new FailureError(
    { ...failure, message: `there is a stream ${streamName} already; it was not touched`, nextStep },
    { cause: error },
  )
}

/** Waits for a summary as wanted; a stream that is not there (yet) counts as progress, since listings lag behind acts. */
async function* waitForSummary(
  context: Context,
  stream: StreamRef,
  action: string,
  timeoutSeconds: number,
  isReached: (summary: StreamSummary) => boolean,
) {
  const summary = yield* waitForEffect(
    context,
    { action, timeoutMillis: timeoutSeconds * 1_000, nextStep: nextLook(stream) },
    async (): Promise<Probe<StreamSummary>> => {
      try {
        const seen = await context.api.describeStreamSummary(stream, { signal: context.signal })
        if (isReached(seen)) return { isDone: true, value: seen }
        return { isDone: false, progress: progressOf(seen) }
      } catch (error) {
        if (error instanceof FailureError && error.failure.kind === 'not-found')
          return { isDone: false, progress: 'not there yet' }
        throw error
      }
    },
  )
  yield { type: 'summary-described' as const, stream, summary, at: context.clock.now() }
  return summary
}

function progressOf({ streamStatus, retentionPeriodHours }: StreamSummary): string {
  const retention = retentionPeriodHours === undefined ? '' : `, retention ${retentionPeriodHours} h`
  return `${streamStatus ?? 'status unknown'}${retention}`
}

function nextLook({ streamName }: StreamRef): string {
  return `The service goes on; look again with shardscope shards ${streamName}.`
}
