import type { ControlApi } from '../aws/control-api.ts'
import { type Failure, FailureError, failureOf, usageFailure } from '../domain/failure.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { FanOut } from '../tail/fan-out.ts'
import { waitForEffect } from './act.ts'
import type { Context, StateFiles } from './command.ts'

/** Consumers of ours begin so; what else is registered is never touched. */
const PREFIX = 'shardscope-tail-'
const FOLDER = 'consumers'
const ACTIVE_TIMEOUT_MILLIS = 120_000
/** List prices in us-east-1, provisioned mode, as of May 2026. */
const COST =
  'about 0.015 USD an hour and shard plus 0.013 USD a GB (list price of us-east-1 in May 2026; on-demand streams 0.05 USD a GB)'

/** Said before anything is registered. */
export const FAN_OUT_COST = `Enhanced fan-out registers a consumer for this tail, and takes it away at its end. It costs ${COST}.`

/** Kept while a consumer of ours is registered, so that one that outlived its tail can be told from another's. */
type Owner = {
  readonly v: 1
  readonly consumerName: string
  readonly endpoint: string
  readonly streamName: string
  readonly streamArn?: string
  readonly host: string
  readonly pid: number
  readonly registeredAt: string
  /** Its tail has ended, and taking it away failed. */
  readonly isLeft?: true
}

type Ports = {
  readonly control: ControlApi
  readonly files: StateFiles
  readonly self: NonNullable<Context['self']>
  readonly subscribe: NonNullable<Context['subscribe']>
}

/** A consumer of our own on one stream, from its registration to its end. */
export class FanOutConsumer {
  readonly #context: Context
  readonly #stream: StreamRef
  readonly #ports: Ports
  #consumerName: string | undefined
  #isRegistered = false
  #owner: Owner | undefined

  constructor(context: Context, stream: StreamRef) {
    const { control, stateFiles: files, self, subscribe } = context
    if (control === undefined || files === undefined || self === undefined || subscribe === undefined) {
      throw usageFailure('tail', 'enhanced fan-out is not to be had here')
    }
    this.#context = context
    this.#stream = stream
    this.#ports = { control, files, self, subscribe }
  }

  /** Consumers that an earlier tail on this machine left behind because it was killed; resolves to their names. */
  async cleanUp(): Promise<readonly string[]> {
    const { control, files, self } = this.#ports
    const removed: string[] = []
    for (const name of await files.list(FOLDER)) {
      const owner = readOwner(await files.read(name))
      const isLeft =
        owner !== undefined &&
        owner.host === self.host &&
        owner.endpoint === this.#endpoint &&
        owner.streamName === this.#stream.streamName &&
        owner.consumerName.startsWith(PREFIX) &&
        (owner.isLeft === true || !self.isAlive(owner.pid))
      if (!isLeft) continue
      try {
        await control.deregisterConsumer(this.#stream, owner.consumerName, { signal: this.#context.signal })
        removed.push(owner.consumerName)
      } catch (error) {
        if (failureOf(error, 'DeregisterStreamConsumer').kind !== 'not-found') throw error
      }
      await files.remove(name)
    }
    return removed
  }

  /**
   * Registers a consumer under a name that nobody else has, and waits until it is ACTIVE, two minutes at most. Yields progress.
   * @throws FailureError, e.g. `read-only`, `quota` (20 consumers a stream, 50 with On-demand Advantage), `incomplete`
   */
  async *register(): AsyncGenerator<string, FanOut> {
    const { control, files, self, subscribe } = this.#ports
    const { clock, random, signal } = this.#context
    const chance = Array.from({ length: 8 }, () => Math.floor(random() * 16).toString(16)).join('')
    const consumerName = `${PREFIX}${Math.floor(clock.now() / 1_000)}-${chance}`
    const owner: Owner = {
      v: 1,
      consumerName,
      endpoint: this.#endpoint,
      streamName: this.#stream.streamName,
      ...(this.#stream.streamArn === undefined ? {} : { streamArn: this.#stream.streamArn }),
      host: self.host,
      pid: self.pid,
      registeredAt: new Date(clock.now()).toISOString(),
    }
    this.#owner = owner
    // First the note, then the consumer: killed between the two, there is nothing to pay for that nobody knows of.
    await files.write(fileOf(consumerName), `${JSON.stringify(owner)}\n`)
    this.#consumerName = consumerName
    let consumerArn = (await control.registerConsumer(this.#stream, consumerName, { signal })).consumerArn
    this.#isRegistered = true
    yield `consumer ${consumerName} is registered`
    yield* waitForEffect(
      { clock, signal },
      {
        action: 'RegisterStreamConsumer',
        timeoutMillis: ACTIVE_TIMEOUT_MILLIS,
        nextStep: 'Try again, or tail without --fan-out.',
      },
      async () => {
        const consumers = await control.listConsumers(this.#stream, { signal })
        const own = consumers.find(each => each.consumerName === consumerName)
        consumerArn = own?.consumerArn ?? consumerArn
        if (own?.consumerStatus === 'ACTIVE') return { isDone: true, value: undefined }
        return { isDone: false, progress: `the consumer is ${own?.consumerStatus ?? 'not listed yet'}` }
      },
    )
    if (consumerArn === undefined) {
      throw new FailureError({
        kind: 'bad-answer',
        action: 'RegisterStreamConsumer',
        message: 'the consumer was registered without an ARN',
        retryable: false,
      })
    }
    return { consumerArn, subscribe }
  }

  /** Takes the consumer away, also after a signal. Resolves to the failure where it is still there. */
  async end(): Promise<Failure | undefined> {
    const consumerName = this.#consumerName
    if (consumerName === undefined) return undefined
    this.#consumerName = undefined
    const { control, files } = this.#ports
    try {
      // Without the command's own signal, which is what ended the tail.
      await control.deregisterConsumer(this.#stream, consumerName)
    } catch (error) {
      const failure = failureOf(error, 'DeregisterStreamConsumer')
      // Refused at its registration for being read-only, there is none; a session that was disarmed since leaves one.
      const isThere = failure.kind !== 'not-found' && (failure.kind !== 'read-only' || this.#isRegistered)
      if (isThere) {
        const owner = { ...this.#owner, isLeft: true }
        await files.write(fileOf(consumerName), `${JSON.stringify(owner)}\n`).catch(() => {})
        return failure
      }
    }
    await files.remove(fileOf(consumerName))
    return undefined
  }

  get #endpoint(): string {
    return this.#context.model().session.endpoint.value
  }
}

function fileOf(consumerName: string): string {
  return `${FOLDER}/${consumerName}.json`
}

function readOwner(text: string | undefined): Owner | undefined {
  if (text === undefined) return undefined
  try {
    const owner = JSON.parse(text) as Owner
    return owner.v === 1 && typeof owner.consumerName === 'string' && typeof owner.pid === 'number'
      ? owner
      : undefined
  } catch {
    return undefined
  }
}
