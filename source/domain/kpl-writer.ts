import { hash } from 'node:crypto'

/** One user record to be packed. */
export type UserRecord = {
  readonly partitionKey: string
  readonly explicitHashKey?: bigint
  readonly data: Uint8Array
}

const MAGIC = Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2)

/**
 * User records as one KPL aggregate (KPL aggregation-format.md): magic, protobuf of key tables and records, MD5 of the
 * protobuf. Readers take it apart again; all records land in the shard of the outer record.
 */
export function kplAggregate(records: readonly UserRecord[]): Uint8Array {
  const partitionKeys = [...new Set(records.map(({ partitionKey }) => partitionKey))]
  const hashKeys = [
    ...new Set(
      records.flatMap(({ explicitHashKey }) =>
        explicitHashKey === undefined ? [] : [String(explicitHashKey)],
      ),
    ),
  ]
  const message = concat([
    ...partitionKeys.map(key => field(1, utf8(key))),
    ...hashKeys.map(key => field(2, utf8(key))),
    ...records.map(({ partitionKey, explicitHashKey, data }) =>
      field(
        3,
        concat([
          number(1, partitionKeys.indexOf(partitionKey)),
          ...(explicitHashKey === undefined ? [] : [number(2, hashKeys.indexOf(String(explicitHashKey)))]),
          field(3, data),
        ]),
      ),
    ),
  ])
  return concat([MAGIC, message, hash('md5', message, 'buffer')])
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A length-delimited field. */
function field(index: number, bytes: Uint8Array): Uint8Array {
  return concat([varint((index << 3) | 2), varint(bytes.length), bytes])
}

function number(index: number, value: number): Uint8Array {
  return concat([varint(index << 3), varint(value)])
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
