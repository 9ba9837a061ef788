import { date, facts, object, objects, present, text } from './answer-values.ts'
import type { Send } from './send.ts'
import type { Channel, StreamConsumer } from './services-api.ts'

/** Pages of 100. */
const MOST_PAGES = 5

/** Registered consumers of a stream (ListStreamConsumers: 5 calls a second and stream). */
export async function listConsumers(
  send: Send,
  streamArn: string,
  signal: AbortSignal | undefined,
): Promise<readonly StreamConsumer[]> {
  const found: StreamConsumer[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { StreamARN: streamArn, ...present('NextToken', token) }
    const answer = await send({
      operation: 'ListStreamConsumers',
      command: sdk => new sdk.ListStreamConsumersCommand(input),
      signal,
    })
    for (const raw of objects(answer.Consumers)) {
      const [consumerName, consumerArn] = [text(raw.ConsumerName), text(raw.ConsumerARN)]
      if (consumerName === undefined || consumerArn === undefined) continue
      found.push({
        consumerName,
        consumerArn,
        ...present('consumerStatus', text(raw.ConsumerStatus)),
        ...present('consumerCreationTimestamp', time(raw.ConsumerCreationTimestamp)),
      })
    }
    token = text(answer.NextToken)
    if (token === undefined) break
  }
  return found
}

export async function listChannels(
  send: Send,
  streamArn: string,
  signal: AbortSignal | undefined,
): Promise<readonly Channel[]> {
  const found: Channel[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { StreamFilter: [{ StreamARN: streamArn }], ...present('NextToken', token) }
    const answer = await send({
      operation: 'ListChannels',
      // biome-ignore lint/suspicious/noExplicitAny: the creation time of the filter is optional for the service only
      command: sdk => new sdk.ListChannelsCommand(input as any),
      signal,
    })
    for (const raw of objects(answer.ChannelSummaries)) {
      found.push({
        name: text(raw.ChannelName) ?? '',
        ...present('arn', text(raw.ChannelARN)),
        ...present('status', text(raw.ChannelStatus)),
        facts: facts(
          ['ChannelDestinationType', raw.ChannelDestinationType],
          ['ChannelStatusReason', raw.ChannelStatusReason],
          ['ChannelCreationTimestamp', time(raw.ChannelCreationTimestamp)],
        ),
      })
    }
    token = text(answer.NextToken)
    if (token === undefined) break
  }
  return found
}

export async function throughputCommitment(
  send: Send,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const answer = await send({
    operation: 'DescribeAccountSettings',
    command: sdk => new sdk.DescribeAccountSettingsCommand({}),
    signal,
  })
  return text(object(answer.MinimumThroughputBillingCommitment).Status)
}

/** This client's answers are parsed JSON, where a time is seconds since the epoch. */
function time(value: unknown): Date | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return date(value)
  // As seconds this would be the year 5138; some emulators send milliseconds.
  return new Date(value < 1e11 ? Math.round(value * 1_000) : value)
}
