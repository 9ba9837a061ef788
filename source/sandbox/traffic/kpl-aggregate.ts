import { hash } from 'node:crypto'

export type UserRecord = { partitionKey: string; data: Uint8Array }

const MAGIC = Buffer.from('f3899ac2', 'hex')

/**
 * Packs user records the way the Kinesis Producer Library does: magic, protobuf AggregatedRecord, MD5 of the protobuf.
 * (Format: aggregation-format.md of awslabs/amazon-kinesis-producer.)
 */
export function aggregate(records: readonly UserRecord[]): Buffer {
  const keys = [...new Set(records.map(({ partitionKey }) => partitionKey))]
  const message = Buffer.concat([
    ...keys.map(key => field(1, Buffer.from(key))),
    ...records.map(({ partitionKey, data }) =>
      field(3, Buffer.concat([Buffer.from([0x08]), varint(keys.indexOf(partitionKey)), field(3, data)])),
    ),
  ])
  return Buffer.concat([MAGIC, message, hash('md5', message, 'buffer')])
}

/** A length-delimited protobuf field. */
function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return Buffer.from(bytes)
}
