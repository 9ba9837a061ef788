import { type HashKey, middleOf } from '../domain/hash-key.ts'
import type { StreamHeat } from '../domain/heat/stream-heat.ts'
import { type Change, whatIf } from '../domain/heat/what-if.ts'
import type { Shard } from '../domain/shard.ts'
import type { PlannedChange, ShardDetail, WhatIfView } from '../state/heat-state.ts'

/** Seconds of the curves of one shard. */
const DETAIL_SECONDS = 300
const DETAIL_KEYS = 20

/** One shard from near. */
export function detailOf(heat: StreamHeat, atMillis: number, shardId: string): ShardDetail {
  const untilSecond = Math.floor(atMillis / 1000)
  const advice = heat.advice(atMillis, shardId)
  return {
    shardId,
    seconds: heat.loadOf(shardId)?.seconds.series(untilSecond, DETAIL_SECONDS) ?? [],
    untilMillis: untilSecond * 1000,
    topKeys: heat.topKeys(atMillis, 'bytes', DETAIL_KEYS, shardId),
    ...(advice === undefined ? {} : { advice }),
  }
}

/**
 * What a planned change would make of the observed load. `heldHashKey`: where an earlier look at the same change said to
 * split, so that the point stays while it is looked at.
 */
export function forecastOf(
  heat: StreamHeat,
  atMillis: number,
  shards: readonly Shard[],
  planned: PlannedChange,
  heldHashKey?: HashKey,
): WhatIfView {
  const observed = { bytes: heat.spreads(atMillis, 'bytes'), records: heat.spreads(atMillis, 'records') }
  const title = titleOf(planned)
  if (planned.kind !== 'split') return forecasted(title, whatIf(shards, observed, planned))
  const shard = shards.find(({ shardId }) => shardId === planned.shardId)
  if (shard === undefined) return { title, refusal: `${planned.shardId} is not a shard of this stream.` }
  const isAsked = planned.newStartingHashKey === undefined && heldHashKey === undefined
  const advice = isAsked ? heat.advice(atMillis, planned.shardId) : undefined
  const middle = middleOf(shard.hashKeyRange)
  const told = advice !== undefined && 'best' in advice ? advice.best?.newStartingHashKey : undefined
  const best = heldHashKey ?? told
  const at = planned.newStartingHashKey ?? best ?? middle
  const change: Change = { kind: 'split', shardId: planned.shardId, newStartingHashKey: at }
  const view = {
    ...forecasted(`Split ${planned.shardId} at ${at}`, whatIf(shards, observed, change)),
    ...(best === undefined ? {} : { proposedHashKey: best }),
  }
  if (at === middle || view.whatIf === undefined) return view
  const midpoint = whatIf(shards, observed, { ...change, newStartingHashKey: middle })
  return midpoint === undefined ? view : { ...view, midpoint }
}

function forecasted(title: string, forecast: WhatIfView['whatIf']): WhatIfView {
  if (forecast !== undefined) return { title, whatIf: forecast }
  return {
    title,
    refusal: 'This change cannot be made to these shards: they must be open, and to be merged, neighbours.',
  }
}

function titleOf(planned: PlannedChange): string {
  switch (planned.kind) {
    case 'split':
      return `Split ${planned.shardId}`
    case 'merge':
      return `Merge ${planned.shardIds.join(' and ')}`
    case 'uniform':
      return `${planned.shardCount} shards of equal width`
    case 'on-demand':
      return 'On-demand: each shard above half of its limit is halved until none is'
  }
}
