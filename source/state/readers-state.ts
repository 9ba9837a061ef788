import type { Failure } from '../domain/failure.ts'
import type { ReadersSnapshot } from '../domain/readers/reader.ts'
import type { StreamRef } from '../domain/stream.ts'

/** The readers of one stream, as last looked at; a failure stands beside what is still shown. */
export type ReadersState = {
  readonly stream: StreamRef
  readonly snapshot?: ReadersSnapshot
  readonly failure?: Failure
}
