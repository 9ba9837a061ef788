import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import type { Account } from '../engine/account.ts'

/** What of an account outlives the process. The rest is settings of the next start, or fills itself again. */
const KEPT = [
  'accountId',
  'region',
  'streams',
  'policies',
  'channels',
  'billingCommitment',
  'metrics',
] as const satisfies (keyof Account)[]

export type Snapshot = Pick<Account, 'accountId' | 'region'> & Partial<Account>

/** Whether nothing is under way: a change in progress is code and cannot be written down. */
export const isAtRest = (account: Account) =>
  [...account.streams.values()].every(({ pending }) => pending.length === 0)

/** Writes the account to `path`: whole or not at all. `now` is the time it stands at. */
export function writeSnapshot(path: string, account: Account, now: number): void {
  const content = Object.fromEntries(KEPT.map(name => [name, account[name]]))
  const body = serialize({ now, content })
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(body))
  const temporary = `${path}.tmp`
  const file = openSync(temporary, 'w')
  try {
    writeSync(file, checksum)
    writeFully(file, body)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}

function writeFully(file: number, body: Buffer): void {
  for (let at = 0; at < body.length; ) at += writeSync(file, body, at)
}

/** Reads a snapshot back. Errors: when the file is damaged. */
export function readSnapshot(path: string): { now: number; content: Snapshot } {
  const bytes = readFileSync(path)
  const body = bytes.subarray(4)
  if (bytes.length < 4 || crc32(body) !== bytes.readUInt32BE(0)) {
    throw new Error(
      `${path} is damaged: its checksum does not fit; restore it, or remove the directory to start anew`,
    )
  }
  return deserialize(body)
}
