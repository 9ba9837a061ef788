import { decodedJson } from '../domain/decode/decoded-json.ts'
import type { DecodedRecord } from '../domain/decode/decoded-record.ts'
import { previewOf } from '../domain/decode/preview.ts'
import { countedBytes } from '../domain/record.ts'
import type { ReadRecord } from '../state/event.ts'
import type { OutputColumn, OutputRow } from './command.ts'
import { JsonText } from './json-text.ts'
import { withoutAbsent } from './output-rows.ts'

/** A pipe gets the payload whole up to here; a terminal cuts the line anyway. */
const PREVIEW_CHARACTERS = 65_536
/** Stages that the payload itself shows. */
const PLAIN_STAGES = new Set(['json', 'text'])

/** A tailed record as the JSON line that README documents: members of the API's Record, and what was decoded. */
export function recordRow({ record, decoded }: ReadRecord): OutputRow {
  const json = decodedJson(decoded)
  const stages = stagesOf(decoded)
  const notes = [...new Set(decoded.flatMap(({ notes }) => notes))]
  return withoutAbsent({
    streamName: record.streamName,
    shardId: record.shardId,
    sequenceNumber: record.sequenceNumber,
    partitionKey: record.partitionKey,
    approximateArrivalTimestamp: record.approximateArrivalTimestamp,
    encryptionType: record.encryptionType,
    data: record.data,
    stages: stages.length === 0 ? undefined : stages,
    decoded: json === undefined ? undefined : new JsonText(json),
    notes: notes.length === 0 ? undefined : notes,
  })
}

export const RECORD_COLUMNS: readonly OutputColumn[] = [
  { key: 'time', header: 'TIME', reservedCells: 24 },
  { key: 'shardId', header: 'SHARD', reservedCells: 20 },
  { key: 'partitionKey', header: 'KEY', reservedCells: 12 },
  // Records of up to 99,999 bytes.
  { key: 'size', header: 'SIZE', align: 'right', reservedCells: 7 },
  { key: 'preview', header: 'DATA' },
]

/** Lines for people, one a user record: time, shard, key, size as Kinesis counts it, and the payload on one line. */
export function recordTextRows({ record, decoded, matching }: ReadRecord): OutputRow[] {
  return (matching ?? decoded).map(part => {
    const partitionKey = part.userRecord?.partitionKey ?? record.partitionKey
    const sized =
      part.userRecord === undefined
        ? record
        : { data: part.bytes, partitionKey: part.userRecord.partitionKey }
    return withoutAbsent({
      time: record.approximateArrivalTimestamp?.toISOString(),
      shardId: record.shardId,
      partitionKey,
      size: `${countedBytes(sized)} B`,
      preview: previewText(part),
    })
  })
}

/** What a KCL reader would do with a user record that lies outside its shard, or beside such a one. */
export function keptFromKcl({ userRecord }: DecodedRecord): string[] {
  if (userRecord?.isDroppedByKcl !== true) return []
  return userRecord.isOutsideShardRange
    ? ['outside shard range, KCL would drop its whole aggregate']
    : ['beside a user record outside shard range, KCL would drop both']
}

function previewText(part: DecodedRecord): string {
  const wrappings = part.badges.filter(({ stage }) => !PLAIN_STAGES.has(stage)).map(({ label }) => label)
  const outside = keptFromKcl(part)
  const notes = [...outside, ...part.notes]
  return [
    ...(wrappings.length === 0 ? [] : [`[${wrappings.join(', ')}]`]),
    previewOf(part, PREVIEW_CHARACTERS),
    ...(notes.length === 0 ? [] : [`(${notes.join('; ')})`]),
  ].join(' ')
}

/** The wrappings of the Kinesis record; those of the user records of an aggregate differ one by one. */
function stagesOf(decoded: readonly DecodedRecord[]): string[] {
  const [first] = decoded
  if (first === undefined) return []
  if (first.userRecord === undefined) return first.badges.map(({ stage }) => stage)
  return first.badges
    .slice(0, first.badges.findIndex(({ stage }) => stage === 'kpl') + 1)
    .map(({ stage }) => stage)
}
