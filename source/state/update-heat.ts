import type { Event } from './event.ts'
import { type Model, type StreamLoad, streamKey } from './model.ts'
import { withoutAnswers } from './update-acts.ts'
import { updateShards, withFreshData } from './update-fetched.ts'

type HeatEvent = Extract<Event, { type: 'heat-started' | 'heat-measured' | 'heat-failed' }>

export function updateHeat(model: Model, event: HeatEvent): Model {
  switch (event.type) {
    case 'heat-started': {
      const { stream, source } = event
      return withoutAnswers({ ...model, heat: { stream, source, phase: 'starting' } }, [
        source === 'cloudwatch' ? 'GetMetricData' : 'GetRecords',
      ])
    }
    case 'heat-measured': {
      const { heat } = model
      // A late answer of a stream or source that was left.
      if (heat === undefined || !isOf(event.stream, model) || heat.source !== event.heat.source) return model
      const { failure: _, ...rest } = heat
      const next: Model = {
        ...withFreshData(model),
        heat: { ...rest, phase: 'running', snapshot: event.heat },
        loads: withLoad(model, event),
      }
      const shards = event.heat.board.shards.map(({ shard }) => shard)
      const known = model.shards.get(streamKey(event.stream))?.value
      if (known !== undefined && sameShards(known, shards)) return next
      return updateShards(next, { type: 'shards-listed', stream: event.stream, shards, at: model.now })
    }
    case 'heat-failed': {
      const { heat } = model
      if (heat === undefined || !isOf(event.stream, model)) return model
      return { ...model, heat: { ...heat, phase: 'failed', failure: event.failure } }
    }
  }
}

/** Nothing is kept of a board that told no rate: absent is not zero. */
function withLoad(
  { loads = new Map<string, StreamLoad>(), now }: Model,
  { stream, heat }: Extract<Event, { type: 'heat-measured' }>,
): ReadonlyMap<string, StreamLoad> {
  const { bytesPerSecond, recordsPerSecond } = heat.board
  if (bytesPerSecond === undefined || recordsPerSecond === undefined) return loads
  const load = { bytesPerSecond, recordsPerSecond, at: now, source: heat.source }
  return new Map([...loads, [stream.streamName, load]])
}

function isOf(stream: HeatEvent['stream'], { heat }: Model): boolean {
  return heat !== undefined && streamKey(heat.stream) === streamKey(stream)
}

function sameShards(
  known: readonly { shardId: string; endingSequenceNumber?: string }[],
  shards: typeof known,
): boolean {
  if (known.length !== shards.length) return false
  const closed = new Map(known.map(({ shardId, endingSequenceNumber }) => [shardId, endingSequenceNumber]))
  return shards.every(
    ({ shardId, endingSequenceNumber }) =>
      closed.has(shardId) && closed.get(shardId) === endingSequenceNumber,
  )
}
