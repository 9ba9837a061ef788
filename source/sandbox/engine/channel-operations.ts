import { createHash } from 'node:crypto'
import { type Account, type Channel, findStream } from './account.ts'
import {
  invalidArgument,
  limitExceeded,
  resourceInUse,
  resourceNotFound,
  ServiceError,
  validationFailed,
} from './errors.ts'
import { type Call, type OperationTable, pageSize } from './operation.ts'
import { checkTags } from './tag-operations.ts'
import { openToken, sealToken } from './token.ts'

type Destination = { DataFreshnessInSeconds?: number } & Record<string, unknown>
type Logging = { CloudWatchLogs: { Enabled: boolean; LogGroupName?: string; LogStreamName?: string } }
type CreateChannelInput = {
  ChannelName: string
  ServiceExecutionRoleARN: string
  StreamConfigurationList: { StreamARN: string; RecordConfiguration: object }[]
  S3DestinationConfiguration?: Destination
  S3TablesDestinationConfiguration?: Destination
  EncryptionConfiguration?: object
  Tags?: Map<string, string>
  LoggingConfiguration?: Logging
}

const DEFAULT_FRESHNESS_SECONDS = 300
const TOKEN_LIFETIME_MS = 300_000

function createChannel({ account, now }: Call, input: CreateChannelInput) {
  const { S3DestinationConfiguration: s3, S3TablesDestinationConfiguration: tables } = input
  if ((s3 === undefined) === (tables === undefined)) {
    throw validationFailed('Give either S3DestinationConfiguration or S3TablesDestinationConfiguration.')
  }
  const [source, ...others] = input.StreamConfigurationList
  if (source === undefined || others.length > 0) throw invalidArgument('A channel reads exactly one stream.')
  const stream = findStream(account, source)
  if (stream.mode !== 'ON_DEMAND') {
    throw validationFailed(
      `A channel needs a stream in the ON_DEMAND mode; ${stream.name} is ${stream.mode}.`,
    )
  }
  const channels = [...account.channels.values()]
  if (channels.some(({ name }) => name === input.ChannelName)) {
    throw resourceInUse(`Channel ${input.ChannelName} already exists under account ${account.accountId}.`)
  }
  const destinationType = s3 === undefined ? 'S3_TABLES' : 'S3'
  // One channel of each kind for a stream.
  if (
    channels.some(channel => channel.streamArn === stream.arn && channel.destinationType === destinationType)
  ) {
    throw limitExceeded(`Stream ${stream.name} has a channel to ${destinationType} already.`)
  }
  checkTags(new Map(), input.Tags ?? new Map(), `channel ${input.ChannelName}`)
  const id = createHash('sha256').update(`${input.ChannelName} ${now}`).digest('hex').slice(0, 20)
  const destination = { DataFreshnessInSeconds: DEFAULT_FRESHNESS_SECONDS, ...(s3 ?? tables) }
  const channel: Channel = {
    id,
    arn: `arn:${account.partition}:kinesis:${account.region}:${account.accountId}:channel/${id}`,
    name: input.ChannelName,
    streamArn: stream.arn,
    streamCreatedAt: stream.createdAt,
    createdAt: now,
    status: 'CREATING',
    due: now + account.durations.creating,
    tags: new Map(input.Tags),
    destinationType,
    recordConfiguration: source.RecordConfiguration,
    roleArn: input.ServiceExecutionRoleARN,
    destination,
    logging: input.LoggingConfiguration ?? { CloudWatchLogs: { Enabled: false } },
    ...(input.EncryptionConfiguration === undefined ? {} : { encryption: input.EncryptionConfiguration }),
  }
  account.channels.set(channel.arn, channel)
  return { ChannelDescription: describe(channel) }
}

const identity = (channel: Channel) => ({
  ChannelName: channel.name,
  ChannelARN: channel.arn,
  ChannelId: channel.id,
  ChannelStatus: channel.status,
  ChannelCreationTimestamp: new Date(channel.createdAt),
})

const sourceOf = (channel: Channel) => ({
  StreamARN: channel.streamArn,
  StreamCreationTimestamp: new Date(channel.streamCreatedAt),
})

const describe = (channel: Channel) => ({
  ...identity(channel),
  ServiceExecutionRoleARN: channel.roleArn,
  StreamConfigurationList: [{ ...sourceOf(channel), RecordConfiguration: channel.recordConfiguration }],
  [channel.destinationType === 'S3' ? 'S3DestinationConfiguration' : 'S3TablesDestinationConfiguration']:
    channel.destination,
  ...(channel.encryption === undefined ? {} : { EncryptionConfiguration: channel.encryption }),
  LoggingConfiguration: channel.logging,
})

function findChannel(account: Account, arn: string): Channel {
  const channel = account.channels.get(arn)
  if (channel !== undefined) return channel
  throw resourceNotFound(`Channel ${arn} under account ${account.accountId} not found.`)
}

const describeChannel = ({ account }: Call, input: { ChannelARN: string }) => ({
  ChannelDescription: describe(findChannel(account, input.ChannelARN)),
})

function updateChannel(
  { account, now }: Call,
  input: {
    ChannelARN: string
    S3DestinationConfiguration?: Destination
    S3TablesDestinationConfiguration?: Destination
    LoggingConfiguration?: Logging
  },
) {
  const channel = findChannel(account, input.ChannelARN)
  if (channel.status !== 'ACTIVE')
    throw resourceInUse(`Channel ${channel.name} is ${channel.status}, not ACTIVE.`)
  const { S3DestinationConfiguration: s3, S3TablesDestinationConfiguration: tables } = input
  if ((channel.destinationType === 'S3' ? tables : s3) !== undefined) {
    throw validationFailed(
      `Channel ${channel.name} delivers to ${channel.destinationType}, which cannot be changed.`,
    )
  }
  channel.destination = { ...channel.destination, ...(s3 ?? tables) }
  channel.logging = input.LoggingConfiguration ?? channel.logging
  channel.status = 'UPDATING'
  channel.due = now + account.durations.updating
  return { ChannelDescription: describe(channel) }
}

function deleteChannel({ account, now }: Call, input: { ChannelARN: string }) {
  const channel = findChannel(account, input.ChannelARN)
  channel.status = 'DELETING'
  channel.due = now + account.durations.deleting
  return {}
}

function listChannels(
  { account, now }: Call,
  input: { StreamFilter?: { StreamARN: string }[]; MaxResults?: number; NextToken?: string },
) {
  const after = input.NextToken === undefined ? undefined : arnAfterToken(input.NextToken, now)
  const wanted = input.StreamFilter?.map(({ StreamARN }) => StreamARN)
  const channels = [...account.channels.values()]
    .filter(({ streamArn }) => wanted === undefined || wanted.includes(streamArn))
    .sort((a, b) => (a.arn < b.arn ? -1 : 1))
    .filter(({ arn }) => after === undefined || arn > after)
  const page = channels.slice(0, pageSize(input.MaxResults, 100))
  return {
    ChannelSummaries: page.map(channel => ({
      ...identity(channel),
      ChannelDestinationType: channel.destinationType,
      Streams: [sourceOf(channel)],
    })),
    ...(page.length < channels.length ? { NextToken: sealToken('channels', [page.at(-1)?.arn, now]) } : {}),
  }
}

function arnAfterToken(token: string, now: number): string {
  const content = openToken('channels', token)
  if (!Array.isArray(content)) throw invalidArgument('The given NextToken is not valid.')
  if (now - content[1] > TOKEN_LIFETIME_MS) {
    throw new ServiceError('ExpiredNextTokenException', 'The given NextToken is older than 300 seconds.')
  }
  return content[0]
}

/** Takes channels through the states they are due to leave. */
export function settleChannels(account: Account, now: number): void {
  for (const channel of account.channels.values()) {
    if (channel.due > now) continue
    if (channel.status === 'DELETING') account.channels.delete(channel.arn)
    else channel.status = 'ACTIVE'
  }
}

export const channelOperations: OperationTable = {
  CreateChannel: createChannel,
  DescribeChannel: describeChannel,
  UpdateChannel: updateChannel,
  DeleteChannel: deleteChannel,
  ListChannels: listChannels,
}
