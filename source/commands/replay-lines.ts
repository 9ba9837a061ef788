import type { PutEntry } from '../aws/kinesis-api.ts'
import { decodeRecord } from '../domain/decode/decode-record.ts'
import { opensAggregate } from '../domain/decode/kpl.ts'
import { type FailureError, usageFailure } from '../domain/failure.ts'
import { parseHashKey } from '../domain/hash-key.ts'
import { PARTITION_KEY_MAX_CHARACTERS } from '../domain/limits.ts'
import { countedBytes } from '../domain/record.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export type ReplayRules = {
  /** Data plus key of one record. */
  readonly maxRecordBytes: number
  /** Records without a key go without one: the stream distributes them itself. */
  readonly takesKeyless: boolean
  /** For records without a key where the stream wants one. */
  readonly defaultKey?: string
}

/**
 * The record of one line of `tail --json`: `data` and, where they are there, `partitionKey` and `explicitHashKey`. An
 * aggregate goes where its first user record belongs, since its own key says nothing about that.
 * @throws FailureError of kind `usage` that names the line and what is wrong with it
 */
export function entryOfLine(line: string, lineNumber: number, rules: ReplayRules): PutEntry {
  const refuse = (rule: string, nextStep?: string): FailureError =>
    usageFailure('replay', `line ${lineNumber} ${rule}`, nextStep)
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw refuse(`is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('is no JSON object')
  const { v, data: base64, partitionKey, explicitHashKey } = value as Readonly<Record<string, unknown>>
  if (v !== undefined && v !== 1)
    throw refuse(`has version ${JSON.stringify(v)}, and 1 is what is known here`)
  if (typeof base64 !== 'string' || !BASE64.test(base64)) {
    throw refuse('has no "data" in base64', 'A file for a replay is what tail --json or an export wrote.')
  }
  if (partitionKey !== undefined && typeof partitionKey !== 'string')
    throw refuse('has a "partitionKey" that is no text')
  const key = partitionKey ?? (rules.takesKeyless ? undefined : rules.defaultKey)
  if (key === undefined && !rules.takesKeyless) {
    throw refuse(
      'has no partition key, and the stream wants one',
      'Give --default-key KEY for such records, or a stream with record distribution AUTO.',
    )
  }
  if (key !== undefined && (key === '' || [...key].length > PARTITION_KEY_MAX_CHARACTERS)) {
    throw refuse(
      `has a partition key of ${[...key].length} characters, and 1 to ${PARTITION_KEY_MAX_CHARACTERS} are allowed`,
    )
  }
  const data = new Uint8Array(Buffer.from(base64, 'base64'))
  const hashKey =
    explicitHashKey === undefined ? hashKeyOfAggregate(data) : parseHashKey(String(explicitHashKey))
  if (explicitHashKey !== undefined && hashKey === undefined) {
    throw refuse(`has an "explicitHashKey" that is none: ${JSON.stringify(explicitHashKey)}`)
  }
  const byteCount = countedBytes({ data, ...(key === undefined ? {} : { partitionKey: key }) })
  if (byteCount > rules.maxRecordBytes) {
    throw refuse(
      `has a record of ${byteCount} bytes with its key, and the stream takes ${rules.maxRecordBytes}`,
    )
  }
  return {
    data,
    ...(key === undefined ? {} : { partitionKey: key }),
    ...(hashKey === undefined || key === undefined ? {} : { explicitHashKey: hashKey }),
  }
}

function hashKeyOfAggregate(data: Uint8Array) {
  return opensAggregate(data) ? decodeRecord({ data })[0]?.userRecord?.hashKey : undefined
}
