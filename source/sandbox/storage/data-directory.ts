import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from '../engine/account.ts'
import { LIFE, type Service } from '../engine/service.ts'
import { type Journal, type JournalEntry, openJournal, readJournal } from './journal.ts'
import { isAtRest, readSnapshot, type Snapshot, writeSnapshot } from './snapshot.ts'

/** A journal longer than this is folded into a snapshot as soon as nothing is under way. */
const FOLD_BYTES = 256 << 20

/**
 * A directory that keeps an account across restarts: `state.N`, a snapshot, and `journal.N`, what changed since. A
 * change is in the journal before its caller hears of it, so a killed process loses nothing that was acknowledged.
 */
export type DataDirectory = {
  snapshot: Snapshot | undefined
  /** What to replay on top of the snapshot. */
  entries: JournalEntry[]
  /** The latest moment in the data, or 0: a clock must not begin earlier. */
  lastTime: number
  record(entry: JournalEntry): void
  /** Folds the journal into a new snapshot if it has grown long, or at once when `force`d; waits while changes are under way. */
  fold(service: Service, force?: boolean): void
  close(): void
}

/** Opens (or begins) a data directory and keeps other sandboxes out of it. Errors: when one is in there, or it is damaged. */
export function openDataDirectory(directory: string, foldBytes = FOLD_BYTES): DataDirectory {
  mkdirSync(directory, { recursive: true })
  lock(directory)
  try {
    return openLocked(directory, foldBytes)
  } catch (error) {
    unlock(directory)
    throw error
  }
}

function openLocked(directory: string, foldBytes: number): DataDirectory {
  let number = Math.max(0, ...numbersIn(directory))
  removeOthers(directory, number)
  const state = number === 0 ? undefined : readSnapshot(join(directory, `state.${number}`))
  const { entries, bytes } = readJournal(join(directory, `journal.${number}`))
  let journal: Journal = openJournal(join(directory, `journal.${number}`), bytes)
  return {
    snapshot: state?.content,
    entries,
    lastTime: Math.max(state?.now ?? 0, ...entries.slice(-1).map(({ now }) => now)),
    record: entry => journal.append(entry),
    fold(service, force = false) {
      const due = force ? journal.bytes() > 0 : journal.bytes() > foldBytes
      if (!due || !isAtRest(service.account)) return
      const next = number + 1
      writeSnapshot(join(directory, `state.${next}`), service.account, service.clock.now())
      journal.close()
      journal = openJournal(join(directory, `journal.${next}`), 0)
      const { durations, limits } = service.account
      journal.append({ operation: LIFE, input: { durations, limits }, now: service.clock.now() })
      number = next
      removeOthers(directory, number)
    },
    close() {
      journal.close()
      unlock(directory)
    },
  }
}

const numbersIn = (directory: string) =>
  readdirSync(directory).flatMap(name => {
    const number = /^state\.(\d+)$/.exec(name)?.[1]
    return number === undefined ? [] : [Number(number)]
  })

/** What an earlier number left behind, also when the process was killed between writing a snapshot and tidying up. */
function removeOthers(directory: string, number: number): void {
  const kept = [`state.${number}`, `journal.${number}`]
  for (const name of readdirSync(directory)) {
    if (/^(state|journal)\.\d+(\.tmp)?$/.test(name) && !kept.includes(name)) rmSync(join(directory, name))
  }
}

/** Two processes writing one journal would ruin it. */
function lock(directory: string): void {
  const path = join(directory, 'lock')
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const owner = Number(readFileSync(path, 'utf8'))
    if (isAlive(owner)) {
      throw new Error(
        `${directory} is in use by the sandbox with process id ${owner}; stop it or use another directory`,
      )
    }
    writeFileSync(path, String(process.pid))
  }
}

const unlock = (directory: string) => rmSync(join(directory, 'lock'), { force: true })

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Puts what a snapshot holds into a fresh account. Errors: when it belongs to another account or Region. */
export function restore(account: Account, snapshot: Snapshot): void {
  for (const name of ['accountId', 'region'] as const) {
    if (snapshot[name] !== account[name]) {
      throw new Error(`the data belongs to ${name} ${snapshot[name]}, not to ${account[name]}`)
    }
  }
  Object.assign(account, snapshot)
  for (const stream of account.streams.values()) {
    // Pushed reads end with the process.
    for (const consumer of stream.consumers.values()) consumer.subscriptions.clear()
  }
}
