import type { ValueCodec } from '../engine/input.ts'

/** How one wire format reads inputs and writes outputs. */
export type Protocol = {
  contentType: string
  codec: ValueCodec
  /** Errors: ServiceError named SerializationException. */
  parse(body: Uint8Array): unknown
  print(output: object): string | Uint8Array
}
