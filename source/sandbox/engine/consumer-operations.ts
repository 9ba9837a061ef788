import { type Account, findActiveStream, findStream } from './account.ts'
import type { Consumer } from './consumer.ts'
import { invalidArgument, limitExceeded, resourceInUse, resourceNotFound, ServiceError } from './errors.ts'
import { type Call, type OperationTable, pageSize } from './operation.ts'
import { CONSUMERS_CREATING_AT_ONCE, CONSUMERS_PER_STREAM, CONSUMERS_PER_STREAM_ADVANTAGE } from './quotas.ts'
import type { Stream } from './stream.ts'
import { checkTags } from './tag-operations.ts'
import { openToken, sealToken } from './token.ts'

export type ConsumerReference = { StreamARN?: string; ConsumerName?: string; ConsumerARN?: string }

const TOKEN_LIFETIME_MS = 300_000

function registerConsumer(
  { account, now }: Call,
  input: { StreamARN: string; ConsumerName: string; Tags?: Map<string, string> },
) {
  const stream = findActiveStream(account, input)
  const { ConsumerName: name } = input
  if (stream.consumers.has(name)) {
    throw resourceInUse(
      `Consumer ${name} under stream ${stream.name} already exists for account ${account.accountId}.`,
    )
  }
  if (account.limits === 'on') checkConsumerQuotas(account, stream)
  checkTags(new Map(), input.Tags ?? new Map(), `consumer ${name}`)
  const consumer: Consumer = {
    name,
    arn: `${stream.arn}/consumer/${name}:${Math.floor(now / 1000)}`,
    createdAt: now,
    status: 'CREATING',
    due: now + account.durations.consumerCreating,
    tags: new Map(input.Tags),
    subscriptions: new Map(),
  }
  stream.consumers.set(name, consumer)
  return { Consumer: describe(consumer) }
}

function checkConsumerQuotas(account: Account, stream: Stream): void {
  const advantage = account.billingCommitment?.enabled === true && stream.mode === 'ON_DEMAND'
  const most = advantage ? CONSUMERS_PER_STREAM_ADVANTAGE : CONSUMERS_PER_STREAM
  if (stream.consumers.size >= most) {
    throw limitExceeded(`Stream ${stream.name} has ${stream.consumers.size} consumers, which is the limit.`)
  }
  const creating = [...account.streams.values()]
    .flatMap(({ consumers }) => [...consumers.values()])
    .filter(({ status }) => status === 'CREATING').length
  if (creating >= CONSUMERS_CREATING_AT_ONCE) {
    throw limitExceeded(
      `${creating} consumers are CREATING in account ${account.accountId}, which is the limit.`,
    )
  }
}

const describe = (consumer: Consumer) => ({
  ConsumerName: consumer.name,
  ConsumerARN: consumer.arn,
  ConsumerStatus: consumer.status,
  ConsumerCreationTimestamp: new Date(consumer.createdAt),
})

/** The consumer an input names, by its ARN or by stream and name. Errors: InvalidArgument, ResourceNotFound. */
export function findConsumer(
  account: Account,
  input: ConsumerReference,
): { stream: Stream; consumer: Consumer } {
  const { ConsumerARN, ConsumerName } = input
  const StreamARN = input.StreamARN ?? ConsumerARN?.replace(/\/consumer\/.*$/, '')
  if (StreamARN === undefined || (ConsumerARN ?? ConsumerName) === undefined) {
    throw invalidArgument('Either ConsumerARN, or both StreamARN and ConsumerName must be given.')
  }
  const stream = findStream(account, { StreamARN })
  const consumer =
    ConsumerARN === undefined
      ? stream.consumers.get(ConsumerName ?? '')
      : [...stream.consumers.values()].find(({ arn }) => arn === ConsumerARN)
  if (consumer === undefined) {
    throw resourceNotFound(
      `Consumer ${ConsumerARN ?? ConsumerName} under stream ${stream.name} not found for account ${account.accountId}.`,
    )
  }
  if (ConsumerName !== undefined && consumer.name !== ConsumerName) {
    throw invalidArgument(`ConsumerName ${ConsumerName} does not match ConsumerARN ${ConsumerARN}.`)
  }
  return { stream, consumer }
}

function deregisterConsumer({ account, now }: Call, input: ConsumerReference) {
  const { consumer } = findConsumer(account, input)
  consumer.status = 'DELETING'
  consumer.due = now + account.durations.deleting
  return {}
}

function describeConsumer({ account }: Call, input: ConsumerReference) {
  const { stream, consumer } = findConsumer(account, input)
  return { ConsumerDescription: { ...describe(consumer), StreamARN: stream.arn } }
}

function listConsumers(
  { account, now }: Call,
  input: { StreamARN: string; NextToken?: string; MaxResults?: number; StreamCreationTimestamp?: number },
) {
  const stream = findStream(account, input)
  const created = input.StreamCreationTimestamp
  if (created !== undefined && input.NextToken !== undefined) {
    throw invalidArgument('StreamCreationTimestamp and NextToken cannot be provided together.')
  }
  if (created !== undefined && Math.floor(created / 1000) !== Math.floor(stream.createdAt / 1000)) {
    throw resourceNotFound(`Stream ${stream.name} with the given StreamCreationTimestamp not found.`)
  }
  const after = input.NextToken === undefined ? undefined : nameAfterToken(input.NextToken, stream, now)
  const consumers = [...stream.consumers.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => after === undefined || name > after)
  const page = consumers.slice(0, pageSize(input.MaxResults, 100))
  return {
    Consumers: page.map(describe),
    ...(page.length < consumers.length
      ? { NextToken: sealToken('consumers', [stream.arn, page.at(-1)?.name, now]) }
      : {}),
  }
}

function nameAfterToken(token: string, stream: Stream, now: number): string {
  const content = openToken('consumers', token)
  if (!Array.isArray(content) || content[0] !== stream.arn)
    throw invalidArgument('The given NextToken is not valid.')
  if (now - content[2] > TOKEN_LIFETIME_MS) {
    throw new ServiceError('ExpiredNextTokenException', 'The given NextToken is older than 300 seconds.')
  }
  return content[1]
}

/** Takes consumers from CREATING to ACTIVE and from DELETING away, as far as they are due. */
export function settleConsumers(account: Account, stream: Stream, now: number): void {
  for (const consumer of stream.consumers.values()) {
    if (consumer.due === undefined || consumer.due > now) continue
    delete consumer.due
    if (consumer.status === 'CREATING') consumer.status = 'ACTIVE'
    else {
      stream.consumers.delete(consumer.name)
      account.policies.delete(consumer.arn)
      for (const subscription of consumer.subscriptions.values()) subscription.gone = true
    }
  }
}

export const consumerOperations: OperationTable = {
  RegisterStreamConsumer: registerConsumer,
  DeregisterStreamConsumer: deregisterConsumer,
  DescribeStreamConsumer: describeConsumer,
  ListStreamConsumers: listConsumers,
}
