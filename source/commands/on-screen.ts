import type { Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import { type Model, streamKey } from '../state/model.ts'
import { boardRows } from '../state/select-heat.ts'
import { shardRows } from '../state/select-shards.ts'
import { streamRows } from '../state/select-streams.ts'
import { selectionOf, topScreen } from '../state/selection.ts'

/** The stream that the screen is about: its own, or the selected row of the list. */
export function streamOn(model: Model): StreamRef | undefined {
  const screen = topScreen(model)
  if ('stream' in screen) return screen.stream
  if (screen.screen !== 'streams') return undefined
  return streamRows(model, screen)[selectionOf(model, screen).index]?.stream
}

/** Prefill of the argument `stream`. */
export function streamOnScreen(model: Model): { stream?: string } {
  const stream = streamOn(model)
  return stream === undefined ? {} : { stream: streamKey(stream) }
}

/** The shards of the stream in sight, as last listed. */
export function knownShards(model: Model): readonly Shard[] {
  const stream = streamOn(model)
  return stream === undefined ? [] : (model.shards.get(streamKey(stream))?.value ?? [])
}

export function selectedShard(model: Model): Shard | undefined {
  const screen = topScreen(model)
  switch (screen.screen) {
    case 'shards':
      return shardRows(model, screen)[selectionOf(model, screen).index]?.shard
    case 'board':
      return boardRows(model, screen)[selectionOf(model, screen).index]?.shard
    case 'shard-heat':
      return knownShards(model).find(({ shardId }) => shardId === screen.shardId)
    default:
      return undefined
  }
}

/** Prefill of the argument `shard`. */
export function selectedShardId(model: Model): { shard?: string } {
  const shard = selectedShard(model)
  return shard === undefined ? {} : { shard: shard.shardId }
}
