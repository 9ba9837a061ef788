import type { ShapeTable, ValueCodec } from '../engine/input.ts'
import type { WireResponse } from '../wire/exchange.ts'
import type { CloudWatchError } from './cloudwatch-error.ts'

/** One of the protocols CloudWatch speaks: how it is read and written. Outputs have Date for times and Map for maps. */
export type WireFormat = {
  codec: ValueCodec
  parse(body: Uint8Array, operation: string, shapes: ShapeTable): unknown
  success(operation: string, output: object, requestId: string): WireResponse
  failure(error: CloudWatchError, requestId: string): WireResponse
}
