import { type Account, announceClosed, schedule } from './account.ts'
import { HASH_SPACE } from './hash-ring.ts'
import type { Shard } from './shard.ts'
import { type Stream, splitShard } from './stream.ts'

/** A shard of an on-demand stream that takes more than this is split (developer guide, "Data stream capacity modes"). */
export const SPLIT_BYTES_PER_SECOND = 500_000

/** Rates are measured over whole minutes. */
const WINDOW_MS = 60_000

/**
 * Counts bytes written to a shard of an on-demand stream, and splits it evenly once it has taken more than 500 KB/s for
 * the time the service needs to notice. One hot key stays hot: it lands in one of the children again.
 */
export function noteLoad(account: Account, stream: Stream, shard: Shard, bytes: number, now: number): void {
  if (stream.mode !== 'ON_DEMAND') return
  const { load } = shard
  const elapsed = now - load.since
  if (elapsed >= WINDOW_MS) {
    const busy = (load.bytes / elapsed) * 1000 > SPLIT_BYTES_PER_SECOND
    // After a quiet spell the window is long and its rate low, which is what ends a busy time too.
    if (!busy) delete load.busySince
    else load.busySince ??= load.since
    load.since = now
    load.bytes = 0
  }
  load.bytes += bytes
  if (load.busySince === undefined || now - load.busySince < account.durations.onDemandScaling) return
  delete load.busySince
  if (shard.endingHashKey - shard.startingHashKey < HASH_SPACE >> 64n) return
  schedule(stream, {
    due: now + account.durations.updating,
    apply: at => {
      if (shard.closedAt !== undefined) return
      const width = shard.endingHashKey - shard.startingHashKey + 1n
      splitShard(stream, shard, shard.startingHashKey + width / 2n, at)
      announceClosed(account, stream, at)
    },
  })
}
