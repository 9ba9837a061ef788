import type { _Record, ChildShard as SdkChildShard, SubscribeToShardOutput } from '@aws-sdk/client-kinesis'
import { parseHashKey } from '../domain/hash-key.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { Clients } from './clients.ts'
import { failureFrom } from './failures.ts'
import type { ChildShard, StartingPosition, SubscribeToShard, SubscriptionEvent } from './kinesis-api.ts'

/**
 * SubscribeToShard over the SDK's HTTP/2 transport. The call and its events have no deadline of their own: whoever reads
 * decides how long silence may last, and ends it with the signal, which is the only thing that ends it at the server too.
 */
export function createSubscribe(wiring: {
  readonly clients: Clients
  readonly endpointUrl: string
  readonly proxyUrl?: string
}): SubscribeToShard {
  const { clients, ...way } = wiring
  return async (stream, consumerArn, shardId, position, { signal }) => {
    const failed = (error: unknown) =>
      failureFrom(error, {
        operation: 'SubscribeToShard',
        ...way,
        isAborted: signal.aborted || clients.isClosed(),
      })
    let output: SubscribeToShardOutput
    try {
      const client = await clients.get('push')
      const { SubscribeToShardCommand } = await import('./sdk.ts')
      const command = new SubscribeToShardCommand({
        ConsumerARN: consumerArn,
        ShardId: shardId,
        StartingPosition: startOf(position),
      })
      output = await client.send(command, { abortSignal: signal })
    } catch (error) {
      throw failed(error)
    }
    return eventsOf(output, stream.streamName, shardId, failed)
  }
}

async function* eventsOf(
  output: SubscribeToShardOutput,
  streamName: string,
  shardId: string,
  failed: (error: unknown) => Error,
): AsyncGenerator<SubscriptionEvent> {
  try {
    for await (const event of output.EventStream ?? []) {
      const pushed = event.SubscribeToShardEvent
      if (pushed === undefined) continue
      const { ContinuationSequenceNumber: continuation, MillisBehindLatest: behind } = pushed
      yield {
        records: (pushed.Records ?? []).map(record => recordOf(streamName, shardId, record)),
        ...(continuation === undefined || continuation === ''
          ? {}
          : { continuationSequenceNumber: continuation }),
        ...(behind === undefined ? {} : { millisBehindLatest: behind }),
        childShards: (pushed.ChildShards ?? []).flatMap(childOf),
      }
    }
  } catch (error) {
    throw failed(error)
  }
}

function recordOf(streamName: string, shardId: string, record: _Record): StreamRecord {
  const { SequenceNumber, PartitionKey, ApproximateArrivalTimestamp, EncryptionType, Data } = record
  return {
    streamName,
    shardId,
    sequenceNumber: SequenceNumber ?? '',
    ...(PartitionKey === undefined ? {} : { partitionKey: PartitionKey }),
    // Bytes of their own: a record that is kept must not keep the whole event alive.
    data: Uint8Array.from(Data ?? []),
    ...(ApproximateArrivalTimestamp === undefined
      ? {}
      : { approximateArrivalTimestamp: ApproximateArrivalTimestamp }),
    ...(EncryptionType === undefined ? {} : { encryptionType: EncryptionType }),
  }
}

function childOf({ ShardId, ParentShards, HashKeyRange }: SdkChildShard): ChildShard[] {
  const startingHashKey = parseHashKey(HashKeyRange?.StartingHashKey ?? '')
  const endingHashKey = parseHashKey(HashKeyRange?.EndingHashKey ?? '')
  if (ShardId === undefined || startingHashKey === undefined || endingHashKey === undefined) return []
  return [
    {
      shardId: ShardId,
      parentShardIds: ParentShards ?? [],
      hashKeyRange: { startingHashKey, endingHashKey },
    },
  ]
}

function startOf(position: StartingPosition) {
  switch (position.type) {
    case 'AT_TIMESTAMP':
      return { Type: position.type, Timestamp: position.timestamp }
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER':
      return { Type: position.type, SequenceNumber: position.sequenceNumber }
    default:
      return { Type: position.type }
  }
}
