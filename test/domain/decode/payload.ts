import { readFileSync } from 'node:fs'
import { type DecodeOptions, decodeRecord } from '../../../source/domain/decode/decode-record.ts'
import type { DecodedRecord } from '../../../source/domain/decode/decoded-record.ts'

type Payload = { readonly madeBy: string; readonly base64: string }

const PAYLOADS: Readonly<Record<string, Payload>> = JSON.parse(
  readFileSync(new URL('./payloads.json', import.meta.url), 'utf8'),
)

/** Bytes that another program wrote (make-fixtures.py says which). */
export function payload(name: string): Uint8Array {
  const found = PAYLOADS[name]
  if (found === undefined) throw new Error(`payloads.json has no "${name}"`)
  return new Uint8Array(Buffer.from(found.base64, 'base64'))
}

export function decode(data: Uint8Array | string, options?: DecodeOptions): readonly DecodedRecord[] {
  return decodeRecord({ data: typeof data === 'string' ? new TextEncoder().encode(data) : data }, options)
}

/** The one record that is expected. */
export function decodeOne(data: Uint8Array | string, options?: DecodeOptions): DecodedRecord {
  const [only, ...others] = decode(data, options)
  if (only === undefined || others.length > 0) throw new Error(`decoded to ${others.length + 1} records`)
  return only
}

export function stagesOf(decoded: DecodedRecord): string[] {
  return decoded.badges.map(badge => badge.stage)
}

export function labelsOf(decoded: DecodedRecord): string[] {
  return decoded.badges.map(badge => badge.label)
}

export function jsonTextsOf(decoded: DecodedRecord): string[] {
  if (decoded.content.kind !== 'json') throw new Error(`is ${decoded.content.kind}`)
  return decoded.content.documents.map(document => document.text)
}
