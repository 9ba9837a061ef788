// How the rest of the program gets at AWS:
//
//   const connection = await connect({ settings: config.aws, arming, onCall, askMfaCode })   // source/aws/connect.ts
//   connection.api.listStreams() ...          one KinesisApi; inside, tail, board and acts have clients of their own
//   connection.session()                      endpoint, region, profile, account, each with its origin
//   const next = await connection.switchTo({ profile: 'prod' })   // then connection.close(), when nothing reads it
//
// `connect` throws FailureError (kinds `usage`, `credentials`, `aborted`) and has resolved credentials when it returns.
// For the embedded sandbox: settings = sandboxSettings(url) of settings.ts and its requestHandler; for an ARN that the
// user named: settingsForStream(settings, arn). `arming` is yours: set `arming.armed = true` to allow acts.

import type { ApiCall } from '../domain/api-call.ts'
import type { AuditSink } from '../domain/audit.ts'
import type { Clock } from '../domain/clock.ts'
import type { Arming, ProfileGuard, ProfileListing, Session } from '../domain/session.ts'
import type { ControlApi } from './control-api.ts'
import type { KinesisApi, SubscribeToShard } from './kinesis-api.ts'
import type { MetricsApi } from './metrics-api.ts'
import type { RequestHandler } from './request-handler.ts'
import type { PermissionChecks, ServicesApi } from './services-api.ts'
import type { AwsSettings } from './settings.ts'

/** Milliseconds after which a step of a call is given up. */
export type Deadlines = {
  /** TCP and TLS set-up of one attempt. */
  readonly connectMillis: number
  /** From the request to the first byte of the answer, one attempt. */
  readonly answerMillis: number
  /** Silence on the socket, also in the middle of an answer. */
  readonly idleMillis: number
  /** The whole call with its retries and waits. */
  readonly callMillis: number
  /** Loading credentials, without the time that a person takes to type an MFA code. */
  readonly credentialsMillis: number
}

export type ConnectOptions = {
  readonly settings: AwsSettings
  readonly arming: Readonly<Arming>
  /** Asks a person for the code of an MFA device (its serial number or ARN). Absent: MFA profiles fail and say so. */
  readonly askMfaCode?: (mfaSerial: string, signal: AbortSignal) => Promise<string>
  readonly onCall?: (call: ApiCall) => void
  /** Warnings of the SDK and of this layer, one line each; nothing is ever written to stderr. */
  readonly onWarning?: (text: string) => void
  /** Told of the values that give access each time credentials were loaded, so that a crash does not print them. */
  readonly onSecrets?: (values: readonly string[]) => void
  /** What was laid down about a profile: a locked one can never be armed. Asked anew at each switch. */
  readonly guardFor?: (profileName: string | undefined) => ProfileGuard | undefined
  /** Keeps every call that changes something. */
  readonly audit?: AuditSink
  /** Told of each entry that it could not keep; default: `onWarning`. */
  readonly onUnaudited?: (text: string) => void
  readonly deadlines?: Partial<Deadlines>
  readonly clock?: Pick<Clock, 'now'>
  readonly signal?: AbortSignal
  /**
   * Answers every request of every client in this process, without a socket: the embedded sandbox. Goes with
   * sandboxSettings; a switch that leaves the sandbox leaves it behind.
   */
  readonly requestHandler?: RequestHandler
}

export type Connection = {
  readonly api: KinesisApi
  readonly control: ControlApi
  /** Enhanced fan-out. */
  readonly subscribe?: SubscribeToShard
  readonly metrics: MetricsApi
  /** The services around a stream; none is loaded or asked before it is needed. */
  readonly services: ServicesApi
  readonly checks: PermissionChecks
  session(): Session
  /** The profiles of the shared AWS config files, read anew at each call, by name. */
  listProfiles(): Promise<ProfileListing[]>
  /**
   * A second connection with another profile and/or region; this one stays usable until it is closed. A profile
   * brings its own region unless one is given, and leaves the sandbox for AWS.
   */
  switchTo(
    choice: { readonly profile?: string; readonly region?: string },
    signal?: AbortSignal,
  ): Promise<Connection>
  /** Credentials are loaded anew at the next call, e.g. after the user has run `aws sso login`. */
  reloadCredentials(): void
  /** Ends the sockets; calls in flight fail. */
  close(): void
}
