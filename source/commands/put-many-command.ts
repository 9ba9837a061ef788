import { gzipSync } from 'node:zlib'
import type { PutEntry, PutEntryOutcome } from '../aws/kinesis-api.ts'
import { FailureError, failureOf, usageFailure } from '../domain/failure.ts'
import { parseHashKey } from '../domain/hash-key.ts'
import { kplAggregate } from '../domain/kpl-writer.ts'
import { PUT_RECORDS_MAX_BYTES, PUT_RECORDS_MAX_ENTRIES } from '../domain/limits.ts'
import { counted } from '../domain/quantity-text.ts'
import { countedBytes } from '../domain/record.ts'
import { type ActSteps, runAct } from './act.ts'
import { type Context, defineCommand, type OutputRow } from './command.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows, withoutAbsent } from './output-rows.ts'
import { putBatch } from './replay-batch.ts'
import { STREAM_ARG, settingPreview } from './setting-act.ts'

/** Bytes of one aggregate: below what every stream takes, with room for its frame. */
const AGGREGATE_BYTES = 900_000

type Packing = {
  readonly format: string
  readonly base64: boolean
  readonly gzip: boolean
  readonly aggregate: boolean
  readonly partitionKey: string | undefined
}

/** Many records in as few calls as possible; of a call that fails in part only the failed entries are sent again. */
export const putRecords = defineCommand({
  id: 'record.put-many',
  title: 'Put many records from a file or standard input, one a line',
  hint: 'put many',
  group: 'record',
  keys: [],
  where: ['streams', 'shards', 'tail'],
  effect: 'write',
  args: {
    stream: STREAM_ARG,
    file: { kind: 'file', title: 'File with one record a line, or -', required: true, positional: true },
    format: {
      kind: 'choice',
      title: 'json: {"partitionKey", "data", "explicitHashKey"} a line; text: a line is the payload',
      choices: ['json', 'text'],
      defaultText: 'json',
    },
    partitionKey: { kind: 'text', title: 'Key of records that have none of their own' },
    base64: { kind: 'flag', title: 'The payloads are base64' },
    gzip: { kind: 'flag', title: 'Compress each payload' },
    aggregate: { kind: 'flag', title: 'Pack records of one key together, as the KPL does' },
  },
  prefill: streamOnScreen,
  confirm: ({ stream, file }) => ({ lines: [`Put the records of ${file} into ${stream.streamName}.`] }),
  headless: {
    name: 'put-many',
    columns: [
      { key: 'index', header: 'LINE', align: 'right' },
      { key: 'shardId', header: 'SHARD' },
      { key: 'sequenceNumber', header: 'SEQUENCE NUMBER' },
      { key: 'errorCode', header: 'FAILED' },
    ],
    rows: actRows,
  },
  preview: async ({ stream, file, ...packing }, context) => {
    const { entries, lineCount } = await entriesOf(context, file, packing)
    const bytes = entries.reduce((sum, entry) => sum + countedBytes(entry), 0)
    return settingPreview(context, stream, {
      title: `Put ${counted(lineCount, 'record')} into ${stream.streamName}`,
      lines: () => [
        `${counted(entries.length, 'Kinesis record')}, ${bytes} bytes with keys, in ${counted(batchesOf(entries).length, 'call')} of PutRecords.`,
        'Failed entries are sent again, so their order is not kept.',
        'For the AWS CLI records.json holds at most 500 of {"Data": BASE64, "PartitionKey": KEY}; it does not send failed ones again.',
      ],
      calls: [{ operation: 'PutRecords', input: { Records: 'file://records.json' } }],
    })
  },
  run: ({ stream, file, ...packing }, context) =>
    runAct(
      context,
      { commandId: 'record.put-many', title: `Put many into ${stream.streamName}`, action: 'PutRecords' },
      async function* (): ActSteps {
        const { entries, lineCount } = await entriesOf(context, file, packing)
        const outcomes = new Map<PutEntry, PutEntryOutcome>()
        const api = {
          putRecords: async (...[to, sent, options]: Parameters<Context['api']['putRecords']>) => {
            const answered = await context.api.putRecords(to, sent, options)
            sent.forEach((entry, index) => {
              const outcome = answered[index]
              if (outcome !== undefined) outcomes.set(entry, outcome)
            })
            return answered
          },
        }
        let retried = 0
        let failure: FailureError | undefined
        for (const batch of batchesOf(entries)) {
          try {
            const { retriedCount } = await putBatch({ api, stream }, batch, context, async () => {})
            retried += retriedCount
          } catch (error) {
            failure = new FailureError(failureOf(error, 'PutRecords'))
            break
          }
          yield `${writtenIn(outcomes)} of ${entries.length} written${retried === 0 ? '' : `, ${retried} sent again`}`
        }
        const written = writtenIn(outcomes)
        const rows = entries.map((entry, index) => rowOf(stream.streamName, index, outcomes.get(entry)))
        if (failure !== undefined) {
          const { message } = failure.failure
          const failed = rows.filter(row => row.errorCode !== undefined).length
          throw new FailureError({
            ...failure.failure,
            kind: failure.failure.kind === 'aborted' ? 'aborted' : failure.failure.kind,
            message: `${written} of ${entries.length} written, ${failed} refused, the rest not sent: ${message}`,
            retryable: false,
          })
        }
        const again =
          retried === 0
            ? ''
            : `; ${counted(retried, 'entry').replace('entrys', 'entries')} sent again, so order is not kept`
        const packed = lineCount === entries.length ? '' : ` in ${counted(entries.length, 'aggregate')}`
        return { detail: `${counted(lineCount, 'record')} written${packed}${again}`, rows }
      },
    ),
})

const writtenIn = (outcomes: ReadonlyMap<PutEntry, PutEntryOutcome>): number =>
  [...outcomes.values()].filter(({ outcome }) => outcome === 'written').length

function rowOf(streamName: string, index: number, outcome: PutEntryOutcome | undefined): OutputRow {
  if (outcome?.outcome === 'written') return { streamName, index: index + 1, ...outcome.receipt }
  return withoutAbsent({
    streamName,
    index: index + 1,
    errorCode: outcome?.errorCode,
    errorMessage: outcome?.errorMessage,
  })
}

/** Cut where a call would be too long or too large. */
function batchesOf(entries: readonly PutEntry[]): PutEntry[][] {
  const batches: PutEntry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const size = countedBytes(entry)
    const last = batches.at(-1)
    if (
      last === undefined ||
      last.length === PUT_RECORDS_MAX_ENTRIES ||
      bytes + size > PUT_RECORDS_MAX_BYTES
    ) {
      batches.push([entry])
      bytes = size
    } else {
      last.push(entry)
      bytes += size
    }
  }
  return batches
}

/** @throws FailureError `usage` that names the line, before anything is sent */
async function entriesOf(
  context: Context,
  file: string,
  packing: Packing,
): Promise<{ entries: PutEntry[]; lineCount: number }> {
  const text = new TextDecoder().decode(await context.readInput(file))
  const lines = text.split('\n').flatMap((line, index) => {
    const content = line.endsWith('\r') ? line.slice(0, -1) : line
    return content === '' ? [] : [{ content, number: index + 1 }]
  })
  if (lines.length === 0)
    throw usageFailure(
      'put-many',
      `${file === '-' ? 'standard input' : `"${file}"`} has no lines: no record`,
      'Write one record a line.',
    )
  const records = lines.map(({ content, number }) => recordOf(content, number, packing))
  const entries = packing.aggregate ? aggregated(records) : records
  return { entries, lineCount: lines.length }
}

type Keyed = PutEntry & { readonly partitionKey: string }

function recordOf(line: string, number: number, packing: Packing): Keyed {
  const refuse = (rule: string, nextStep: string) =>
    usageFailure('put-many', `line ${number} ${rule}`, nextStep)
  const keyless = 'Give it one, or --partition-key KEY for all such lines.'
  if (packing.format === 'text') {
    if (packing.partitionKey === undefined) throw refuse('has no partition key', keyless)
    return { data: bytesOf(line, number, packing), partitionKey: packing.partitionKey }
  }
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw refuse(
      `is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      'Write {"partitionKey": "...", "data": "..."}, or use --format text.',
    )
  }
  const { data, partitionKey, explicitHashKey } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Record<string, unknown>
  if (data === undefined) throw refuse('has no "data"', 'Write {"partitionKey": "...", "data": "..."}.')
  const key = partitionKey ?? packing.partitionKey
  if (typeof key !== 'string' || key === '') throw refuse('has no partition key', keyless)
  const hashKey = explicitHashKey === undefined ? undefined : parseHashKey(String(explicitHashKey))
  if (explicitHashKey !== undefined && hashKey === undefined) {
    throw refuse('has an "explicitHashKey" that is none', 'Write it as a text of digits.')
  }
  return {
    // A document in place of a text is put as it reads.
    data: bytesOf(typeof data === 'string' ? data : JSON.stringify(data), number, packing),
    partitionKey: key,
    ...(hashKey === undefined ? {} : { explicitHashKey: hashKey }),
  }
}

function bytesOf(text: string, number: number, { base64, gzip }: Packing): Uint8Array {
  if (base64 && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw usageFailure('put-many', `line ${number} is no base64`, 'Leave out --base64 for plain text.')
  }
  const bytes = base64 ? new Uint8Array(Buffer.from(text, 'base64')) : new TextEncoder().encode(text)
  return gzip ? new Uint8Array(gzipSync(bytes)) : bytes
}

/** Records of one key share an aggregate, which goes where that key belongs: a KCL reader would drop others. */
function aggregated(records: readonly Keyed[]): PutEntry[] {
  const byPlace = new Map<string, Keyed[][]>()
  for (const record of records) {
    const place = JSON.stringify([record.partitionKey, String(record.explicitHashKey ?? '')])
    const packs = byPlace.get(place) ?? [[]]
    byPlace.set(place, packs)
    const last = packs.at(-1) ?? []
    const bytes = last.reduce((sum, held) => sum + countedBytes(held), 0)
    if (last.length > 0 && bytes + countedBytes(record) > AGGREGATE_BYTES) packs.push([record])
    else last.push(record)
  }
  return [...byPlace.values()].flat().flatMap(pack => {
    const [first] = pack
    if (first === undefined) return []
    return [{ ...first, data: kplAggregate(pack) }]
  })
}
