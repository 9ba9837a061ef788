import {
  type _Record,
  type GetRecordsCommandOutput,
  Kinesis,
  type Shard,
  type ShardIteratorType,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** Something that speaks Kinesis, started or named by hand. */
export type Endpoint = {
  readonly url: string
  /** Whether region and credentials are those that the SDK finds, as for AWS; else invented ones are sent. */
  readonly ownAccount?: boolean
  /** Moves the target's clock on, where it has one that can be moved. */
  advance?(milliseconds: number): void
}

/** What facts look through: an SDK client of AWS's and a few words that most of them need. */
export type World = {
  /** Waits and repeats when a call rate is exceeded, and for no other reason. */
  readonly kinesis: Kinesis
  /** Repeats nothing. */
  readonly impatient: Kinesis
  /** Lets time pass: really, or by moving the target's clock. */
  pause(milliseconds: number): Promise<void>
  /** A stream name of this run that no earlier run can have left behind. */
  streamName(suffix: string): string
  /** Creates a stream and waits until it is ACTIVE. */
  stream(suffix: string, shardCount: number): Promise<string>
  untilActive(streamName: string): Promise<void>
  /** All shards, by ListShards, in the order of their ids. */
  shards(streamName: string): Promise<Shard[]>
  iterator(streamName: string, shardId: string, type?: ShardIteratorType): Promise<string>
  /** Reads a shard from its horizon until `count` records came, its end is reached, or 20 pages were empty. */
  read(streamName: string, shardId: string, count: number): Promise<ShardReading>
  /** The name of the error that a call ends with, or `accepted`. */
  refusal(call: Promise<unknown>): Promise<string>
  /** Deletes what was created and closes connections. */
  end(): Promise<void>
}

export type ShardReading = {
  readonly records: readonly _Record[]
  readonly ended: boolean
  readonly childShards:
    | readonly { readonly shardId: string; readonly parents: readonly string[] }[]
    | undefined
}

const POLL_MS = 200

export function createWorld(endpoint: Endpoint): World {
  const handler = new NodeHttpHandler({
    connectionTimeout: 5_000,
    requestTimeout: 60_000,
    throwOnRequestTimeout: true,
  })
  const settings = {
    endpoint: endpoint.url,
    requestHandler: handler,
    maxAttempts: 1,
    ...(endpoint.ownAccount === true
      ? {}
      : {
          region: 'us-east-1',
          credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'contract' },
        }),
  }
  const impatient = new Kinesis(settings)
  const kinesis = new Kinesis(settings)
  const run = `${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`
  const created = new Set<string>()

  const pause = async (milliseconds: number) => {
    if (endpoint.advance !== undefined) endpoint.advance(milliseconds)
    else await new Promise(resolve => setTimeout(resolve, milliseconds))
  }
  kinesis.middlewareStack.add(
    next => async args => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await next(args)
        } catch (error) {
          if (attempt === 60 || !isRateRefusal(error)) throw error
          await pause(POLL_MS)
        }
      }
    },
    { step: 'initialize', name: 'waitOutRates' },
  )

  const world: World = {
    kinesis,
    impatient,
    pause,
    streamName(suffix) {
      const name = `zz-contract-${run}-${suffix}`
      created.add(name)
      return name
    },
    async stream(suffix, shardCount) {
      const StreamName = world.streamName(suffix)
      await kinesis.createStream({ StreamName, ShardCount: shardCount })
      await world.untilActive(StreamName)
      return StreamName
    },
    async untilActive(StreamName) {
      for (;;) {
        const { StreamDescriptionSummary } = await kinesis.describeStreamSummary({ StreamName })
        if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return
        await pause(POLL_MS)
      }
    },
    async shards(StreamName) {
      const { Shards, NextToken } = await kinesis.listShards({ StreamName })
      if (NextToken !== undefined) throw new Error('a listing of a few shards was split into pages')
      return (Shards ?? []).sort((a, b) => ((a.ShardId ?? '') < (b.ShardId ?? '') ? -1 : 1))
    },
    async iterator(StreamName, ShardId, ShardIteratorType = 'TRIM_HORIZON') {
      const answer = await kinesis.getShardIterator({ StreamName, ShardId, ShardIteratorType })
      return answer.ShardIterator ?? ''
    },
    async read(streamName, shardId, count) {
      const records: _Record[] = []
      let iterator: string | undefined = await world.iterator(streamName, shardId)
      for (let empty = 0; iterator !== undefined && records.length < count && empty < 20; ) {
        const page: GetRecordsCommandOutput = await kinesis.getRecords({ ShardIterator: iterator })
        records.push(...(page.Records ?? []))
        iterator = page.NextShardIterator ?? undefined
        if (page.Records?.length === 0) empty += 1
        if (iterator === undefined) {
          const childShards = page.ChildShards?.map(child => ({
            shardId: child.ShardId ?? '',
            parents: (child.ParentShards ?? []).toSorted(),
          }))
          return { records, ended: true, childShards }
        }
      }
      return { records, ended: false, childShards: undefined }
    },
    async refusal(call) {
      try {
        await call
        return 'accepted'
      } catch (error) {
        return errorName(error)
      }
    },
    async end() {
      for (const StreamName of created) {
        await world.refusal(impatient.deleteStream({ StreamName, EnforceConsumerDeletion: true }))
      }
      kinesis.destroy()
      impatient.destroy()
    },
  }
  return world
}

/** The name a failure goes by; HTTP failures without a name are told by their status. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  if (error.name === 'Unknown' || error.name === 'SyntaxError' || error.name === 'Error') {
    return status === undefined ? `${error.name}: ${error.message}` : `${error.name} (HTTP ${status})`
  }
  return error.name
}

/** Whether a call came too soon, as against a quota that is used up: the service's names are the same for both. */
function isRateRefusal(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'LimitExceededException' || error.name === 'ProvisionedThroughputExceededException') &&
    /rate exceeded/i.test(error.message)
  )
}
