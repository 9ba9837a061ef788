import { usageFailure } from '../domain/failure.ts'
import type { StateFiles } from './command.ts'

type Kept = {
  readonly v: 1
  /** Size and time of the file that this is about. */
  readonly mark: string
  /** Every line up to here is written. */
  readonly doneLine: number
  /** Lines after it that are written too. */
  readonly alsoDone: readonly number[]
  readonly doneCount: number
}

/** Which lines of a file are in the stream already: kept after every call, so that a replay that ends early can go on. */
export class ReplayProgress {
  readonly #files: StateFiles | undefined
  readonly #name: string
  readonly #mark: string | undefined
  #doneLine = 0
  #alsoDone = new Set<number>()
  #doneCount = 0

  private constructor(files: StateFiles | undefined, name: string, mark: string | undefined) {
    this.#files = files
    this.#name = name
    this.#mark = mark
  }

  /** @throws FailureError of kind `usage` where the file is no longer the one that was broken off */
  static async open(options: {
    readonly files: StateFiles | undefined
    readonly name: string
    /** Absent for what cannot be read twice, such as a pipe: nothing is kept then. */
    readonly mark?: string
    readonly isRestart: boolean
  }): Promise<ReplayProgress> {
    const { files, name, mark, isRestart } = options
    const progress = new ReplayProgress(mark === undefined ? undefined : files, name, mark)
    const text = isRestart ? undefined : await progress.#files?.read(name)
    const kept = text === undefined ? undefined : readKept(text)
    if (kept === undefined) return progress
    if (kept.mark !== mark) {
      throw usageFailure(
        'replay',
        `an earlier replay of this file was broken off after ${kept.doneCount} records, and the file has changed since (it had ${kept.mark}, now ${mark})`,
        'Give --restart to write all of it, from its first line.',
      )
    }
    progress.#doneLine = kept.doneLine
    progress.#alsoDone = new Set(kept.alsoDone)
    progress.#doneCount = kept.doneCount
    return progress
  }

  get doneCount(): number {
    return this.#doneCount
  }

  isDone(line: number): boolean {
    return line <= this.#doneLine || this.#alsoDone.has(line)
  }

  /** Lines of one call, all of them after the lines of the calls before, or left over from the last one. */
  async written(lines: readonly number[]): Promise<void> {
    for (const line of lines) this.#alsoDone.add(line)
    this.#doneCount += lines.length
    if (this.#files === undefined || this.#mark === undefined) return
    const kept: Kept = {
      v: 1,
      mark: this.#mark,
      doneLine: this.#doneLine,
      alsoDone: [...this.#alsoDone],
      doneCount: this.#doneCount,
    }
    await this.#files.write(this.#name, JSON.stringify(kept))
  }

  /** The batch is written whole: everything up to this line is. */
  settled(line: number): void {
    this.#doneLine = Math.max(this.#doneLine, line)
    this.#alsoDone = new Set([...this.#alsoDone].filter(each => each > this.#doneLine))
  }

  async finish(): Promise<void> {
    await this.#files?.remove(this.#name)
  }
}

function readKept(text: string): Kept | undefined {
  try {
    const kept = JSON.parse(text) as Kept
    return kept.v === 1 && Array.isArray(kept.alsoDone) ? kept : undefined
  } catch {
    // A file that somebody spoiled tells nothing.
    return undefined
  }
}
