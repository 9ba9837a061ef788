import { randomUUID } from 'node:crypto'
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { notKept } from './state-folder.ts'

const ATTEMPTS = 50
const PAUSE_MILLIS = 20
/** Taking over is a matter of milliseconds: who has been at it for so long has died of it. */
const LONGEST_TAKEOVER_MILLIS = 10_000

export type ProcessLock = { release(): Promise<void> }

/**
 * Makes a file that names this process as the only one at some work. Resolves to the id of the process that has it already,
 * or to the lock. One whose process is gone is taken over.
 * @throws FailureError where the file cannot be written
 */
export async function takeProcessLock(path: string): Promise<ProcessLock | number> {
  const mine = `${process.pid} ${(await startOf(process.pid)) ?? ''}`.trim()
  const draft = `${path}.${randomUUID()}`
  try {
    // Written whole beside it, then put in place if there is none: nobody ever reads half a lock.
    await writeFile(draft, mine, { flag: 'wx', mode: 0o600 })
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await isPutInPlace(draft, path)) {
        return {
          release: async () => {
            if ((await textOf(path)) === mine) await rm(path, { force: true })
          },
        }
      }
      const found = await textOf(path)
      if (found === undefined) continue
      const holder = await livingHolder(found)
      if (holder !== undefined) return holder
      await removeDead(path, found, draft)
    }
    return Number.parseInt((await textOf(path)) ?? '0', 10) || 0
  } catch (error) {
    throw notKept(path, error)
  } finally {
    await rm(draft, { force: true }).catch(() => {})
  }
}

async function isPutInPlace(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Two may find the same dead lock, and the slower one must not remove what the faster has put there since. So removing has a
 * lock of its own, under which the dead one is looked at again.
 */
async function removeDead(path: string, dead: string, draft: string): Promise<void> {
  const guard = `${path}.takeover`
  if (!(await isPutInPlace(draft, guard))) {
    const begun = await stat(guard).catch(() => undefined)
    if (begun !== undefined && Date.now() - begun.mtimeMs > LONGEST_TAKEOVER_MILLIS)
      await rm(guard, { force: true })
    await sleep(PAUSE_MILLIS)
    return
  }
  try {
    if ((await textOf(path)) === dead) await rm(path, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

async function livingHolder(text: string): Promise<number | undefined> {
  const [processId = Number.NaN, start] = text.split(' ').map(Number)
  if (!Number.isInteger(processId) || processId <= 0 || !isAlive(processId)) return undefined
  // Ids are given out again: another process may have that of the one that died.
  const now = await startOf(processId)
  return start !== undefined && now !== undefined && start !== now ? undefined : processId
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process began, in clock ticks since the machine did (proc_pid_stat(5), field 22); undefined where nobody tells. */
async function startOf(processId: number): Promise<number | undefined> {
  const text = await textOf(`/proc/${processId}/stat`)
  // The second field is the name in brackets, which may hold blanks and brackets.
  const ticks = Number(text?.slice(text.lastIndexOf(')') + 2).split(' ')[19])
  return Number.isInteger(ticks) ? ticks : undefined
}

async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined)
}
