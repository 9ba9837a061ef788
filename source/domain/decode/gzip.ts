import * as zlib from 'node:zlib'
import { type Inflated, inflateWithin, ratioLabel } from './inflate.ts'
import type { ByteStage, InflateBudget, Unwrapped } from './stage.ts'

const HEADER_BYTES = 10
const TRAILER_BYTES = 8
const HAS_HEADER_CHECKSUM = 0x02
const HAS_EXTRA = 0x04
const HAS_NAME = 0x08
const HAS_COMMENT = 0x10
/** More members than any sane writer makes of one record; bounds the work on hostile input. */
const MAX_MEMBERS = 10_000

/** RFC 1952: one or more members back to back, each with its own checksum. */
export const gzipStage: ByteStage = {
  stage: 'gzip',
  unwrap(bytes, { inflateBudget }) {
    if (!isMember(bytes, 0)) return undefined
    return unpackMembers(bytes, inflateBudget)
  },
}

function unpackMembers(bytes: Uint8Array, budget: InflateBudget): Unwrapped {
  const members: Uint8Array[] = []
  const notes: string[] = []
  let at = 0
  while (isMember(bytes, at) && members.length < MAX_MEMBERS) {
    const member = unpackMember(bytes, at, budget)
    if (member.outcome === 'refused') {
      if (members.length === 0) return { outcome: 'refused', reason: member.reason }
      notes.push(`gzip: member ${members.length + 1}: ${member.reason}`)
      break
    }
    members.push(member.bytes)
    at += member.consumedBytes
    if (member.note !== undefined) notes.push(`gzip: ${member.note}`)
  }
  const rest = bytes.subarray(at)
  // Padding with zeros is common and means nothing.
  if (notes.length === 0 && rest.some(byte => byte !== 0)) {
    notes.push(`gzip: ${rest.length} bytes after the end were left out`)
  }
  const [first] = members
  const unpacked = members.length === 1 && first !== undefined ? first : Buffer.concat(members)
  const name = members.length > 1 ? `gzip (${members.length} members)` : 'gzip'
  return {
    outcome: 'bytes',
    bytes: unpacked,
    label: ratioLabel(name, bytes.length, unpacked.length),
    ...(notes.length === 0 ? {} : { notes }),
  }
}

type MemberResult =
  | {
      readonly outcome: 'member'
      readonly bytes: Uint8Array
      readonly consumedBytes: number
      readonly note?: string
    }
  | { readonly outcome: 'refused'; readonly reason: string }

function unpackMember(bytes: Uint8Array, at: number, budget: InflateBudget): MemberResult {
  const bodyAt = endOfHeader(bytes, at)
  if (bodyAt === undefined) return { outcome: 'refused', reason: 'ends within its header' }
  const body = bytes.subarray(bodyAt)
  const inflated = inflateWithin(budget, options => zlib.inflateRawSync(body, options))
  if (inflated.outcome === 'refused') {
    return inflated.isTruncated ? readTruncated(body, bytes.length - at, budget) : inflated
  }
  const trailerAt = bodyAt + inflated.consumedBytes
  const consumedBytes = trailerAt + TRAILER_BYTES - at
  if (trailerAt + TRAILER_BYTES > bytes.length) {
    return {
      outcome: 'member',
      bytes: inflated.bytes,
      consumedBytes: bytes.length - at,
      note: 'ends before its checksum',
    }
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(trailerAt, true) !== zlib.crc32(inflated.bytes)) {
    return { outcome: 'refused', reason: 'the checksum does not match' }
  }
  return { outcome: 'member', bytes: inflated.bytes, consumedBytes }
}

/** As much as can be had of a member that stops in the middle. */
function readTruncated(body: Uint8Array, memberBytes: number, budget: InflateBudget): MemberResult {
  const partial: Inflated = inflateWithin(budget, options =>
    zlib.inflateRawSync(body, { ...options, finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  )
  if (partial.outcome === 'refused' || partial.bytes.length === 0) {
    return { outcome: 'refused', reason: 'ends too early' }
  }
  const note = `ends too early; its first ${partial.bytes.length} bytes are shown`
  return { outcome: 'member', bytes: partial.bytes, consumedBytes: memberBytes, note }
}

function isMember(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === 8
}

function endOfHeader(bytes: Uint8Array, start: number): number | undefined {
  const flags = bytes[start + 3] ?? 0
  let at = start + HEADER_BYTES
  if (flags & HAS_EXTRA) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8))
  for (const flag of [HAS_NAME, HAS_COMMENT]) {
    if (!(flags & flag)) continue
    const end = bytes.indexOf(0, at)
    if (end === -1) return undefined
    at = end + 1
  }
  if (flags & HAS_HEADER_CHECKSUM) at += 2
  return at < bytes.length ? at : undefined
}
