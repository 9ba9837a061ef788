import type { AvroType } from './avro-schema.ts'

const EMPTY = 0xc15d213aa4d7a795n
const TABLE: readonly bigint[] = Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index)
  for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ EMPTY : value >> 1n
  return value
})

/** CRC-64-AVRO of a schema's Parsing Canonical Form: what the single-object encoding names its schema by. */
export function avroFingerprint(type: AvroType): bigint {
  let crc = EMPTY
  for (const byte of new TextEncoder().encode(canonicalForm(type))) {
    crc = (crc >> 8n) ^ (TABLE[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n)
  }
  return crc
}

/** The schema reduced to what matters for reading, in the one order that the specification lays down. */
export function canonicalForm(type: AvroType, seen = new Set<string>()): string {
  switch (type.kind) {
    case 'array':
      return `{"type":"array","items":${canonicalForm(type.items, seen)}}`
    case 'map':
      return `{"type":"map","values":${canonicalForm(type.values, seen)}}`
    case 'union':
      return `[${type.branches.map(branch => canonicalForm(branch, seen)).join(',')}]`
    case 'record':
    case 'enum':
    case 'fixed': {
      const name = JSON.stringify(type.name)
      // Named types are written out where they first appear.
      if (seen.has(type.name)) return name
      seen.add(type.name)
      if (type.kind === 'enum')
        return `{"name":${name},"type":"enum","symbols":${JSON.stringify(type.symbols)}}`
      if (type.kind === 'fixed') return `{"name":${name},"type":"fixed","size":${type.size}}`
      const fields = type.fields.map(
        field => `{"name":${JSON.stringify(field.name)},"type":${canonicalForm(field.type, seen)}}`,
      )
      return `{"name":${name},"type":"record","fields":[${fields.join(',')}]}`
    }
    default:
      return `"${type.kind}"`
  }
}
