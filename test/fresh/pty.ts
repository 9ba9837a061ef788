import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawn } from '@lydell/node-pty'
import { ScreenTerminal } from '../support/terminal.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const home = mkdtempSync(join(tmpdir(), 'shardscope-fresh-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))

/**
 * What a newcomer's shell holds: no AWS settings, no home of the machine that tests, and none of what npm and the test
 * runner have set for themselves. `CI` stays as it is: a console must open in a terminal all the same.
 */
export function newcomersEnvironment(): Record<string, string> {
  const kept = ['PATH', 'LANG', 'CI', 'TMPDIR']
  const path = (process.env.PATH ?? '')
    .split(':')
    .filter(folder => !folder.includes('node_modules'))
    .join(':')
  return {
    ...Object.fromEntries(
      kept.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    PATH: path,
    HOME: home,
    TERM: 'xterm-256color',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

/** A command in a pseudo-terminal of 110 columns and 30 rows, drawn into a terminal in memory. */
export class PtyProgram {
  readonly screen = new ScreenTerminal(110, 30)
  readonly ended: Promise<number>
  readonly #pty: ReturnType<typeof spawn>
  #isEnded = false

  constructor(command: string, args: string[], cwd = ROOT) {
    this.#pty = spawn(command, args, { cols: 110, rows: 30, cwd, env: newcomersEnvironment() })
    this.#pty.onData(chunk => this.screen.write(chunk))
    this.ended = new Promise(resolve => {
      this.#pty.onExit(({ exitCode }) => {
        this.#isEnded = true
        resolve(exitCode)
      })
    })
  }

  press(keys: string): void {
    this.#pty.write(keys)
  }

  /** For after a test, whatever became of it. */
  kill(): void {
    if (!this.#isEnded) this.#pty.kill('SIGKILL')
  }
}
