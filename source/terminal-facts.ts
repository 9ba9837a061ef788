import type { TerminalFacts } from './commands/doctor-world.ts'

/** What this process sees of its terminal. */
export function terminalFacts(): TerminalFacts {
  const { stdin, stdout, env } = process
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return {
    isInputTerminal: stdin.isTTY === true,
    isOutputTerminal: stdout.isTTY === true,
    ...(env.TERM === undefined || env.TERM === '' ? {} : { term: env.TERM }),
    ...(stdout.isTTY
      ? { columns: stdout.columns, rows: stdout.rows, colorDepth: stdout.getColorDepth() }
      : {}),
    isUtf8: /utf-?8/i.test(locale),
    hasColorSwitchedOff: env.NO_COLOR !== undefined && env.NO_COLOR !== '',
    nodeVersion: process.versions.node,
  }
}
