import { decodeRecord } from '../domain/decode/decode-record.ts'
import type { StreamDecoding } from '../domain/decode/stream-decoding.ts'
import { usageFailure } from '../domain/failure.ts'
import type { StreamRecord } from '../domain/record.ts'
import { compareSequenceNumbers } from '../domain/shard.ts'
import type { Model } from '../state/model.ts'
import { tailFilter, tailRows } from '../state/select-tail.ts'
import { topScreen } from '../state/selection.ts'
import type { TailRow } from '../state/tail-row.ts'
import { type ActSteps, runAct } from './act.ts'
import { defineCommand } from './command.ts'
import { jsonLine } from './json-line.ts'
import { recordRow } from './record-rows.ts'

/** Writes what a tail has on screen as the JSON Lines of `tail --json`, which `replay` takes. */
export const exportRecords = defineCommand({
  id: 'record.export',
  title: 'Write the marked records, or all that the filter shows, to a file of JSON Lines',
  hint: 'export',
  group: 'record',
  keys: ['e'],
  where: ['tail'],
  effect: 'read',
  args: {
    file: { kind: 'file', title: 'New file, readable by you alone', required: true },
  },
  unavailable: model => {
    const screen = topScreen(model)
    const isEmpty = screen.screen === 'tail' && tailRows(model, screen).count === 0 && !screen.marked?.size
    return isEmpty ? 'there is no record to export' : undefined
  },
  suggest: async ({ model, clock }) => {
    const screen = topScreen(model())
    const name = screen.screen === 'tail' ? screen.stream.streamName : 'records'
    return { file: [`${name}-${new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')}.jsonl`] }
  },
  run: ({ file }, context) =>
    runAct(
      context,
      { commandId: 'record.export', title: `Export to ${file}`, action: 'WriteFile' },
      async function* (): ActSteps {
        const records = exported(context.model())
        if (context.writeOutput === undefined) throw usageFailure('WriteFile', 'files cannot be written here')
        const lines = [...records].map(([record, decoding]) =>
          jsonLine(recordRow({ record, decoded: decodeRecord(record, decoding?.options) })),
        )
        await context.writeOutput(file, lines.join(''))
        // Whole: a name alone does not tell in which folder the console was started.
        const path = context.absolutePath?.(file) ?? file
        return { detail: `${records.size} ${records.size === 1 ? 'record' : 'records'} written to ${path}` }
      },
    ),
})

/** The Kinesis records of the marked rows, else of the rows in the list; an aggregate once, whichever of its parts are meant. */
function exported(model: Model): ReadonlyMap<StreamRecord, StreamDecoding | undefined> {
  const screen = topScreen(model)
  const records = new Map<StreamRecord, StreamDecoding | undefined>()
  if (screen.screen !== 'tail') return records
  if (screen.marked !== undefined && screen.marked.size > 0) {
    for (const row of [...screen.marked.values()].sort(inOrder)) records.set(row.record, row.decoding)
    return records
  }
  const isNarrowed = tailFilter(screen.filter).filter !== undefined
  const rows = tailRows(model, isNarrowed ? { ...screen, showsOthers: false } : screen)
  for (let index = 0; index < rows.count; index += 1) {
    const row = rows.at(index)
    if (row !== undefined) records.set(row.record, row.decoding)
  }
  return records
}

/** Marks were set in any order; a replay keeps that of the file, so each shard's records are written in theirs. */
function inOrder(a: TailRow, b: TailRow): number {
  if (a.record.shardId !== b.record.shardId) return a.record.shardId < b.record.shardId ? -1 : 1
  return compareSequenceNumbers(a.record.sequenceNumber, b.record.sequenceNumber)
}
