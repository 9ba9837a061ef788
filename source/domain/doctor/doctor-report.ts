/** `missing`: it was tried and refused. `unknown`: it could not be tried, or no answer came in time. */
export type CheckVerdict = 'ok' | 'missing' | 'unknown'

export type Check = {
  /** What is looked at, e.g. `credentials`, `kinesis:ListShards`. */
  readonly name: string
  readonly verdict: CheckVerdict
  /** What was found, one sentence. */
  readonly detail: string
  /** The IAM action behind it, and what it is for. */
  readonly action?: string
  readonly resource?: string
  readonly neededFor?: string
  readonly nextStep?: string
}

export type DoctorReport = {
  readonly checks: readonly Check[]
  /** What an administrator would have to add; absent where no permission is missing. */
  readonly policy?: PolicyDocument
}

export type PolicyDocument = {
  readonly Version: '2012-10-17'
  readonly Statement: readonly {
    readonly Effect: 'Allow'
    readonly Action: readonly string[]
    readonly Resource: readonly string[]
  }[]
}

/** The smallest policy that allows what was missing: one statement a resource, actions in order. */
export function policyFor(checks: readonly Check[]): PolicyDocument | undefined {
  const byResource = new Map<string, Set<string>>()
  for (const { verdict, action, resource } of checks) {
    if (verdict !== 'missing' || action === undefined) continue
    const actions = byResource.get(resource ?? '*') ?? new Set()
    actions.add(action)
    byResource.set(resource ?? '*', actions)
  }
  if (byResource.size === 0) return undefined
  return {
    Version: '2012-10-17',
    Statement: [...byResource].map(([resource, actions]) => ({
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: [resource],
    })),
  }
}
