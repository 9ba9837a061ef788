import type { Clock } from '../domain/clock.ts'
import { FailureError } from '../domain/failure.ts'

/** What signs a request. The names are the SDK's. */
export type Identity = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
  readonly accountId?: string
}

/** Credentials are renewed this long before they end, as the SDK does. */
const RENEW_BEFORE_MILLIS = 300_000
const SHORTEST_FAILURE_MEMORY_MILLIS = 5_000
const LONGEST_FAILURE_MEMORY_MILLIS = 60_000
/**
 * Keys that were refused are tried once more after this long, should their source still give the same ones: new keys
 * are unknown to the service for some seconds, and an emulator may have been wrong.
 */
const REFUSAL_MEMORY_MILLIS = 60_000

/**
 * One identity for all clients of a connection. Unlike the SDK's memory it also remembers failures (a machine without
 * instance metadata would stall two seconds at every call), and it forgets an identity that the service called expired,
 * so that renewed files are read and next to no request goes out with keys that are known to be dead.
 */
export class CredentialCache {
  readonly #load: () => Promise<Identity>
  readonly #clock: Pick<Clock, 'now'>
  #current: Identity | undefined
  #pending: Promise<Identity> | undefined
  #failure: { readonly error: unknown; readonly until: number } | undefined
  #refused: { readonly fingerprint: string; readonly until: number } | undefined

  constructor(load: () => Promise<Identity>, clock: Pick<Clock, 'now'>) {
    this.#load = load
    this.#clock = clock
  }

  /** The identity to sign with; at most one load at a time. Rejects with what `load` threw. */
  async get(): Promise<Identity> {
    const now = this.#clock.now()
    const current = this.#current
    const left = current === undefined ? 0 : (current.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - now
    if (current !== undefined && left > RENEW_BEFORE_MILLIS) return current
    if (this.#failure === undefined || now >= this.#failure.until) {
      try {
        this.#pending ??= this.#renew()
        return await this.#pending
      } catch (error) {
        if (current === undefined || left <= 0) throw error
      }
    }
    // The renewal failed, yet the old identity has minutes left.
    if (current !== undefined && left > 0 && this.#current === current) return current
    throw this.#failure?.error
  }

  /** The service refused a request as signed with expired or unknown keys; a late answer about older keys is ignored. */
  refuse(fingerprint: string): void {
    if (this.#current !== undefined && fingerprintOf(this.#current) !== fingerprint) return
    this.#refused = { fingerprint, until: this.#clock.now() + REFUSAL_MEMORY_MILLIS }
    this.#current = undefined
  }

  /** Forget everything: the user says that something was renewed. */
  reload(): void {
    this.#current = undefined
    this.#failure = undefined
    this.#refused = undefined
  }

  async #renew(): Promise<Identity> {
    const startedAt = this.#clock.now()
    try {
      const identity = await this.#load()
      const refused = this.#refused
      if (fingerprintOf(identity) === refused?.fingerprint && this.#clock.now() < refused.until) {
        throw new FailureError({
          kind: 'credentials',
          action: 'LoadCredentials',
          message: 'The credentials have expired, and the place they came from still holds the same ones.',
          nextStep: 'Renew them there (for SSO: `aws sso login`); the console goes on by itself.',
          retryable: false,
        })
      }
      this.#current = identity
      this.#failure = undefined
      this.#refused = undefined
      return identity
    } catch (error) {
      // A load that took long is not repeated soon, or every poll would wait for it again.
      const now = this.#clock.now()
      const memory = Math.max(SHORTEST_FAILURE_MEMORY_MILLIS, 10 * (now - startedAt))
      this.#failure = { error, until: now + Math.min(memory, LONGEST_FAILURE_MEMORY_MILLIS) }
      throw error
    } finally {
      this.#pending = undefined
    }
  }
}

/** Tells identities apart without holding the secret. */
export function fingerprintOf(identity: Pick<Identity, 'accessKeyId' | 'sessionToken'>): string {
  return `${identity.accessKeyId} ${identity.sessionToken ?? ''}`
}
