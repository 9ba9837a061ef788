import type { StartingPosition } from '../aws/kinesis-api.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { SequenceNumber } from '../domain/shard.ts'

/** Where the next fresh iterator of a shard must start so that nothing is lost and nothing comes twice. */
export class Place {
  readonly #start: StartingPosition
  #lastSequenceNumber: SequenceNumber | undefined
  #attachedAtMillis: number | undefined

  constructor(start: StartingPosition) {
    this.#start = start
  }

  position(): StartingPosition {
    if (this.#lastSequenceNumber !== undefined) {
      return { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: this.#lastSequenceNumber }
    }
    // A second LATEST would skip what came since the first. Nothing was seen yet, so nothing can come twice.
    if (this.#start.type === 'LATEST' && this.#attachedAtMillis !== undefined) {
      return { type: 'AT_TIMESTAMP', timestamp: new Date(this.#attachedAtMillis) }
    }
    return this.#start
  }

  /** The first iterator's moment is kept: it stands for LATEST for as long as no record was seen. */
  iteratorTaken(atMillis: number): void {
    this.#attachedAtMillis ??= atMillis
  }

  /** Everything up to this number was read, whether there are records or not (ContinuationSequenceNumber). */
  reached(sequenceNumber: SequenceNumber): void {
    this.#lastSequenceNumber = sequenceNumber
  }

  sawRecords(records: readonly StreamRecord[]): void {
    const last = records.at(-1)
    if (last !== undefined) this.#lastSequenceNumber = last.sequenceNumber
  }
}
