import type { RegisteredConsumer } from '../domain/consumer.ts'
import { FailureError, failureOf } from '../domain/failure.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { AccountSettings, ControlApi } from './control-api.ts'
import type { KinesisApi } from './kinesis-api.ts'
import type { Send } from './send.ts'
import { streamInput } from './stream-input.ts'

type Json = Readonly<Record<string, unknown>>

/** Pages of a listing of consumers; beyond them the endpoint gives the same page for ever. */
const MOST_PAGES = 20

/** The settings port over the AWS SDK. See control-api.ts for what each operation promises. */
export function createSdkControl(options: {
  readonly send: Send
  readonly region: string
  readonly hasCustomEndpoint: boolean
  readonly api: Pick<KinesisApi, 'describeStreamSummary'>
}): ControlApi {
  const { send, api } = options
  const arnOf = async (stream: StreamRef, operation: string, signal?: AbortSignal): Promise<string> => {
    if (stream.streamArn !== undefined) {
      streamInput(stream, options)
      return stream.streamArn
    }
    const { streamArn } = await api.describeStreamSummary(stream, signal === undefined ? {} : { signal })
    if (streamArn !== undefined) return streamArn
    throw new FailureError({
      kind: 'unsupported',
      action: operation,
      message: `the endpoint does not tell the ARN of ${stream.streamName}, and ${operation} needs it`,
      nextStep: 'Give the ARN instead of the name.',
      retryable: false,
    })
  }

  return {
    async describeLimits({ signal } = {}) {
      const answer = await send({
        operation: 'DescribeLimits',
        command: sdk => new sdk.DescribeLimitsCommand({}),
        signal,
      })
      return {
        ...present('shardLimit', count(answer.ShardLimit)),
        ...present('openShardCount', count(answer.OpenShardCount)),
        ...present('onDemandStreamCount', count(answer.OnDemandStreamCount)),
        ...present('onDemandStreamCountLimit', count(answer.OnDemandStreamCountLimit)),
      }
    },
    async describeAccountSettings({ signal } = {}) {
      return accountSettings(
        await send({
          operation: 'DescribeAccountSettings',
          command: sdk => new sdk.DescribeAccountSettingsCommand({}),
          signal,
        }),
      )
    },
    async updateBillingCommitment(isEnabled, { signal } = {}) {
      const input = {
        MinimumThroughputBillingCommitment: { Status: isEnabled ? 'ENABLED' : 'DISABLED' } as const,
      }
      return accountSettings(
        await send({
          operation: 'UpdateAccountSettings',
          command: sdk => new sdk.UpdateAccountSettingsCommand(input),
          signal,
        }),
      )
    },
    async updateStreamMode(stream, mode, { signal, warmThroughputMiBps } = {}) {
      const StreamARN = await arnOf(stream, 'UpdateStreamMode', signal)
      await send({
        operation: 'UpdateStreamMode',
        command: sdk =>
          new sdk.UpdateStreamModeCommand({
            StreamARN,
            StreamModeDetails: { StreamMode: mode },
            ...present('WarmThroughputMiBps', warmThroughputMiBps),
          }),
        signal,
      })
    },
    async updateWarmThroughput(stream, mibPerSecond, { signal } = {}) {
      const named = streamInput(stream, options)
      await send({
        operation: 'UpdateStreamWarmThroughput',
        command: sdk =>
          new sdk.UpdateStreamWarmThroughputCommand({ ...named, WarmThroughputMiBps: mibPerSecond }),
        signal,
      })
    },
    async updateMaxRecordSize(stream, kib, { signal } = {}) {
      const StreamARN = await arnOf(stream, 'UpdateMaxRecordSize', signal)
      await send({
        operation: 'UpdateMaxRecordSize',
        command: sdk => new sdk.UpdateMaxRecordSizeCommand({ StreamARN, MaxRecordSizeInKiB: kib }),
        signal,
      })
    },
    async updateRecordDistribution(stream, strategy, { signal } = {}) {
      const StreamARN = await arnOf(stream, 'UpdateStreamRecordDistributionStrategy', signal)
      await send({
        operation: 'UpdateStreamRecordDistributionStrategy',
        command: sdk =>
          new sdk.UpdateStreamRecordDistributionStrategyCommand({
            StreamARN,
            RecordDistributionStrategy: strategy,
          }),
        signal,
      })
    },
    async startEncryption(stream, keyId, { signal } = {}) {
      const input = { ...streamInput(stream, options), EncryptionType: 'KMS' as const, KeyId: keyId }
      await send({
        operation: 'StartStreamEncryption',
        command: sdk => new sdk.StartStreamEncryptionCommand(input),
        signal,
      })
    },
    async stopEncryption(stream, keyId, { signal } = {}) {
      const input = { ...streamInput(stream, options), EncryptionType: 'KMS' as const, KeyId: keyId }
      await send({
        operation: 'StopStreamEncryption',
        command: sdk => new sdk.StopStreamEncryptionCommand(input),
        signal,
      })
    },
    async listConsumers(stream, { signal } = {}) {
      const StreamARN = await arnOf(stream, 'ListStreamConsumers', signal)
      const consumers: RegisteredConsumer[] = []
      let NextToken: string | undefined
      for (let page = 0; page < MOST_PAGES; page += 1) {
        // A later page takes the token alone, as ListShards does.
        const input = NextToken === undefined ? { StreamARN } : { StreamARN, NextToken }
        const answer = await send({
          operation: 'ListStreamConsumers',
          command: sdk => new sdk.ListStreamConsumersCommand(input),
          signal,
        })
        const found = Array.isArray(answer.Consumers) ? answer.Consumers : []
        consumers.push(...found.filter(isObject).map(registeredConsumer))
        NextToken = text(answer.NextToken)
        if (NextToken === undefined || found.length === 0) break
      }
      return consumers
    },
    async registerConsumer(stream, name, { signal } = {}) {
      const StreamARN = await arnOf(stream, 'RegisterStreamConsumer', signal)
      const answer = await send({
        operation: 'RegisterStreamConsumer',
        command: sdk => new sdk.RegisterStreamConsumerCommand({ StreamARN, ConsumerName: name }),
        signal,
      })
      return isObject(answer.Consumer) ? registeredConsumer(answer.Consumer) : { consumerName: name }
    },
    async deregisterConsumer(stream, name, { signal } = {}) {
      const StreamARN = await arnOf(stream, 'DeregisterStreamConsumer', signal)
      await send({
        operation: 'DeregisterStreamConsumer',
        command: sdk => new sdk.DeregisterStreamConsumerCommand({ StreamARN, ConsumerName: name }),
        signal,
      })
    },
    async getResourcePolicy(stream, { signal } = {}) {
      const ResourceARN = await arnOf(stream, 'GetResourcePolicy', signal)
      try {
        const answer = await send({
          operation: 'GetResourcePolicy',
          command: sdk => new sdk.GetResourcePolicyCommand({ ResourceARN }),
          signal,
        })
        return text(answer.Policy)
      } catch (error) {
        // The stream is there, since its ARN was: what is not found is the policy.
        if (failureOf(error, 'GetResourcePolicy').kind === 'not-found' && stream.streamArn === undefined) {
          return undefined
        }
        throw error
      }
    },
    async putResourcePolicy(stream, policy, { signal } = {}) {
      const ResourceARN = await arnOf(stream, 'PutResourcePolicy', signal)
      await send({
        operation: 'PutResourcePolicy',
        command: sdk => new sdk.PutResourcePolicyCommand({ ResourceARN, Policy: policy }),
        signal,
      })
    },
    async deleteResourcePolicy(stream, { signal } = {}) {
      const ResourceARN = await arnOf(stream, 'DeleteResourcePolicy', signal)
      await send({
        operation: 'DeleteResourcePolicy',
        command: sdk => new sdk.DeleteResourcePolicyCommand({ ResourceARN }),
        signal,
      })
    },
  }
}

function accountSettings(answer: Json): AccountSettings {
  const raw = isObject(answer.MinimumThroughputBillingCommitment)
    ? answer.MinimumThroughputBillingCommitment
    : {}
  return {
    ...present('commitmentStatus', text(raw.Status)),
    ...present('startedAt', time(raw.StartedAt)),
    ...present('endedAt', time(raw.EndedAt)),
    ...present('earliestAllowedEndAt', time(raw.EarliestAllowedEndAt)),
  }
}

function registeredConsumer(raw: Json): RegisteredConsumer {
  return {
    consumerName: text(raw.ConsumerName) ?? '',
    ...present('consumerArn', text(raw.ConsumerARN)),
    ...present('consumerStatus', text(raw.ConsumerStatus)),
    ...present('consumerCreationTimestamp', time(raw.ConsumerCreationTimestamp)),
  }
}

/** Epoch seconds as the protocol has it, milliseconds as some emulators. */
function time(value: unknown): Date | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return new Date(value < 1e11 ? Math.round(value * 1_000) : value)
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value }
}
