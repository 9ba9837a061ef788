import type { RegisteredConsumer } from '../domain/consumer.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Model } from '../state/model.ts'
import { consumerRows } from '../state/select-consumers.ts'
import { selectionOf, topScreen } from '../state/selection.ts'
import { type ActSteps, type Probe, runAct, waitForEffect } from './act.ts'
import { type Context, defineCommand } from './command.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows, withoutAbsent } from './output-rows.ts'
import { controlOf, STREAM_ARG, settingPreview, TIMEOUT_ARG } from './setting-act.ts'

export const listConsumers = defineCommand({
  id: 'consumer.list',
  title: 'List the registered fan-out consumers of a stream',
  hint: 'consumers',
  group: 'stream',
  keys: [],
  where: [],
  effect: 'read',
  args: { stream: STREAM_ARG },
  prefill: streamOnScreen,
  headless: {
    name: 'consumers',
    columns: [
      { key: 'consumerName', header: 'CONSUMER' },
      { key: 'consumerStatus', header: 'STATUS' },
      { key: 'consumerCreationTimestamp', header: 'SINCE', text: timeText },
      { key: 'consumerArn', header: 'ARN' },
    ],
    rows: event => (event.type === 'rows-told' ? event.rows : []),
  },
  async *run({ stream }, context) {
    const consumers = await controlOf(context).listConsumers(stream, { signal: context.signal })
    yield {
      type: 'rows-told',
      rows: consumers.map(consumer => withoutAbsent({ streamName: stream.streamName, ...consumer })),
    }
  },
})

const CONSUMER_NAME = {
  kind: 'text',
  title: 'Name of the consumer',
  required: true,
  positional: true,
} as const

export const registerConsumer = defineCommand({
  id: 'consumer.register',
  title: 'Register a fan-out consumer; it is billed by the hour and shard from then on',
  hint: 'register',
  group: 'stream',
  keys: ['n'],
  where: ['streams', 'shards', 'consumers'],
  effect: 'write',
  args: { stream: STREAM_ARG, name: CONSUMER_NAME, timeout: TIMEOUT_ARG },
  prefill: streamOnScreen,
  confirm: ({ stream, name }) => ({
    lines: [
      `Register consumer ${name} with ${stream.streamName}.`,
      'It is billed for each shard and hour, whether it reads or not, and for what it reads.',
    ],
  }),
  headless: {
    name: 'register',
    columns: [
      { key: 'consumerName', header: 'CONSUMER' },
      { key: 'consumerStatus', header: 'STATUS' },
      { key: 'consumerArn', header: 'ARN' },
    ],
    rows: actRows,
  },
  preview: async ({ stream, name }, context) => {
    const commitment = await context.control
      ?.describeAccountSettings({ signal: context.signal })
      .then(({ commitmentStatus }) => commitmentStatus)
      .catch(() => undefined)
    return settingPreview(context, stream, {
      title: `Register consumer ${name} with ${stream.streamName}`,
      lines: summary => [
        `${summary?.consumerCount ?? 'An unknown number of'} registered so far; ${consumerLimitText(summary?.streamMode, commitment)}.`,
        'It is billed for each shard and hour, whether it reads or not.',
      ],
      calls: [
        { operation: 'RegisterStreamConsumer', streamMember: 'StreamARN', input: { ConsumerName: name } },
      ],
    })
  },
  run: ({ stream, name, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'consumer.register',
        title: `Register consumer ${name} with ${stream.streamName}`,
        action: 'RegisterStreamConsumer',
      },
      async function* (): ActSteps {
        const control = controlOf(context)
        await control.registerConsumer(stream, name, { signal: context.signal })
        const consumer = yield* consumerUntil(
          context,
          stream,
          name,
          timeout,
          found => found?.consumerStatus === 'ACTIVE',
        )
        yield { type: 'refresh-requested' }
        return {
          detail: `consumer ${name} is ${consumer?.consumerStatus ?? 'registered'}`,
          rows: [withoutAbsent({ streamName: stream.streamName, ...consumer })],
        }
      },
    ),
})

export const deregisterConsumer = defineCommand({
  id: 'consumer.deregister',
  title: 'Deregister a fan-out consumer; whoever reads with it stops',
  hint: 'deregister',
  group: 'stream',
  // Taken away where it is in sight: beside those that are left.
  keys: ['D'],
  where: ['consumers'],
  effect: 'destroy',
  args: { stream: STREAM_ARG, name: CONSUMER_NAME, timeout: TIMEOUT_ARG },
  prefill: model => ({ ...streamOnScreen(model), ...selectedConsumer(model) }),
  suggest: async context => {
    const { stream } = streamOnScreen(context.model())
    if (stream === undefined) return {}
    const consumers = await controlOf(context).listConsumers(
      { streamName: stream },
      { signal: context.signal },
    )
    return { name: consumers.map(({ consumerName }) => consumerName) }
  },
  confirm: ({ stream, name }) => ({
    lines: [
      `Deregister consumer ${name} of ${stream.streamName}: whoever reads with it is cut off at once.`,
      'A new registration gets another ARN.',
    ],
    requiredText: stream.streamName,
  }),
  headless: { name: 'deregister', columns: [{ key: 'consumerName', header: 'DEREGISTERED' }], rows: actRows },
  preview: ({ stream, name }, context) =>
    settingPreview(context, stream, {
      title: `Deregister consumer ${name} of ${stream.streamName}`,
      lines: () => ['Whoever reads with it is cut off at once. A new registration gets another ARN.'],
      calls: [
        { operation: 'DeregisterStreamConsumer', streamMember: 'StreamARN', input: { ConsumerName: name } },
      ],
    }),
  run: ({ stream, name, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'consumer.deregister',
        title: `Deregister consumer ${name} of ${stream.streamName}`,
        action: 'DeregisterStreamConsumer',
      },
      async function* (): ActSteps {
        await controlOf(context).deregisterConsumer(stream, name, { signal: context.signal })
        yield* consumerUntil(context, stream, name, timeout, found => found === undefined)
        yield { type: 'refresh-requested' }
        return {
          detail: `consumer ${name} is gone`,
          rows: [{ streamName: stream.streamName, consumerName: name }],
        }
      },
    ),
})

function selectedConsumer(model: Model): { name?: string } {
  const screen = topScreen(model)
  if (screen.screen !== 'consumers') return {}
  const row = consumerRows(model, screen)[selectionOf(model, screen).index]
  return row === undefined ? {} : { name: row.consumer.consumerName }
}

async function* consumerUntil(
  context: Context,
  stream: StreamRef,
  name: string,
  timeoutSeconds: number,
  isReached: (consumer: RegisteredConsumer | undefined) => boolean,
): AsyncGenerator<string, RegisteredConsumer | undefined> {
  return yield* waitForEffect(
    context,
    {
      action: 'RegisterStreamConsumer',
      timeoutMillis: timeoutSeconds * 1_000,
      nextStep: `The service goes on; look again with shardscope consumers ${stream.streamName}.`,
    },
    async (): Promise<Probe<RegisteredConsumer | undefined>> => {
      const consumers = await controlOf(context).listConsumers(stream, { signal: context.signal })
      const found = consumers.find(({ consumerName }) => consumerName === name)
      if (isReached(found)) return { isDone: true, value: found }
      return { isDone: false, progress: found?.consumerStatus ?? 'not listed yet' }
    },
  )
}

/** How many consumers a stream may have: 20, and 50 where the account-wide commitment makes on-demand Advantage of it. */
export function consumerLimitText(mode: string | undefined, commitment: string | undefined): string {
  if (mode === 'PROVISIONED') return '20 are the limit of a provisioned stream'
  if (commitment === undefined)
    return '20 are the limit of a stream, 50 of an on-demand one under the account-wide commitment, which is not known here'
  return commitment.startsWith('ENABLED')
    ? '50 are the limit of an on-demand stream under the account-wide commitment'
    : '20 are the limit of an on-demand stream without the account-wide commitment'
}

function timeText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : '-'
}
