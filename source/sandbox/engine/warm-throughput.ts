import type { Account } from './account.ts'
import { invalidArgument, validationFailed } from './errors.ts'
import { MAX_WARM_THROUGHPUT_MIBPS } from './quotas.ts'
import type { StreamMode } from './stream.ts'

/** Shards that carry this many MiB/s of writes. */
export const shardsForThroughput = (mebibytesPerSecond: number) => Math.ceil(mebibytesPerSecond)

/**
 * Checks that warm throughput may be asked for: an on-demand stream, in an account with the minimum throughput billing
 * commitment, within 10 GiB/s. Errors: ValidationException, InvalidArgumentException.
 */
export function warmThroughputFor(account: Account, mode: StreamMode, mebibytesPerSecond: number): void {
  if (mode !== 'ON_DEMAND') throw validationFailed('Warm throughput needs a stream in the ON_DEMAND mode.')
  if (account.billingCommitment?.enabled !== true) {
    throw invalidArgument(
      'Warm throughput needs the minimum throughput billing commitment; enable it with UpdateAccountSettings first.',
    )
  }
  if (mebibytesPerSecond > MAX_WARM_THROUGHPUT_MIBPS) {
    throw invalidArgument(
      `WarmThroughputMiBps ${mebibytesPerSecond} is above the limit of ${MAX_WARM_THROUGHPUT_MIBPS} MiB/s.`,
    )
  }
}
