import { createHmac } from 'node:crypto'

/**
 * Opaque texts handed to callers and back: shard iterators and next tokens. Sealed, so that a mistyped or foreign one is
 * told from a good one; the key is fixed, so that they outlive a restart of a sandbox that keeps its data.
 */
const SEAL_KEY = 'shardscope sandbox token seal, version 1'
const SEAL_BYTES = 9

/** Seals JSON-able content of a kind ("iterator", "shards") into base64 text. */
export function sealToken(kind: string, content: unknown): string {
  const body = Buffer.from(JSON.stringify(content))
  return Buffer.concat([sealOf(kind, body), body]).toString('base64')
}

/** The content back, or nothing when the text is not a token of this kind that a sandbox has made. */
export function openToken(kind: string, token: string): unknown {
  const bytes = Buffer.from(token, 'base64')
  const body = bytes.subarray(SEAL_BYTES)
  if (bytes.length <= SEAL_BYTES || !sealOf(kind, body).equals(bytes.subarray(0, SEAL_BYTES)))
    return undefined
  return JSON.parse(body.toString('utf8'))
}

function sealOf(kind: string, body: Uint8Array): Buffer {
  return createHmac('md5', SEAL_KEY).update(kind).update(body).digest().subarray(0, SEAL_BYTES)
}
