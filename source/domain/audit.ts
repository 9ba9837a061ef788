/** One call that changes something, as it goes into the audit log. Payloads of records are never in it. */
export type AuditEntry = {
  /** Milliseconds since the epoch when the call was sent. */
  readonly at: number
  /** Ties the two lines of one call together. */
  readonly callId: string
  /** `sent` before the call, `answered` after it: a program that dies in between leaves the first one. */
  readonly event: 'sent' | 'answered'
  readonly operation: string
  /** Members of the request; bytes and records only counted. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly identity: AuditIdentity
  /** With `answered`: `ok`, or the kind of the failure. */
  readonly outcome?: string
  readonly errorName?: string
  readonly message?: string
  readonly durationMillis?: number
  /** The same call for the AWS CLI; absent for puts, whose payload is not kept. */
  readonly awsCli?: string
}

/** Who did it, as far as this machine knows. No secrets. */
export type AuditIdentity = {
  readonly endpoint: string
  readonly region: string
  readonly profile?: string
  readonly accountId?: string
  /** How requests were signed, e.g. `SSO`. */
  readonly credentials: string
  /** The user of this machine, where whoever keeps the log can tell. */
  readonly user?: string
}

/** Keeps one entry; rejects with a FailureError where it cannot. */
export type AuditSink = (entry: AuditEntry) => Promise<void>

/** What was done before, read from the log of this user on this machine. Others may have done more. */
export type ActHistory = {
  /** When calls of an operation to a stream were answered with `ok`, milliseconds since the epoch, oldest first. */
  callsOf(call: {
    readonly operation: string
    readonly streamName: string
    readonly endpoint: string
    readonly region: string
    readonly sinceMillis: number
  }): Promise<readonly number[]>
}
