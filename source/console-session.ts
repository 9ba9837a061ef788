import type { Connection } from './aws/connection.ts'
import type { ControlApi } from './aws/control-api.ts'
import type { KinesisApi, SubscribeToShard } from './aws/kinesis-api.ts'
import type { MetricsApi } from './aws/metrics-api.ts'
import type { ServicesApi } from './aws/services-api.ts'
import type { SessionPort } from './commands/command.ts'
import { sessionInfoOf } from './commands/session-info.ts'
import type { ApiCall } from './domain/api-call.ts'
import type { Arming } from './domain/session.ts'
import type { Event } from './state/event.ts'
import type { CallEntry, SessionInfo } from './state/model.ts'

/** The connection of the moment: what the console works with, and how it gets another one. */
export class ConsoleSession implements SessionPort {
  #connection: Connection
  readonly #arming: Arming
  readonly #regions: readonly string[]
  readonly #dispatch: (event: Event) => void
  #announced: string
  /** Ends what has to be undone on the connection of the moment; set once there is somebody who does such things. */
  beforeSwitch: (() => Promise<() => void>) | undefined

  constructor(options: {
    readonly connection: Connection
    readonly arming: Arming
    readonly regions: readonly string[]
    readonly dispatch: (event: Event) => void
  }) {
    this.#connection = options.connection
    this.#arming = options.arming
    this.#regions = options.regions
    this.#dispatch = options.dispatch
    this.#announced = JSON.stringify(this.info())
  }

  get api(): KinesisApi {
    return this.#connection.api
  }

  get services(): ServicesApi {
    return this.#connection.services
  }

  get control(): ControlApi {
    return this.#connection.control
  }

  get subscribe(): SubscribeToShard | undefined {
    return this.#connection.subscribe
  }

  get metrics(): MetricsApi {
    return this.#connection.metrics
  }

  info(): SessionInfo {
    const session = this.#connection.session()
    return sessionInfoOf(session, session.endpointUrl.origin.kind === 'sandbox')
  }

  async switchTo(target: { readonly profile?: string; readonly region?: string }): Promise<void> {
    const before = this.#connection
    const next = await before.switchTo(target)
    // While it is still open and armed: a consumer that was registered is taken away.
    const goOn = await this.beforeSwitch?.()
    // Whoever armed one account has not armed another.
    this.#arming.armed = false
    this.#connection = next
    this.#announce()
    before.close()
    goOn?.()
  }

  setArmed(isArmed: boolean): void {
    this.#arming.armed = isArmed
    this.#announce()
  }

  reloadCredentials(): void {
    this.#connection.reloadCredentials()
  }

  async profiles(): Promise<readonly string[]> {
    return (await this.#connection.listProfiles()).map(profile => profile.profileName)
  }

  regions(): readonly string[] {
    return this.#regions
  }

  /** A call has ended: it is logged, and an answer may have told the account. */
  callEnded(call: ApiCall): void {
    this.#dispatch({ type: 'call-ended', call: callEntryOf(call) })
    this.#announce()
  }

  close(): void {
    this.#connection.close()
  }

  #announce(): void {
    const session = this.info()
    const text = JSON.stringify(session)
    if (text === this.#announced) return
    this.#announced = text
    this.#dispatch({ type: 'session-changed', session })
  }
}

function callEntryOf(call: ApiCall): CallEntry {
  const outcome =
    call.outcome === 'ok'
      ? 'ok'
      : call.outcome === 'throttled'
        ? 'throttled'
        : call.outcome === 'aborted'
          ? 'note'
          : 'failed'
  const said =
    call.outcome === 'aborted' ? 'called off' : [call.errorName, call.message].filter(Boolean).join(': ')
  // Shards by number: an id takes the room that the message needs.
  const target = call.target.replace(/shardId-0*(\d+)/g, 'shard $1')
  const detail = [target, said].filter(text => text !== '').join('  ')
  return {
    operation: call.operation,
    at: call.startedAt,
    durationMillis: call.durationMillis,
    outcome,
    ...(detail === '' ? {} : { detail }),
  }
}
