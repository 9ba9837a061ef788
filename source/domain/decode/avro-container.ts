import * as zlib from 'node:zlib'
import { readAvroDatum, readAvroLength, readAvroLong } from './avro-datum.ts'
import { type AvroType, nameOf, parseAvroSchemaText } from './avro-schema.ts'
import { ByteReader, Malformed, reasonOf } from './byte-reader.ts'
import type { JsonDocument } from './decoded-record.ts'
import { inflateWithin } from './inflate.ts'
import { documentOf } from './plain-value.ts'
import { unpackSnappyBlock } from './snappy-block.ts'
import type { ByteStage, InflateBudget } from './stage.ts'

const MAGIC = [0x4f, 0x62, 0x6a, 0x01]
const SYNC_BYTES = 16

type Header = { readonly type: AvroType; readonly codec: string; readonly sync: Uint8Array }

/** An Avro object container: a file in a record, with its schema. */
export const avroContainerStage: ByteStage = {
  stage: 'avro',
  unwrap(bytes, { inflateBudget }) {
    if (!MAGIC.every((byte, index) => bytes[index] === byte)) return undefined
    try {
      const reader = new ByteReader(bytes, MAGIC.length)
      const header = readHeader(reader)
      const documents: JsonDocument[] = []
      while (!reader.isAtEnd) readBlock(reader, header, documents, inflateBudget)
      const count = documents.length === 1 ? '' : ` x${documents.length}`
      return {
        outcome: 'content',
        content: { kind: 'json', documents },
        label: `Avro ${nameOf(header.type)}${count}`,
      }
    } catch (error) {
      return { outcome: 'refused', reason: reasonOf(error) }
    }
  },
}

function readHeader(reader: ByteReader): Header {
  const metadata = new Map<string, Uint8Array>()
  for (let count = readAvroLong(reader); count !== 0n; count = readAvroLong(reader)) {
    if (count < 0n) readAvroLong(reader)
    for (let left = count < 0n ? -count : count; left > 0n; left -= 1n) {
      const key = reader.text(readAvroLength(reader))
      metadata.set(key, reader.take(readAvroLength(reader)))
    }
  }
  const sync = reader.take(SYNC_BYTES)
  const schema = metadata.get('avro.schema')
  if (schema === undefined) throw new Malformed('carries no schema')
  const codecBytes = metadata.get('avro.codec')
  const codec = codecBytes === undefined ? 'null' : new TextDecoder().decode(codecBytes)
  return { type: parseAvroSchemaText(new TextDecoder().decode(schema)), codec, sync }
}

function readBlock(
  reader: ByteReader,
  header: Header,
  documents: JsonDocument[],
  budget: InflateBudget,
): void {
  const count = readAvroLong(reader)
  const packed = reader.take(readAvroLength(reader))
  if (!equal(reader.take(SYNC_BYTES), header.sync)) throw new Malformed('a sync marker does not match')
  const block = reader.of(unpack(packed, header.codec, budget))
  for (let left = count; left > 0n; left -= 1n) {
    documents.push(documentOf(readAvroDatum(block, header.type)))
  }
  if (!block.isAtEnd) throw new Malformed('a block is longer than its values')
}

function unpack(packed: Uint8Array, codec: string, budget: InflateBudget): Uint8Array {
  switch (codec) {
    case 'null':
      return packed
    case 'deflate':
      return inflated(budget, options => zlib.inflateRawSync(packed, options))
    case 'zstandard':
      if (typeof zlib.zstdDecompressSync !== 'function') break
      return inflated(budget, options => zlib.zstdDecompressSync(packed, options))
    case 'snappy': {
      const unpacked = unpackSnappyBlock(packed.subarray(0, Math.max(0, packed.length - 4)), budget)
      const checksum = new ByteReader(packed, Math.max(0, packed.length - 4)).uint32()
      if (checksum !== zlib.crc32(unpacked)) throw new Malformed('a block checksum does not match')
      return unpacked
    }
  }
  throw new Malformed(`its blocks are packed with "${codec}", which cannot be unpacked here`)
}

function inflated(budget: InflateBudget, unpackWith: Parameters<typeof inflateWithin>[1]): Uint8Array {
  const result = inflateWithin(budget, unpackWith)
  if (result.outcome === 'refused') throw new Malformed(result.reason)
  return result.bytes
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
