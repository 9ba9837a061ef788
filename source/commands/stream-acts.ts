import { LIST_PRICES, pricesText } from '../domain/cost/prices.ts'
import { FailureError, failureOf, usageFailure } from '../domain/failure.ts'
import { dollarsText } from '../domain/plan/preview-text.ts'
import type { StreamRef } from '../domain/stream.ts'
import { streamKey } from '../state/model.ts'
import { type ActSteps, type Probe, runAct, waitForEffect } from './act.ts'
import { defineCommand } from './command.ts'
import { streamOn, streamOnScreen } from './on-screen.ts'
import { actRows, STREAM_COLUMNS, streamRow } from './output-rows.ts'
import { monthlyShardDollars } from './plan-rows.ts'
import { harmLines, readersBefore } from './readers-harm.ts'
import { STREAM_ARG, settingPreview, TIMEOUT_ARG } from './setting-act.ts'
import { nextLook, waitForSummary } from './stream-wait.ts'

export const createStream = defineCommand({
  id: 'stream.create',
  title: 'Create a stream',
  group: 'stream',
  keys: ['c'],
  where: ['streams'],
  effect: 'write',
  args: {
    stream: { ...STREAM_ARG, title: 'Name of the new stream' },
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
    timeout: TIMEOUT_ARG,
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
    stream: STREAM_ARG,
    enforceConsumerDeletion: {
      kind: 'flag',
      title: 'Delete its registered consumers with it',
    },
    timeout: TIMEOUT_ARG,
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
