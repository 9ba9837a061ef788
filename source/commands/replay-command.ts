import { createHash } from 'node:crypto'
import type { PutEntry } from '../aws/kinesis-api.ts'
import { FailureError, failureOf, usageFailure } from '../domain/failure.ts'
import {
  DEFAULT_MAX_RECORD_SIZE_KIB,
  PUT_RECORDS_MAX_BYTES,
  PUT_RECORDS_MAX_ENTRIES,
} from '../domain/limits.ts'
import { countedBytes } from '../domain/record.ts'
import type { StreamRef } from '../domain/stream.ts'
import { type ActSteps, runAct } from './act.ts'
import { type Context, defineCommand } from './command.ts'
import { summaryIfTold } from './look-up.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { putBatch } from './replay-batch.ts'
import { entryOfLine, type ReplayRules } from './replay-lines.ts'
import { ReplayProgress } from './replay-progress.ts'

const TELL_MILLIS = 2_000

/** Puts the records of an export into a stream, with their keys. */
export const replayRecords = defineCommand({
  id: 'record.replay',
  title: 'Put the records of a file (as tail --json or an export wrote it) into a stream, keys kept',
  group: 'record',
  keys: [],
  where: ['streams', 'shards', 'tail'],
  effect: 'write',
  args: {
    file: {
      kind: 'file',
      title: 'File of JSON Lines, or - for standard input',
      required: true,
      positional: true,
    },
    stream: { kind: 'stream', title: 'Stream name or ARN to write into', required: true, positional: true },
    rate: { kind: 'count', title: 'Records a second at most', min: 1, defaultText: '1000' },
    defaultKey: { kind: 'text', title: 'Partition key for records that have none' },
    restart: { kind: 'flag', title: 'Begin anew, though an earlier replay of this file was broken off' },
    dryRun: { kind: 'flag', title: 'Check every line and say what would be written' },
  },
  prefill: streamOnScreen,
  confirm: ({ file, stream, rate, dryRun }) => ({
    lines: dryRun ? [] : [`Put the records of ${file} into ${stream.streamName}, ${rate} a second at most.`],
  }),
  headless: {
    name: 'replay',
    columns: [
      { key: 'streamName', header: 'STREAM' },
      { key: 'writtenCount', header: 'WRITTEN', align: 'right' },
      { key: 'skippedCount', header: 'WRITTEN BEFORE', align: 'right' },
      { key: 'retriedCount', header: 'SENT AGAIN', align: 'right' },
      { key: 'reorderedKeyCount', header: 'KEYS OUT OF ORDER', align: 'right' },
    ],
    rows: actRows,
    // What a dry run says is said in its words; there is no row of what was written.
    textRows: event => actRows(event).filter(row => 'writtenCount' in row),
  },
  run: (args, context) =>
    runAct(
      context,
      {
        commandId: 'record.replay',
        title: `Replay ${args.file} into ${args.stream.streamName}`,
        action: 'PutRecords',
      },
      async function* (): ActSteps {
        const { file, stream, rate, defaultKey, restart, dryRun } = args
        if (context.readLines === undefined || context.fileMark === undefined) {
          throw usageFailure('replay', 'files cannot be read here')
        }
        const summary = await summaryIfTold(context.api, stream, context.signal)
        const rules: ReplayRules = {
          maxRecordBytes: (summary?.maxRecordSizeInKiB ?? DEFAULT_MAX_RECORD_SIZE_KIB) * 1_024,
          takesKeyless: summary?.recordDistributionStrategy === 'AUTO',
          ...(defaultKey === undefined ? {} : { defaultKey }),
        }
        const mark = await context.fileMark(file)
        // A file is read twice, so that a bad line at its end is known before its beginning is in the stream.
        const checked = file === '-' && !dryRun ? undefined : await check(context, file, rules)
        if (dryRun) {
          const { recordCount = 0, byteCount = 0, keylessCount = 0 } = checked ?? {}
          const detail = `${recordCount} records, ${byteCount} bytes with their keys would be written${keylessCount === 0 ? '' : `, ${keylessCount} of them without a key of their own`}; nothing was`
          return { detail, rows: [{ streamName: stream.streamName, recordCount, byteCount, keylessCount }] }
        }
        const progress = await ReplayProgress.open({
          files: context.stateFiles,
          name: progressName(context, file, stream, summary?.streamCreationTimestamp),
          ...(mark === undefined ? {} : { mark }),
          isRestart: restart,
        })
        const skippedCount = progress.doneCount
        if (skippedCount > 0) {
          yield `an earlier replay of this file was broken off: ${skippedCount} of its records are written already and are left out`
        }
        const run = new Run(context, stream, rate, progress)
        try {
          yield* run.lines(context.readLines(file), rules)
        } catch (error) {
          throw brokenOff(error, run, mark !== undefined)
        }
        await progress.finish()
        return { detail: run.summary(), rows: [run.row(skippedCount)] }
      },
    ),
})

type Checked = { recordCount: number; byteCount: number; keylessCount: number }

async function check(context: Context, file: string, rules: ReplayRules): Promise<Checked> {
  const checked: Checked = { recordCount: 0, byteCount: 0, keylessCount: 0 }
  let lineNumber = 0
  for await (const line of context.readLines?.(file) ?? []) {
    lineNumber += 1
    if (line.trim() === '') continue
    const entry = entryOfLine(line, lineNumber, rules)
    checked.recordCount += 1
    checked.byteCount += countedBytes(entry)
    if (entry.partitionKey === undefined || !line.includes('"partitionKey"')) checked.keylessCount += 1
  }
  return checked
}

/** One run over a file: batches in its order, at the asked pace. */
class Run {
  readonly #context: Context
  readonly #stream: StreamRef
  readonly #rate: number
  readonly #progress: ReplayProgress
  readonly #reorderedKeys = new Set<string>()
  #writtenCount = 0
  #retriedCount = 0
  #startedAt = 0
  #toldAt = 0

  constructor(context: Context, stream: StreamRef, rate: number, progress: ReplayProgress) {
    this.#context = context
    this.#stream = stream
    this.#rate = rate
    this.#progress = progress
  }

  async *lines(lines: AsyncIterable<string>, rules: ReplayRules): AsyncGenerator<string> {
    const { clock } = this.#context
    this.#startedAt = clock.now()
    this.#toldAt = this.#startedAt
    const mostEntries = Math.min(PUT_RECORDS_MAX_ENTRIES, this.#rate)
    let batch: { readonly place: number; readonly entry: PutEntry }[] = []
    let batchBytes = 0
    let lineNumber = 0
    for await (const line of lines) {
      lineNumber += 1
      if (line.trim() === '' || this.#progress.isDone(lineNumber)) continue
      const entry = entryOfLine(line, lineNumber, rules)
      const bytes = countedBytes(entry)
      if (batch.length >= mostEntries || (batch.length > 0 && batchBytes + bytes > PUT_RECORDS_MAX_BYTES)) {
        yield* this.#put(batch)
        batch = []
        batchBytes = 0
      }
      batch.push({ place: lineNumber, entry })
      batchBytes += bytes
    }
    if (batch.length > 0) yield* this.#put(batch)
  }

  async *#put(
    batch: readonly { readonly place: number; readonly entry: PutEntry }[],
  ): AsyncGenerator<string> {
    const { api, clock, signal } = this.#context
    const dueAt = this.#startedAt + (this.#writtenCount / this.#rate) * 1_000
    if (dueAt > clock.now()) await clock.sleep(Math.ceil(dueAt - clock.now()), signal)
    if (signal.aborted) {
      throw new FailureError({
        kind: 'aborted',
        action: 'PutRecords',
        message: 'stopped between two batches',
        retryable: false,
      })
    }
    const entries = batch.map(({ entry }) => entry)
    const { retriedCount, reorderedKeys } = await putBatch(
      { api, stream: this.#stream },
      entries,
      this.#context,
      async indexes => {
        this.#writtenCount += indexes.length
        await this.#progress.written(indexes.flatMap(index => batch[index]?.place ?? []))
      },
    )
    this.#progress.settled(batch.at(-1)?.place ?? 0)
    this.#retriedCount += retriedCount
    for (const key of reorderedKeys) this.#reorderedKeys.add(key)
    if (clock.now() - this.#toldAt < TELL_MILLIS) return
    this.#toldAt = clock.now()
    yield `${this.#writtenCount} written${this.#retriedCount === 0 ? '' : `, ${this.#retriedCount} sent again after a refusal`}`
  }

  get writtenCount(): number {
    return this.#writtenCount
  }

  /** What was done, and whether the order of the file was kept. */
  summary(): string {
    const again = this.#retriedCount === 0 ? '' : `, ${this.#retriedCount} sent again after a refusal`
    const order =
      this.#reorderedKeys.size === 0
        ? 'each key in the order of the file'
        : `${this.#reorderedKeys.size} keys out of the order of the file, since refused records came after later ones`
    return `${this.#writtenCount} records written${again}, ${order}`
  }

  row(skippedCount: number) {
    return {
      streamName: this.#stream.streamName,
      writtenCount: this.#writtenCount,
      skippedCount,
      retriedCount: this.#retriedCount,
      reorderedKeyCount: this.#reorderedKeys.size,
    }
  }
}

/** Two streams, or two lives of one, are two replays. */
function progressName(context: Context, file: string, stream: StreamRef, created: Date | undefined): string {
  const { endpoint } = context.model().session
  const target = [endpoint.value, stream.streamArn ?? stream.streamName, created?.toISOString() ?? '']
  const identity = JSON.stringify([context.absolutePath?.(file) ?? file, ...target])
  return `replays/${createHash('sha256').update(identity).digest('hex').slice(0, 32)}.json`
}

function brokenOff(error: unknown, run: Run, isResumable: boolean): FailureError {
  const failure = failureOf(error, 'PutRecords')
  const isUnknown = ['unreachable', 'service', 'bad-answer'].includes(failure.kind)
  const doubt = isUnknown
    ? '; the answer to the last batch was lost, so its records may be written or not'
    : ''
  return new FailureError({
    ...failure,
    message: `broken off after ${run.writtenCount} records: ${failure.message}${doubt}`,
    ...(isResumable
      ? {
          nextStep: `The same command goes on where this one stopped${isUnknown ? ', and may write the last batch twice' : ''}; --restart begins anew.`,
        }
      : {}),
  })
}
