import type { Shard } from '../domain/shard.ts'
import type { StreamListing, StreamRef } from '../domain/stream.ts'
import { type Model, type ScreenState, streamKey } from '../state/model.ts'

export function topScreen(model: Model): ScreenState | undefined {
  return model.screens.at(-1)
}

/** The stream that the screen is about: its own, or the selected row of the list. */
export function streamInSight(model: Model): StreamRef | undefined {
  const screen = topScreen(model)
  if (screen === undefined) return undefined
  if (screen.screen === 'shards' || screen.screen === 'tail') return screen.stream
  if (screen.screen !== 'streams' || screen.selectedId === undefined) return undefined
  const listing = model.streams.value?.find(candidate => isSelected(candidate, screen.selectedId))
  return { streamName: listing?.streamName ?? screen.selectedId }
}

function isSelected(listing: StreamListing, selectedId: string | undefined): boolean {
  return (
    listing.streamName === selectedId || (listing.streamArn !== undefined && listing.streamArn === selectedId)
  )
}

/** Prefill of the argument `stream`. */
export function streamOnScreen(model: Model): { stream?: string } {
  const stream = streamInSight(model)
  return stream === undefined ? {} : { stream: streamKey(stream) }
}

/** The shards of the stream in sight, as last listed. */
export function knownShards(model: Model): readonly Shard[] {
  const stream = streamInSight(model)
  return stream === undefined ? [] : (model.shards.get(streamKey(stream))?.value ?? [])
}

export function selectedShard(model: Model): Shard | undefined {
  const screen = topScreen(model)
  if (screen?.screen !== 'shards') return undefined
  return knownShards(model).find(shard => shard.shardId === screen.selectedId)
}

/** Prefill of the argument `shard`. */
export function selectedShardId(model: Model): { shard?: string } {
  const screen = topScreen(model)
  if (screen?.screen === 'tail' && screen.shardId !== undefined) return { shard: screen.shardId }
  const shard = selectedShard(model)
  return shard === undefined ? {} : { shard: shard.shardId }
}
