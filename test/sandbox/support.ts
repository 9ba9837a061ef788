import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { ServiceError } from '../../source/sandbox/engine/errors.ts'
import { createService, type ServiceOptions } from '../../source/sandbox/engine/service.ts'

/** 2026-01-01T00:00:00Z, where the clocks of these tests begin. */
export const NEW_YEAR = Date.UTC(2026, 0, 1)

// biome-ignore lint/suspicious/noExplicitAny: outputs are looked into member by member; a wrong guess fails the test
export type Output = any

/** An engine on a stepped clock, with the short words these tests use. */
export function engine(options: Partial<ServiceOptions> = {}) {
  const clock = createSteppedClock(NEW_YEAR)
  const service = createService({ clock, ...options })
  const call = (operation: string, input: object = {}): Output => service.handle(operation, input)
  return {
    clock,
    service,
    call,
    /** Name of the error a call ends with, or nothing when it succeeds. */
    failure(operation: string, input: object = {}): string | undefined {
      try {
        call(operation, input)
        return undefined
      } catch (error) {
        if (error instanceof ServiceError) return error.name
        throw error
      }
    },
    /** Creates a stream and waits until it is ACTIVE. */
    create(name: string, shardCount: number, input: object = {}) {
      call('CreateStream', { StreamName: name, ShardCount: shardCount, ...input })
      clock.advance(1000)
    },
    put(name: string, key: string, text = 'x', more: object = {}): Output {
      return call('PutRecord', { StreamName: name, PartitionKey: key, Data: Buffer.from(text), ...more })
    },
    shards(name: string, input: object = {}): Output[] {
      return call('ListShards', { StreamName: name, ...input }).Shards
    },
    openShards(name: string): Output[] {
      return call('ListShards', { StreamName: name, ShardFilter: { Type: 'AT_LATEST' } }).Shards
    },
    iterator(name: string, shard: number, type = 'TRIM_HORIZON', more: object = {}): string {
      return call('GetShardIterator', {
        StreamName: name,
        ShardId: id(shard),
        ShardIteratorType: type,
        ...more,
      }).ShardIterator
    },
    read(iterator: string, limit?: number): Output {
      return call('GetRecords', { ShardIterator: iterator, ...(limit === undefined ? {} : { Limit: limit }) })
    },
  }
}

export const id = (index: number) => `shardId-${String(index).padStart(12, '0')}`

/** Payloads of an answer as text. */
export const texts = (output: Output): string[] =>
  output.Records.map(({ Data }: { Data: Uint8Array }) => Buffer.from(Data).toString())
