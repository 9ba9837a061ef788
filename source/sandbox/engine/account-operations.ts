import type { Account } from './account.ts'
import { invalidArgument } from './errors.ts'
import type { Call, OperationTable } from './operation.ts'
import { DAY_MS } from './quotas.ts'

/** The commitment as it stands at `now`: ended by itself once its end has come. */
function commitmentAt({ billingCommitment: commitment }: Account, now: number) {
  if (commitment === undefined) return { Status: 'DISABLED' }
  const times = {
    StartedAt: new Date(commitment.startedAt),
    EarliestAllowedEndAt: new Date(commitment.startedAt + DAY_MS),
  }
  if (commitment.endsAt === undefined) return { Status: 'ENABLED', ...times }
  if (commitment.endsAt > now) return { Status: 'ENABLED_UNTIL_EARLIEST_ALLOWED_END', ...times }
  return { Status: 'DISABLED', ...times, EndedAt: new Date(commitment.endsAt) }
}

const describeSettings = ({ account, now }: Call) => ({
  MinimumThroughputBillingCommitment: commitmentAt(account, now),
})

function updateSettings(
  call: Call,
  input: { MinimumThroughputBillingCommitment: { Status: 'ENABLED' | 'DISABLED' } },
) {
  const { account, now } = call
  const { Status } = input.MinimumThroughputBillingCommitment
  const commitment = account.billingCommitment
  const running = commitment !== undefined && (commitment.endsAt ?? Number.POSITIVE_INFINITY) > now
  if (Status === 'ENABLED') {
    if (!running) account.billingCommitment = { enabled: true, startedAt: now }
    else delete commitment.endsAt
  } else {
    if (!running) throw invalidArgument('The minimum throughput billing commitment is not enabled.')
    // It lasts a day at least: asked for earlier, the end is put off.
    commitment.endsAt ??= Math.max(now, commitment.startedAt + DAY_MS)
  }
  return describeSettings(call)
}

/** Ends a commitment whose time has come. */
export function settleCommitment(account: Account, now: number): void {
  const commitment = account.billingCommitment
  if (commitment?.endsAt !== undefined && commitment.endsAt <= now) commitment.enabled = false
}

export const accountOperations: OperationTable = {
  DescribeAccountSettings: describeSettings,
  UpdateAccountSettings: updateSettings,
}
