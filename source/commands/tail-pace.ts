import { usageFailure } from '../domain/failure.ts'
import type { SessionInfo } from '../state/model.ts'
import { DEFAULT_PACE, EAGER_PACE, UNLIMITED_PACE } from '../tail/read-budget.ts'
import type { ReadPace } from '../tail/tail-options.ts'
import type { ArgSpecs } from './argument.ts'

/** The argument by which a command that tails is told how hard it may read. */
export const PACE_ARG = {
  pace: {
    kind: 'choice',
    title:
      'Reads of a shard at its tip: gentle (1/s), eager (4/s while records come), unlimited (local endpoints only)',
    choices: ['gentle', 'eager', 'unlimited'],
    defaultText: 'gentle',
    only: 'headless',
  },
} as const satisfies ArgSpecs

/**
 * The pace of that name. The unlimited one would take a shard away from all of its other readers, so it is for endpoints of
 * this machine only.
 * @throws FailureError of kind `usage`
 */
export function paceNamed(name: string, session: SessionInfo): ReadPace {
  if (name === 'eager') return EAGER_PACE
  if (name !== 'unlimited') return DEFAULT_PACE
  if (!session.isSandbox && !isLoopback(session.endpoint.value)) {
    throw usageFailure(
      'tail',
      `--pace unlimited ignores the limits of Kinesis, and ${session.endpoint.value} is not on this machine`,
      'Use --pace eager, or an emulator or sandbox on 127.0.0.1.',
    )
  }
  return UNLIMITED_PACE
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
