import type { KinesisApi, SubscribeToShard } from '../aws/kinesis-api.ts'
import { decodeRecord } from '../domain/decode/decode-record.ts'
import { StreamDecoding } from '../domain/decode/stream-decoding.ts'
import { usageFailure } from '../domain/failure.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Context } from './command.ts'
import { readSchemasInto } from './schema-files.ts'

/** How long a page waits for the schemas that its records name; each schema is asked for once. */
const SETTLE_MILLIS = 5_000

/** The arguments by which a command that reads records is told of schemas. */
export const SCHEMA_ARGS = {
  schema: {
    kind: 'text',
    title:
      'Avro schema for records that only name theirs: FILE, or ID=FILE with the id of a registry; commas between',
  },
  schemaRegistry: {
    kind: 'text',
    title: 'Look schemas up by the id in a record: glue, or the address of a Confluent registry',
  },
} as const

/**
 * How a command's records are read: by the rules of the config, with the schemas that were named.
 * @throws FailureError `usage` for a schema file that cannot be used, here or in a rule
 */
export async function decodingFor(
  context: Context,
  stream: StreamRef,
  asked: { readonly schema: string | undefined; readonly schemaRegistry: string | undefined },
): Promise<StreamDecoding> {
  const { decodings, readInput } = context
  if (decodings === undefined) {
    const decoding = new StreamDecoding()
    if (asked.schema !== undefined) await readSchemasInto(decoding.schemas, asked.schema, readInput)
    return decoding
  }
  const problem = await decodings.problem(stream)
  if (problem !== undefined)
    throw usageFailure('tail', problem, 'Correct the file, or the rule in the config.')
  if (asked.schema !== undefined) await decodings.addSchemas(stream, asked.schema)
  if (asked.schemaRegistry !== undefined) decodings.lookUpIn(stream, asked.schemaRegistry)
  return decodings.of(stream)
}

/** Reading that hands a page on once the schemas of its records have come, or after a bound: a pipe is not decoded anew. */
export class SettledReading {
  readonly #context: Context
  readonly #stream: StreamRef
  readonly #decoding: StreamDecoding

  constructor(context: Context, stream: StreamRef, decoding: StreamDecoding) {
    this.#context = context
    this.#stream = stream
    this.#decoding = decoding
  }

  api<Api extends Pick<KinesisApi, 'listShards' | 'getShardIterator' | 'getRecords'>>(
    api: Api,
  ): Pick<KinesisApi, 'listShards' | 'getShardIterator' | 'getRecords'> {
    if (this.#decoding.schemas.lookUp === undefined) return api
    return {
      listShards: (...args) => api.listShards(...args),
      getShardIterator: (...args) => api.getShardIterator(...args),
      getRecords: async (...args) => {
        const page = await api.getRecords(...args)
        await this.#settle(page.records)
        return page
      },
    }
  }

  subscribe(subscribe: SubscribeToShard): SubscribeToShard {
    if (this.#decoding.schemas.lookUp === undefined) return subscribe
    const settle = (records: readonly StreamRecord[]): Promise<void> => this.#settle(records)
    return async (...args) => {
      const events = await subscribe(...args)
      return (async function* () {
        for await (const event of events) {
          await settle(event.records)
          yield event
        }
      })()
    }
  }

  /** Decoding is what asks: headers can lie inside gzip or an aggregate. */
  async #settle(records: readonly StreamRecord[]): Promise<void> {
    for (const record of records) decodeRecord(record, this.#decoding.options)
    await this.#context.decodings?.settled(this.#stream, SETTLE_MILLIS, this.#context.signal)
  }
}
