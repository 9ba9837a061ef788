import { type Failure, FailureError, failureOf } from '../domain/failure.ts'
import { LIST_SHARDS_MAX_RESULTS } from '../domain/limits.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamListing } from '../domain/stream.ts'
import type { Send } from './send.ts'
import { shardPage, streamPage, tagPage } from './shapes.ts'
import type { StreamInput } from './stream-input.ts'

const LIST_STREAMS_LIMIT = 100
/** A listing that expires this often is slower than its tokens live, and would never end. */
const MOST_RESTARTS = 3

/**
 * All streams, page by page. Goes on by token where one is sent and by the last name where not (emulators, and the
 * service on an expired token), and ends at a page that brings nothing new, whatever the endpoint says.
 */
export async function* listStreams(send: Send, signal?: AbortSignal): AsyncGenerator<StreamListing[]> {
  const seen = new Set<string>()
  let lastName: string | undefined
  let nextToken: string | undefined
  let isFirst = true
  for (;;) {
    const position =
      nextToken === undefined
        ? lastName === undefined
          ? {}
          : { ExclusiveStartStreamName: lastName }
        : { NextToken: nextToken }
    const page = await send({
      operation: 'ListStreams',
      command: sdk => new sdk.ListStreamsCommand({ Limit: LIST_STREAMS_LIMIT, ...position }),
      signal,
    }).then(streamPage, (error: unknown) => {
      if (nextToken !== undefined && failureOf(error, 'ListStreams').kind === 'expired-token')
        return undefined
      throw error
    })
    if (page === undefined) {
      nextToken = undefined
      continue
    }
    const fresh = page.streams.filter(stream => !seen.has(stream.streamName))
    for (const stream of fresh) seen.add(stream.streamName)
    if (fresh.length > 0 || isFirst) yield fresh
    isFirst = false
    if (!page.hasMore || fresh.length === 0) return
    lastName = fresh.at(-1)?.streamName
    nextToken = page.nextToken
  }
}

/**
 * All shards of a stream. Later pages carry the token alone, since the service refuses it beside a name; an expired
 * token starts the listing over, and a page without news ends it.
 */
export async function listShards(
  send: Send,
  stream: StreamInput & { readonly ShardFilter?: { Type: 'AT_TIMESTAMP'; Timestamp: Date } },
  signal?: AbortSignal,
): Promise<Shard[]> {
  let shards = new Map<string, Shard>()
  let nextToken: string | undefined
  let restarts = 0
  for (;;) {
    const token = nextToken
    const page = await send({
      operation: 'ListShards',
      command: sdk =>
        new sdk.ListShardsCommand({
          MaxResults: LIST_SHARDS_MAX_RESULTS,
          ...(token === undefined ? stream : { NextToken: token }),
        }),
      signal,
    }).then(shardPage, (error: unknown) => {
      const failure = failureOf(error, 'ListShards')
      if (token === undefined || failure.kind !== 'expired-token') throw error
      if (restarts === MOST_RESTARTS) throw tooSlow(failure, error)
      return undefined
    })
    if (page === undefined) {
      restarts += 1
      shards = new Map()
      nextToken = undefined
      continue
    }
    const before = shards.size
    for (const shard of page.shards) shards.set(shard.shardId, shard)
    if (page.nextToken === undefined || shards.size === before) return [...shards.values()]
    nextToken = page.nextToken
  }
}

/** All tags of a stream; pages by the last key. */
export async function listTags(
  send: Send,
  stream: StreamInput,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const tags = new Map<string, string>()
  let lastKey: string | undefined
  for (;;) {
    const position = lastKey === undefined ? {} : { ExclusiveStartTagKey: lastKey }
    const page = tagPage(
      await send({
        operation: 'ListTagsForStream',
        command: sdk => new sdk.ListTagsForStreamCommand({ ...stream, ...position }),
        signal,
      }),
    )
    const before = tags.size
    for (const [key, value] of page.tags) tags.set(key, value)
    if (!page.hasMore || tags.size === before) return tags
    lastKey = page.tags.at(-1)?.[0]
  }
}

function tooSlow(failure: Failure, cause: unknown): FailureError {
  return new FailureError(
    {
      ...failure,
      message: `The listing of shards expired ${MOST_RESTARTS + 1} times before it was complete.`,
      nextStep: 'The endpoint answers too slowly for its own tokens: try again later.',
    },
    { cause },
  )
}
