import type { KinesisApi } from '../aws/kinesis-api.ts'
import type { MetricsApi } from '../aws/metrics-api.ts'
import type { PermissionChecks, ServicesApi } from '../aws/services-api.ts'
import type { Session } from '../domain/session.ts'

/** What a terminal can do, as far as it says. */
export type TerminalFacts = {
  readonly isInputTerminal: boolean
  readonly isOutputTerminal: boolean
  readonly term?: string
  readonly columns?: number
  readonly rows?: number
  /** Bits of colour, 1 where there is none. */
  readonly colorDepth?: number
  readonly isUtf8: boolean
  readonly hasColorSwitchedOff: boolean
  readonly nodeVersion: string
}

/** A connection whose every step has a short deadline. */
export type Inspected = {
  readonly api: KinesisApi
  readonly metrics: MetricsApi
  readonly services: ServicesApi
  readonly checks: PermissionChecks
  readonly session: Session
}

/** How doctor gets at the world: what cannot be connected is a finding, not an end. */
export type DoctorWorld = {
  readonly terminal: TerminalFacts
  /** @throws FailureError `usage`, `credentials`, `aborted` or `unreachable` */
  connect(signal: AbortSignal): Promise<Inspected>
}
