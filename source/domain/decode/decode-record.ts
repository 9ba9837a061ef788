import type { HashKeyRange } from '../hash-key.ts'
import type { StreamRecord } from '../record.ts'
import type { Badge, Content, DecodedRecord, UserRecord } from './decoded-record.ts'
import { type ForcedDecoding, forceStep } from './forced-decoder.ts'
import { readJsonDocuments } from './json-documents.ts'
import type { SchemaShelf } from './schema-shelf.ts'
import type { DecodeContext, InflateBudget, Unwrapped } from './stage.ts'
import { BYTE_STAGES, ENVELOPE_STAGES, GUESS_STAGES } from './stages.ts'
import { readText } from './text.ts'

/** Wrappings inside one another; real data has two or three. */
const MAX_DEPTH = 8
export const DEFAULT_MAX_INFLATED_BYTES = 32 * 1_048_576

export type DecodeOptions = {
  /** The shard that the record was read from: then user records that do not belong there are marked. */
  readonly shardRange?: HashKeyRange
  /** Bytes that unpacking one Kinesis record may produce in all. Default 32 MiB. */
  readonly maxInflatedBytes?: number
  /** Schemas for records that only name theirs (Avro, also behind Glue and Confluent headers). */
  readonly schemas?: SchemaShelf
  /** How a rule of the user has it read, instead of by what the bytes look like. */
  readonly forced?: ForcedDecoding
}

/**
 * Everything that can be read out of a record: one entry, or one a user record of a producer-library aggregate. What cannot
 * be read stays bytes with the reason in `notes`. Never throws; work and memory are bounded.
 */
export function decodeRecord(
  record: Pick<StreamRecord, 'data'>,
  options: DecodeOptions = {},
): readonly DecodedRecord[] {
  const totalBytes = options.maxInflatedBytes ?? DEFAULT_MAX_INFLATED_BYTES
  const inflateBudget: InflateBudget = { remainingBytes: totalBytes, totalBytes }
  const { shardRange, schemas, forced } = options
  const layer = { bytes: record.data, badges: [], notes: [] }
  const shared = {
    inflateBudget,
    ...(shardRange === undefined ? {} : { shardRange }),
    ...(schemas === undefined ? {} : { schemas }),
  }
  return forced === undefined ? decodeBytes(layer, shared) : decodeForced(layer, forced, shared)
}

type Layer = {
  readonly bytes: Uint8Array
  readonly badges: readonly Badge[]
  readonly notes: readonly string[]
  readonly userRecord?: UserRecord
}

function decodeBytes(outermost: Layer, shared: Omit<DecodeContext, 'depth'>): readonly DecodedRecord[] {
  let layer = outermost
  for (let depth = outermost.badges.length; ; depth += 1) {
    if (layer.bytes.length === 0) return [finish(layer, { kind: 'empty' })]
    if (depth >= MAX_DEPTH) {
      return [
        finish(layer, { kind: 'bytes' }, [
          `wrapped more than ${MAX_DEPTH} times; the rest was left as it is`,
        ]),
      ]
    }
    const context = { ...shared, depth }
    const { match, refusals } = search(layer.bytes, context)
    if (match === undefined) return [readContent(layer, context, refusals)]
    const { stage, unwrapped } = match
    const notes = [...layer.notes, ...(unwrapped.notes ?? [])]
    switch (unwrapped.outcome) {
      case 'bytes':
        layer = {
          ...layer,
          bytes: unwrapped.bytes,
          badges: [...layer.badges, { stage, label: unwrapped.label }],
          notes,
        }
        break
      case 'content':
        return [
          finish(
            { ...layer, badges: [...layer.badges, { stage, label: unwrapped.label }], notes },
            unwrapped.content,
          ),
        ]
      case 'user-records':
        return decodeUserRecords(layer, stage, unwrapped, notes, inner => decodeBytes(inner, shared))
    }
  }
}

/** By the steps of a rule. A step that fails leaves bytes, with a badge and the reason. */
function decodeForced(
  outermost: Layer,
  { steps, isAutomatic }: ForcedDecoding,
  shared: Omit<DecodeContext, 'depth'>,
): readonly DecodedRecord[] {
  let layer = outermost
  for (const [index, step] of steps.entries()) {
    const unwrapped = forceStep(step, layer.bytes, { ...shared, depth: layer.badges.length })
    if (unwrapped.outcome === 'refused') {
      const reason = `${step}, which a rule of decoders forces: ${unwrapped.reason}`
      return [finish(withBadge(layer, 'failed', `${step} failed`), { kind: 'bytes' }, [reason])]
    }
    const notes = [...layer.notes, ...(unwrapped.notes ?? [])]
    if (unwrapped.outcome === 'content') {
      return [finish({ ...withBadge(layer, step, unwrapped.label), notes }, unwrapped.content)]
    }
    if (unwrapped.outcome === 'user-records') {
      const rest = { steps: steps.slice(index + 1), isAutomatic }
      return decodeUserRecords(layer, step, unwrapped, notes, inner => decodeForced(inner, rest, shared))
    }
    layer = { ...withBadge(layer, step, unwrapped.label), bytes: unwrapped.bytes, notes }
  }
  if (isAutomatic) return decodeBytes(layer, shared)
  if (layer.bytes.length === 0) return [finish(layer, { kind: 'empty' })]
  const text = readText(layer.bytes)
  return [
    text === undefined
      ? finish(layer, { kind: 'bytes' })
      : finish(withBadge(layer, 'text', 'text'), { kind: 'text', text }),
  ]
}

type Match = { readonly stage: string; readonly unwrapped: Exclude<Unwrapped, { outcome: 'refused' }> }

/** The first stage that takes the bytes; else why those refused that know the format. */
function search(bytes: Uint8Array, context: DecodeContext): { match?: Match; refusals: readonly string[] } {
  const refusals: string[] = []
  for (const { stage, unwrap } of BYTE_STAGES) {
    const unwrapped = unwrap(bytes, context)
    if (unwrapped?.outcome === 'refused') refusals.push(`${stage}: ${unwrapped.reason}`)
    else if (unwrapped !== undefined) return { match: { stage, unwrapped }, refusals }
  }
  return { refusals }
}

function decodeUserRecords(
  layer: Layer,
  stage: string,
  unwrapped: Extract<Unwrapped, { outcome: 'user-records' }>,
  notes: readonly string[],
  decodeInner: (inner: Layer) => readonly DecodedRecord[],
): readonly DecodedRecord[] {
  const { userRecords } = unwrapped
  if (userRecords.length === 0) {
    return [
      finish({ ...layer, badges: [...layer.badges, { stage, label: 'KPL 0' }], notes }, { kind: 'empty' }),
    ]
  }
  return userRecords.flatMap(({ userRecord, bytes }) => {
    const label = `KPL ${userRecord.subSequenceNumber + 1}/${userRecord.userRecordCount}`
    const inner: Layer = { bytes, badges: [...layer.badges, { stage, label }], notes, userRecord }
    return decodeInner(inner)
  })
}

function readContent(layer: Layer, context: DecodeContext, refusals: readonly string[]): DecodedRecord {
  const text = readText(layer.bytes)
  if (text === undefined) return readBinary(layer, context, refusals)
  const json = readJsonDocuments(text)
  if (json?.outcome !== 'documents') {
    // A brace may open anything; only what looks like an object is worth a word.
    const reasons = json !== undefined && text.trimStart().startsWith('{') ? [json.reason] : []
    return finish(withBadge(layer, 'text', 'text'), { kind: 'text', text }, [...refusals, ...reasons])
  }
  const [document] = json.documents
  if (document !== undefined && json.documents.length === 1) {
    for (const { stage, recognise } of ENVELOPE_STAGES) {
      const envelope = recognise(document)
      if (envelope !== undefined) {
        return finish(withBadge(layer, stage, envelope.label), envelope.content, refusals)
      }
    }
  }
  const label = json.documents.length === 1 ? 'JSON' : `JSON x${json.documents.length}`
  return finish(withBadge(layer, 'json', label), { kind: 'json', documents: json.documents }, refusals)
}

function readBinary(layer: Layer, context: DecodeContext, refusals: readonly string[]): DecodedRecord {
  for (const { stage, unwrap } of GUESS_STAGES) {
    const unwrapped = unwrap(layer.bytes, context)
    if (unwrapped?.outcome !== 'content') continue
    const notes = [...refusals, ...(unwrapped.notes ?? [])]
    return finish(withBadge(layer, stage, unwrapped.label), unwrapped.content, notes)
  }
  return finish(layer, { kind: 'bytes' }, refusals)
}

function withBadge(layer: Layer, stage: string, label: string): Layer {
  return { ...layer, badges: [...layer.badges, { stage, label }] }
}

function finish(layer: Layer, content: Content, notes: readonly string[] = []): DecodedRecord {
  return {
    badges: layer.badges,
    ...(layer.userRecord === undefined ? {} : { userRecord: layer.userRecord }),
    bytes: layer.bytes,
    content,
    notes: [...layer.notes, ...notes],
  }
}
