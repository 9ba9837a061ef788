import { closeSync, ftruncateSync, openSync, readFileSync, writevSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'

/** One change as the service did it: replayed in order at the same times, it gives the same state. */
export type JournalEntry = { operation: string; input: object; now: number }

/** Frame: length of the content, its CRC-32, the content. */
const HEADER_BYTES = 8

export type Journal = {
  append(entry: JournalEntry): void
  bytes(): number
  close(): void
}

/**
 * Reads a journal's entries. A last frame that is cut short or damaged (the process was killed while writing it) ends
 * the reading there; `bytes` is where the good part ends.
 */
export function readJournal(path: string): { entries: JournalEntry[]; bytes: number } {
  const content = readIfThere(path)
  const entries: JournalEntry[] = []
  let at = 0
  while (at + HEADER_BYTES <= content.length) {
    const length = content.readUInt32BE(at)
    const body = content.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
    if (body.length < length || crc32(body) !== content.readUInt32BE(at + 4)) break
    entries.push(deserialize(body))
    at += HEADER_BYTES + length
  }
  return { entries, bytes: at }
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

/** Opens a journal for writing after its first `goodBytes`. Each entry is handed to the system before `append` returns. */
export function openJournal(path: string, goodBytes: number): Journal {
  const file = openSync(path, 'a')
  ftruncateSync(file, goodBytes)
  let bytes = goodBytes
  return {
    append(entry) {
      const body = serialize(entry)
      const header = Buffer.allocUnsafe(HEADER_BYTES)
      header.writeUInt32BE(body.length, 0)
      header.writeUInt32BE(crc32(body), 4)
      writevSync(file, [header, body])
      bytes += HEADER_BYTES + body.length
    },
    bytes: () => bytes,
    close: () => closeSync(file),
  }
}
