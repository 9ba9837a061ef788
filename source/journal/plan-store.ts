import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FailureError } from '../domain/failure.ts'
import {
  entriesOf,
  lineOf,
  type PlanEntry,
  type PlanJournal,
  type PlannedEntry,
  type PlanStore,
} from '../domain/plan/journal.ts'
import { AppendLog } from './append-log.ts'
import { takeProcessLock } from './process-lock.ts'
import { notKept, ownFolder } from './state-folder.ts'

const JOURNAL_NAME = /^([a-z0-9-]{1,80})\.jsonl$/

/** Journals of plans, one file each, in a folder of the user's own. */
export function createPlanStore(folder: string): PlanStore {
  const pathOf = (planId: string): string => join(folder, `${planId}.jsonl`)
  const read = async (planId: string): Promise<PlanEntry[]> => {
    if (!JOURNAL_NAME.test(`${planId}.jsonl`)) throw noPlan(planId)
    try {
      return entriesOf(await readFile(pathOf(planId), 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw noPlan(planId)
      throw notKept(pathOf(planId), error)
    }
  }
  const journalOf = async (planId: string): Promise<PlanJournal> => {
    await ownFolder(folder)
    const taken = await takeProcessLock(join(folder, `${planId}.lock`))
    if (typeof taken === 'number') throw heldBy(planId, taken)
    const log = new AppendLog(pathOf(planId))
    return {
      planId,
      append: entry => log.append(lineOf(entry)),
      close: async () => {
        await log.close()
        await taken.release()
      },
    }
  }
  return {
    async create(entry: PlannedEntry) {
      const journal = await journalOf(entry.planId)
      try {
        await journal.append(entry)
      } catch (error) {
        await journal.close().catch(() => {})
        throw error
      }
      return journal
    },
    async reopen(planId) {
      await read(planId)
      const journal = await journalOf(planId)
      try {
        // Read again under the lock: the one who had it may have gone on meanwhile.
        return { journal, entries: await read(planId) }
      } catch (error) {
        await journal.close().catch(() => {})
        throw error
      }
    },
    read,
    async list() {
      const names = await readdir(folder).catch(() => [])
      const ids = names.flatMap(name => JOURNAL_NAME.exec(name)?.[1] ?? [])
      const all = await Promise.all(ids.map(id => read(id).catch(() => [])))
      return all
        .filter(entries => entries[0]?.kind === 'planned')
        .sort((a, b) => (b[0]?.at ?? 0) - (a[0]?.at ?? 0))
    },
  }
}

function heldBy(planId: string, processId: number): FailureError {
  return new FailureError({
    kind: 'conflict',
    action: 'plan',
    message: `plan ${planId} is being carried out by process ${processId}`,
    nextStep: 'Wait for it, or stop that process first.',
    retryable: false,
  })
}

function noPlan(planId: string): FailureError {
  return new FailureError({
    kind: 'not-found',
    action: 'plan',
    message: `there is no plan "${planId}" in the journal`,
    nextStep: 'See them with shardscope plans.',
    retryable: false,
  })
}
