import type { Failure } from '../domain/failure.ts'
import type { TailEvent } from '../domain/tail-event.ts'

type Ongoing = { readonly failure: Failure; readonly sinceMillis: number; readonly shardIds: Set<string> }

/** Turns the failures of many shards into one event when a kind begins and one when it has passed everywhere. */
export class FailureLedger {
  readonly #ongoing = new Map<string, Ongoing>()
  readonly #kindOfShard = new Map<string, string>()
  readonly #givenUp = new Set<string>()

  /** A call for `source` (a shard id, or the listing) failed and will be tried again. */
  retried(source: string, failure: Failure, nowMillis: number): TailEvent[] {
    const kind = kindOf(failure)
    if (this.#kindOfShard.get(source) === kind) return []
    const events = this.recovered(source, nowMillis)
    this.#kindOfShard.set(source, kind)
    const ongoing = this.#ongoing.get(kind)
    if (ongoing !== undefined) {
      ongoing.shardIds.add(source)
      return events
    }
    this.#ongoing.set(kind, { failure, sinceMillis: nowMillis, shardIds: new Set([source]) })
    events.push({ type: 'failure-met', failure, isRetried: true })
    return events
  }

  /** A call for `source` worked again (or it is not read any more). */
  recovered(source: string, nowMillis: number): TailEvent[] {
    const kind = this.#kindOfShard.get(source)
    if (kind === undefined) return []
    this.#kindOfShard.delete(source)
    const ongoing = this.#ongoing.get(kind)
    if (ongoing === undefined) return []
    ongoing.shardIds.delete(source)
    if (ongoing.shardIds.size > 0) return []
    this.#ongoing.delete(kind)
    return [
      { type: 'failure-passed', failure: ongoing.failure, lastedMillis: nowMillis - ongoing.sinceMillis },
    ]
  }

  /** A shard was given up; said once a kind. */
  gaveUp(source: string, failure: Failure, nowMillis: number): TailEvent[] {
    const events = this.recovered(source, nowMillis)
    const kind = kindOf(failure)
    if (!this.#givenUp.has(kind)) {
      this.#givenUp.add(kind)
      events.push({ type: 'failure-met', failure, isRetried: false })
    }
    return events
  }
}

function kindOf(failure: Failure): string {
  return `${failure.kind} ${failure.errorName ?? ''}`
}
