import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const NODE = join(root, 'node_modules/.bin/node')
export const BUNDLE = join(root, 'dist/shardscope.mjs')

/** A home without AWS files and a folder without .env: the machine that runs the tests must not take part. */
const home = mkdtempSync(join(tmpdir(), 'shardscope-cli-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))

export type Finished = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The built program as a child process. */
export class Program {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  stdout = ''
  stderr = ''
  readonly #waiters = new Set<() => void>()

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = home) {
    const failure = process.env.SHARDSCOPE_TEST_BUNDLE_FAILURE
    if (failure !== undefined) throw new Error(`the program could not be built:\n${failure}`)
    this.child = spawn(NODE, [BUNDLE, ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? '', HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#announce()
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#announce()
    })
    this.finished = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr })
        this.#announce()
      })
    })
  }

  /** Resolves once the output is as wanted; rejects with all of it where the program ends before. */
  async until(what: string, isReached: (program: this) => boolean): Promise<void> {
    let isOver = false
    void this.finished.then(() => {
      isOver = true
    })
    while (!isReached(this)) {
      if (isOver) throw new Error(`ended before ${what}\nstdout:\n${this.stdout}\nstderr:\n${this.stderr}`)
      await new Promise<void>(resolve => {
        const waiter = (): void => {
          this.#waiters.delete(waiter)
          resolve()
        }
        this.#waiters.add(waiter)
      })
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    this.child.kill(signal)
    return this.finished
  }

  #announce(): void {
    for (const waiter of [...this.#waiters]) waiter()
  }
}

/** Runs the program to its end, with all of `input` on standard input. */
export function run(
  args: readonly string[],
  options: {
    readonly input?: string | Uint8Array
    readonly env?: Readonly<Record<string, string>>
    readonly cwd?: string
  } = {},
): Promise<Finished> {
  const program = new Program(args, options.env, options.cwd)
  program.child.stdin?.on('error', () => {})
  program.child.stdin?.end(options.input ?? '')
  return program.finished
}

export type JsonLine = Record<string, unknown>

export function jsonLines(text: string): JsonLine[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as JsonLine)
}

/** A sandbox of its own for a test file, started as a user would. */
export class SandboxProgram {
  readonly program = new Program(['sandbox', '--port', '0', '--no-traffic'])
  url = ''

  async start(): Promise<void> {
    await this.program.until('its URL', program => program.stdout.includes('\n'))
    this.url = this.program.stdout.trim()
  }

  /** Runs a command on this sandbox. */
  readonly run = (args: readonly string[], input?: string | Uint8Array): Promise<Finished> =>
    run([...args, '--endpoint-url', this.url], input === undefined ? {} : { input })

  /** Runs a command that must work, and returns its JSON lines. */
  readonly json = async (...args: string[]): Promise<JsonLine[]> => {
    const finished = await this.run([...args, '--json'])
    if (finished.code !== 0)
      throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`)
    return jsonLines(finished.stdout)
  }

  /** Begins a command that goes on. */
  readonly begin = (...args: string[]): Program => new Program([...args, '--endpoint-url', this.url])
}
