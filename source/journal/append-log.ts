import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { notKept, ownFolder } from './state-folder.ts'

/**
 * A file that only grows, a line at a time, readable by its owner alone. Each line is one write at the end of the file, so
 * that several processes can share it; a line that a crash or a full disk tore is closed off before the next one.
 */
export class AppendLog {
  readonly path: string
  #file: FileHandle | undefined
  #isTorn = false
  #last: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.path = path
  }

  /** Resolves once the line is on the disk, in the order of the calls. @throws FailureError where it cannot be kept */
  append(line: string): Promise<void> {
    const written = this.#last.then(() => this.#write(line))
    this.#last = written.catch(() => {})
    return written
  }

  async close(): Promise<void> {
    await this.#last
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #write(line: string): Promise<void> {
    try {
      const file = await this.#opened()
      const bytes = Buffer.from(this.#isTorn ? `\n${line}` : line)
      const { bytesWritten } = await file.write(bytes)
      this.#isTorn = bytesWritten > 0 && bytesWritten < bytes.length
      if (bytesWritten < bytes.length)
        throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were taken`)
      await file.datasync()
    } catch (error) {
      throw notKept(this.path, error)
    }
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file !== undefined) return this.#file
    await ownFolder(dirname(this.path))
    const file = await open(this.path, 'a+', 0o600)
    this.#isTorn = await endsInside(file)
    this.#file = file
    return file
  }
}

/** Whether the last line has no end. */
async function endsInside(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  // A device has no size, and no lines to look at.
  if (size === 0) return false
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return bytesRead === 1 && buffer[0] !== 0x0a
}
