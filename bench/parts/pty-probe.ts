import { readFileSync } from 'node:fs'
import { type IPty, spawn } from '@lydell/node-pty'
import xterm, { type Terminal } from '@xterm/headless'
import { BENCH_ENVIRONMENT, ROOT } from './programs.ts'

/** Milliseconds of CPU that a process has used so far; the kernel counts in steps of 10. Linux only. */
export function cpuMillis(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Memory in MB (10^6 bytes) that a process holds resident. Linux only. */
export function residentMegabytes(pid: number): number {
  const kibibytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return (kibibytes * 1024) / 1e6
}

export const sleep = (millis: number): Promise<void> => new Promise(resolve => setTimeout(resolve, millis))

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** A program in a real pseudo terminal whose bytes are counted. Its screen is drawn only while somebody looks. */
export class PtyProbe {
  readonly pty: IPty
  readonly exit: Promise<number>
  byteCount = 0
  readonly startedAt = performance.now()
  readonly #terminal: Terminal
  #drawn: Promise<void> = Promise.resolve()
  #listener: ((chunk: string) => void) | undefined

  constructor(
    file: string,
    args: readonly string[],
    { columns = 120, rows = 40 }: { readonly columns?: number; readonly rows?: number } = {},
  ) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 })
    this.pty = spawn(file, [...args], {
      name: 'xterm-256color',
      cols: columns,
      rows,
      cwd: BENCH_ENVIRONMENT.HOME ?? ROOT,
      env: BENCH_ENVIRONMENT,
    })
    this.pty.onData(chunk => {
      this.byteCount += Buffer.byteLength(chunk)
      this.#drawn = new Promise(resolve => this.#terminal.write(chunk, resolve))
      this.#listener?.(chunk)
    })
    this.exit = new Promise(resolve => this.pty.onExit(({ exitCode }) => resolve(exitCode)))
  }

  get pid(): number {
    return this.pty.pid
  }

  async text(): Promise<string> {
    await this.#drawn
    const buffer = this.#terminal.buffer.active
    return Array.from({ length: this.#terminal.rows }, (_, row) =>
      (buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    ).join('\n')
  }

  /** Resolves once the screen fits; rejects with the screen where it never does. */
  async waitFor(what: RegExp, millis = 30_000): Promise<string> {
    const until = performance.now() + millis
    for (;;) {
      const text = await this.text()
      if (what.test(text)) return text
      if (performance.now() > until) throw new Error(`waited ${millis} ms for ${what}; on screen:\n${text}`)
      await sleep(5)
    }
  }

  /** Milliseconds until the raw output, from now on, holds the text. Nothing is drawn for it, so nothing is added. */
  untilSent(text: string, millis = 30_000): Promise<number> {
    const from = performance.now()
    let sent = ''
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => {
        this.#listener = undefined
        reject(
          new Error(
            `waited ${millis} ms for ${JSON.stringify(text)} in ${JSON.stringify(sent.slice(-2_000))}`,
          ),
        )
      }, millis)
      this.#listener = chunk => {
        sent = (sent + chunk).slice(-100_000)
        if (!sent.includes(text)) return
        clearTimeout(timeout)
        this.#listener = undefined
        resolve(performance.now() - from)
      }
    })
  }

  press(keys: string): void {
    this.pty.write(keys)
  }

  async close(): Promise<void> {
    this.pty.kill('SIGKILL')
    await this.exit
    this.#terminal.dispose()
  }
}
