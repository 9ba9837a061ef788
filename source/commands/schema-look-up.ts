import type { RegistrySchema, SchemaRegistry } from '../aws/services-api.ts'
import type { Clock } from '../domain/clock.ts'
import { reasonOf } from '../domain/decode/byte-reader.ts'
import type { GivenSchema } from '../domain/decode/given-schema.ts'
import {
  type LookUpState,
  readIndexedSchema,
  readSchema,
  type SchemaLookUp,
} from '../domain/decode/schema-shelf.ts'
import { failureOf } from '../domain/failure.ts'

/** Ids that are remembered, known or not; a stream has a handful. */
const MAX_IDS = 1_000
/** Bytes that are no header can look like one with any id: only so many are asked for before the first answer. */
const MAX_FOREIGN_IDS = 20
const MAX_CALLS_AT_ONCE = 4
/** An id that the registry does not have may be registered a moment later. */
const ABSENT_MILLIS = 300_000
/** A registry that does not answer may come back sooner. */
const FAILED_MILLIS = 60_000
const LOOK_UP_MILLIS = 10_000

export type RegistryLookUpOptions = {
  readonly registry: SchemaRegistry
  readonly clock: Clock
  readonly onChange: () => void
}

type Entry = { state: LookUpState; untilMillis: number }

/** Asks a registry in the background, each id once; decoding never waits for it. */
export class RegistryLookUp implements SchemaLookUp {
  readonly #options: RegistryLookUpOptions
  readonly #entries = new Map<string, Entry>()
  readonly #waiting: (() => Promise<void>)[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #stop = new AbortController()
  #revision = 0
  #foundCount = 0
  #absentCount = 0

  constructor(options: RegistryLookUpOptions) {
    this.#options = options
  }

  get revision(): number {
    return this.#revision
  }

  ask(registry: 'glue' | 'confluent', id: string): LookUpState | undefined {
    if (registry !== this.#options.registry.kind || this.#stop.signal.aborted) return undefined
    const known = this.#entries.get(id)
    const now = this.#options.clock.now()
    if (known !== undefined && (known.state.state !== 'failed' || now < known.untilMillis)) return known.state
    const isHopeless = this.#foundCount === 0 && this.#absentCount >= MAX_FOREIGN_IDS
    if (known === undefined && (this.#entries.size >= MAX_IDS || isHopeless)) {
      return { state: 'failed', reason: 'too many ids were asked for in vain' }
    }
    const entry: Entry = { state: { state: 'pending' }, untilMillis: 0 }
    this.#entries.set(id, entry)
    this.#waiting.push(() => this.#fetch(id, entry))
    this.#fill()
    return entry.state
  }

  /** Resolves when nothing is being asked any more, or after the bound. */
  async settled(millis: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const bound = this.#options.clock
      .sleep(millis, AbortSignal.any([signal, over.signal]))
      .then(() => 'bound')
    try {
      while (this.#running.size > 0 && !signal.aborted) {
        if ((await Promise.race([bound, Promise.all(this.#running)])) === 'bound') return
      }
    } finally {
      over.abort()
    }
  }

  close(): void {
    this.#stop.abort()
  }

  #fill(): void {
    while (this.#running.size < MAX_CALLS_AT_ONCE) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      const call = next().finally(() => {
        this.#running.delete(call)
        this.#fill()
      })
      this.#running.add(call)
    }
  }

  async #fetch(id: string, entry: Entry): Promise<void> {
    const { registry, clock, onChange } = this.#options
    try {
      // The port bounds its calls; this bounds an answer that needs several.
      const late = new AbortController()
      void clock
        .sleep(LOOK_UP_MILLIS, AbortSignal.any([this.#stop.signal, late.signal]))
        .then(() => late.abort())
      const answer = await registry
        .schema(id, AbortSignal.any([this.#stop.signal, late.signal]))
        .finally(() => late.abort())
      entry.state = { state: 'found', schema: schemaOf(answer) }
      this.#foundCount += 1
    } catch (error) {
      if (this.#stop.signal.aborted) return
      const { kind, message } = failureOf(error, 'schema')
      const isLate = kind === 'aborted'
      const reason = isLate ? `no answer within ${LOOK_UP_MILLIS / 1_000} s` : message || reasonOf(error)
      entry.state = { state: 'failed', reason }
      entry.untilMillis = clock.now() + (kind === 'not-found' ? ABSENT_MILLIS : FAILED_MILLIS)
      if (kind === 'not-found') this.#absentCount += 1
    }
    this.#revision += 1
    onChange()
  }
}

function schemaOf(answer: RegistrySchema): GivenSchema {
  switch (answer.format) {
    case 'json':
      return { format: 'json' }
    case 'avro':
      return readSchema(answer.content)
    case 'protobuf':
      return readIndexedSchema(answer.content)
  }
}
