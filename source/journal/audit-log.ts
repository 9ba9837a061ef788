import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import type { ActHistory, AuditEntry, AuditSink } from '../domain/audit.ts'
import { AppendLog } from './append-log.ts'

/** The append-only log of calls that change something: JSON Lines, for its owner alone. */
export function createAuditLog(path: string): { readonly sink: AuditSink; readonly history: ActHistory } {
  const log = new AppendLog(path)
  const user = nameOfUser()
  return {
    sink: entry => {
      const identity = user === undefined ? entry.identity : { ...entry.identity, user }
      const line = { v: 1, ...entry, identity, at: new Date(entry.at).toISOString() }
      return log.append(
        `${JSON.stringify(line, (_, value) => (typeof value === 'bigint' ? value.toString() : value))}\n`,
      )
    },
    history: {
      async callsOf({ operation, streamName, endpoint, region, sinceMillis }) {
        const times: number[] = []
        for (const entry of await entriesOf(path)) {
          const at = Date.parse(String(entry.at))
          const { StreamName, StreamARN } = (entry.parameters ?? {}) as Record<string, unknown>
          const isThisStream =
            StreamName === streamName || String(StreamARN).endsWith(`:stream/${streamName}`)
          const isHere = entry.identity?.endpoint === endpoint && entry.identity?.region === region
          if (entry.event !== 'answered' || entry.outcome !== 'ok' || entry.operation !== operation) continue
          if (isThisStream && isHere && at >= sinceMillis) times.push(at)
        }
        return times.sort((a, b) => a - b)
      },
    },
  }
}

/** Lines that make no sense are left out: a crash may have torn one. */
async function entriesOf(path: string): Promise<Partial<AuditEntry>[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').flatMap(line => {
    try {
      const value: unknown = JSON.parse(line)
      return typeof value === 'object' && value !== null ? [value as Partial<AuditEntry>] : []
    } catch {
      return []
    }
  })
}

function nameOfUser(): string | undefined {
  try {
    return userInfo().username
  } catch {
    // A container may run as a number without a name.
    return undefined
  }
}
