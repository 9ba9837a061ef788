import type { Account } from './account.ts'
import { settleCommitment } from './account-operations.ts'
import { settleChannels } from './channel-operations.ts'
import { settleConsumers } from './consumer-operations.ts'
import { trimBefore } from './record-log.ts'
import { trimStream } from './stream.ts'

/** After so many written bytes the memory limit is looked at, even within a second. */
const HOUSEKEEPING_BYTES = 32 << 20

/** Brings the account to `now`: due changes take effect, old records and shards go. */
export function settle(account: Account, now: number): void {
  for (const stream of account.streams.values()) {
    while (stream.pending.length > 0) {
      const step = stream.pending[0]
      if (step === undefined || step.due > now) break
      stream.pending.shift()
      step.apply(step.due)
    }
    settleConsumers(account, stream, now)
  }
  settleChannels(account, now)
  settleCommitment(account, now)
  if (now < account.nextHousekeepingAt && account.unsettledBytes < HOUSEKEEPING_BYTES) return
  account.nextHousekeepingAt = now + 1000
  account.unsettledBytes = 0
  for (const stream of account.streams.values()) trimStream(stream, now)
  keepWithinMemory(account)
}

/** Drops the oldest segment of whichever shard holds most, until all payloads fit the limit. */
function keepWithinMemory(account: Account): void {
  const logs = [...account.streams.values()].flatMap(({ shards }) =>
    [...shards.values()].map(({ log }) => log),
  )
  let stored = logs.reduce((sum, { storedBytes }) => sum + storedBytes, 0)
  while (stored > account.memoryLimitBytes) {
    const largest = logs.reduce((a, b) => (b.storedBytes > a.storedBytes ? b : a))
    const before = largest.storedBytes
    trimBefore(largest, (largest.segments[0]?.firstOrdinal ?? 0) + (largest.segments[0]?.count ?? 0))
    if (largest.storedBytes === before) return
    stored -= before - largest.storedBytes
  }
}
