import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type IPty, spawn } from '@lydell/node-pty'
import { ScreenTerminal } from './terminal.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const NODE = join(root, 'node_modules/.bin/node')
export const BUNDLE = join(root, 'dist/shardscope.mjs')

/** A home without AWS files and a folder without .env: the machine that runs the tests must not take part. */
const home = mkdtempSync(join(tmpdir(), 'shardscope-pty-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))

export type PtyExit = { readonly exitCode: number; readonly signal: number | undefined }

/** The built program, or a shell around it, in a real terminal. */
export class PtyProgram {
  readonly pty: IPty
  readonly terminal: ScreenTerminal
  readonly exit: Promise<PtyExit>
  isOver = false

  constructor(
    file: string,
    args: readonly string[],
    options: {
      readonly columns?: number
      readonly rows?: number
      readonly env?: Readonly<Record<string, string>>
    } = {},
  ) {
    const failure = process.env.SHARDSCOPE_TEST_BUNDLE_FAILURE
    if (failure !== undefined) throw new Error(`the program could not be built:\n${failure}`)
    const { columns = 80, rows = 24 } = options
    this.terminal = new ScreenTerminal(columns, rows)
    this.pty = spawn(file, [...args], {
      name: options.env?.TERM ?? 'xterm-256color',
      cols: columns,
      rows,
      cwd: home,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: home,
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...options.env,
      },
    })
    this.pty.onData(data => this.terminal.write(data))
    this.exit = new Promise(resolve => {
      this.pty.onExit(({ exitCode, signal }) => {
        this.isOver = true
        resolve({ exitCode, signal: signal === 0 ? undefined : signal })
      })
    })
  }

  press(keys: string): void {
    this.pty.write(keys)
  }

  waitFor(what: Parameters<ScreenTerminal['waitFor']>[0], millis = 25_000): Promise<string> {
    return this.terminal.waitFor(what, millis)
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows)
    this.pty.resize(columns, rows)
  }

  /** Ends it whatever it does; for the end of a test. */
  kill(): void {
    if (!this.isOver) this.pty.kill('SIGKILL')
  }
}

/** The console itself, started as the bin is. */
export function ptyConsole(
  args: readonly string[],
  options: ConstructorParameters<typeof PtyProgram>[2] = {},
): PtyProgram {
  return new PtyProgram(NODE, [BUNDLE, ...args], options)
}
