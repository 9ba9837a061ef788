import type { SchemaRegistry, ServicesApi } from '../aws/services-api.ts'
import type { Clock } from '../domain/clock.ts'
import { type DecoderRule, ruleFor } from '../domain/decode/decoder-rule.ts'
import { StreamDecoding } from '../domain/decode/stream-decoding.ts'
import { usageFailure } from '../domain/failure.ts'
import type { StreamRef } from '../domain/stream.ts'
import { readSchemasInto } from './schema-files.ts'
import { RegistryLookUp } from './schema-look-up.ts'

export type DecodingsOptions = {
  readonly rules: readonly DecoderRule[]
  readonly readInput: (path: string) => Promise<Uint8Array>
  readonly clock: Clock
  /** Where the session is at the moment: rules can be meant for one profile or endpoint. */
  readonly session: () => {
    readonly profile?: { readonly value: string }
    readonly endpoint: { readonly value: string }
  }
  readonly services: () => ServicesApi | undefined
  /** A schema has come: what was decoded before may read differently now. */
  readonly onChange?: () => void
}

type Kept = { readonly decoding: StreamDecoding; loaded: Promise<string | undefined> }

/** How each stream's records are read, kept for the session: rules of the config, schemas that were given, registries. */
export class Decodings {
  readonly #options: DecodingsOptions
  readonly #kept = new Map<string, Kept>()
  readonly #registries = new Map<string, RegistryLookUp>()

  constructor(options: DecodingsOptions) {
    this.#options = options
  }

  /** At once; the files of its rule are read meanwhile, see `problem`. */
  of(stream: StreamRef): StreamDecoding {
    return this.#keptOf(stream).decoding
  }

  /**
   * Once the files that the stream's rule names were read: why one of them is not usable, or undefined.
   */
  async problem(stream: StreamRef): Promise<string | undefined> {
    return await this.#keptOf(stream).loaded
  }

  /**
   * Adds schemas, written as `--schema` has them, to what reads a stream.
   * @throws FailureError `usage` that names the file
   */
  async addSchemas(stream: StreamRef, text: string): Promise<void> {
    await readSchemasInto(this.of(stream).schemas, text, this.#options.readInput)
    this.#options.onChange?.()
  }

  /** @throws FailureError `usage` for what is no registry */
  lookUpIn(stream: StreamRef, where: string): void {
    const { decoding } = this.#keptOf(stream)
    decoding.schemas.lookUp = this.#registry(where.trim())
    this.#options.onChange?.()
  }

  /** Waits until the registries have answered what decoding asked of them, at most so long. */
  async settled(stream: StreamRef, millis: number, signal: AbortSignal): Promise<void> {
    const { lookUp } = this.of(stream).schemas
    if (lookUp instanceof RegistryLookUp) await lookUp.settled(millis, signal)
  }

  close(): void {
    for (const registry of this.#registries.values()) registry.close()
  }

  #keptOf(stream: StreamRef): Kept {
    const { profile, endpoint } = this.#options.session()
    const origin = {
      streamName: stream.streamName,
      endpoint: endpoint.value,
      ...(profile === undefined ? {} : { profile: profile.value }),
    }
    const key = JSON.stringify([origin, stream.streamArn])
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const rule = ruleFor(this.#options.rules, origin)
    const kept: Kept = { decoding: new StreamDecoding(rule?.forced), loaded: Promise.resolve(undefined) }
    this.#kept.set(key, kept)
    kept.loaded = this.#load(rule, kept.decoding)
    return kept
  }

  async #load(rule: DecoderRule | undefined, decoding: StreamDecoding): Promise<string | undefined> {
    try {
      if (rule?.registry !== undefined) decoding.schemas.lookUp = this.#registry(rule.registry)
      if (rule?.schema === undefined) return undefined
      await readSchemasInto(decoding.schemas, rule.schema, this.#options.readInput)
      this.#options.onChange?.()
      return undefined
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return `the rule of decoders for "${rule?.stream}": ${message}`
    }
  }

  #registry(where: string): RegistryLookUp {
    // One account's registry is not another's.
    const { profile, endpoint } = this.#options.session()
    const key = where === 'glue' ? JSON.stringify([profile?.value, endpoint.value]) : where
    const known = this.#registries.get(key)
    if (known !== undefined) return known
    const { clock, services, onChange = () => {} } = this.#options
    // Asked of the connection of the moment: one that was switched away from and back to is another.
    const registryNow = () => {
      const registry = services()?.schemaRegistry?.(where)
      if (registry === undefined) throw usageFailure('schema', 'no schema registry can be asked here')
      return registry
    }
    const registry: SchemaRegistry = {
      kind: registryNow().kind,
      schema: async (id, signal) => await registryNow().schema(id, signal),
    }
    const made = new RegistryLookUp({ registry, clock, onChange })
    this.#registries.set(key, made)
    return made
  }
}
