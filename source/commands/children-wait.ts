import { Lineage } from '../domain/lineage.ts'
import { compareByRange, isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import { type Probe, waitForEffect } from './act.ts'
import type { Context, OutputRow } from './command.ts'
import { summaryIfTold } from './look-up.ts'
import { shardRow } from './output-rows.ts'
import { nextLook } from './stream-wait.ts'

/** Waits until the parents are closed, their children are there and the stream takes the next act. */
export async function* waitForChildren(
  context: Context,
  stream: StreamRef,
  parents: readonly Shard[],
  childCount: number,
  action: string,
  timeoutSeconds: number,
): AsyncGenerator<string | Event, OutputRow[]> {
  const { api, clock, signal } = context
  const wait = {
    action,
    timeoutMillis: timeoutSeconds * 1_000,
    nextStep: nextLook(stream),
  }
  const seen = yield* waitForEffect(
    context,
    wait,
    async (): Promise<Probe<{ shards: Shard[]; summary: StreamSummary | undefined }>> => {
      const shards = await api.listShards(stream, { signal })
      const summary = await summaryIfTold(api, stream, signal)
      const lineage = new Lineage(shards)
      const children = lineage.childrenOf(parents[0]?.shardId ?? '')
      const closed = parents.filter(({ shardId }) => {
        const parent = lineage.get(shardId)
        return parent === undefined || !isOpen(parent)
      })
      const isSettled = summary?.streamStatus === undefined || summary.streamStatus === 'ACTIVE'
      if (children.length >= childCount && closed.length === parents.length && isSettled) {
        return { isDone: true, value: { shards, summary } }
      }
      const status = summary?.streamStatus ?? 'status unknown'
      return {
        isDone: false,
        progress: `${status}, ${closed.length} of ${parents.length} closed, ${children.length} of ${childCount} children`,
      }
    },
  )
  yield { type: 'shards-listed', stream, shards: seen.shards, at: clock.now() }
  if (seen.summary !== undefined)
    yield { type: 'summary-described', stream, summary: seen.summary, at: clock.now() }
  const lineage = new Lineage(seen.shards)
  return [...lineage.childrenOf(parents[0]?.shardId ?? '')]
    .sort(compareByRange)
    .map(child => shardRow(stream, child, lineage))
}
