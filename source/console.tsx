import { setFlagsFromString } from 'node:v8'
import { askMfaCode } from './cli/ask-mfa-code.ts'
import type { CommonFlags } from './cli/parse.ts'
import { readInput } from './cli/read-input.ts'
import { reboundCommands } from './commands/rebinding.ts'
import { COMMANDS } from './commands/registry.ts'
import { usageFailure } from './domain/failure.ts'
import { keptFiles } from './kept-files.ts'
import { startLoopbackSandbox } from './loopback-sandbox.ts'
import { isArmedAt, type Opened, openConnection } from './open-connection.ts'
import { openConsole } from './open-console.tsx'
import type { ChartGlyphs } from './state/model.ts'
import { SYSTEM_CLOCK } from './system-clock.ts'
import type { Background, ColorLevel } from './ui/theme.ts'
import { openConfigWarning, readUserConfig } from './user-config/user-config.ts'

/**
 * The console on this terminal, until it is left; resolves with the exit code. Without a word about where, it opens on
 * an embedded sandbox and reaches nothing else.
 * @throws FailureError before the screen opens: a terminal that cannot show it, a bad setting, no credentials
 */
export async function runConsole(
  flags: CommonFlags,
  asked: { readonly screenReader: boolean },
): Promise<number> {
  keepHeapSmall()
  const { keys, display, decoders } = readUserConfig(process.env)
  const warning = openConfigWarning(process.env)
  const isSpoken =
    asked.screenReader || display.screenReader === true || process.env.INK_SCREEN_READER === 'true'
  if (process.env.TERM === 'dumb' && !isSpoken) {
    throw usageFailure(
      'shardscope',
      'the console needs a terminal that can move its cursor, and TERM is "dumb"',
      'Use another terminal, --screen-reader, or a command such as shardscope streams.',
    )
  }
  const { kinesisRegions } = await import('./aws/regions.ts')
  let opened: Opened | undefined
  try {
    return await openConsole({
      connect: async hooks => {
        opened = await openConnection({ flags, withoutEndpoint: 'sandbox' }, hooks)
        return opened.connection
      },
      isArmedAt: connection => isArmedAt(connection.session(), flags),
      askMfaCode: (serial, signal) =>
        askMfaCode({ input: process.stdin, output: process.stdout }, serial, signal),
      regions: kinesisRegions(),
      kept: keptFiles(process.env).kept,
      decoderRules: decoders,
      ...(warning === undefined ? {} : { warning }),
      startSandbox: startLoopbackSandbox,
      readInput: (path, signal) => readInput(path, process.stdin, signal),
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      clock: SYSTEM_CLOCK,
      random: Math.random,
      colorLevel: colorLevelOf(process.env, process.stdout.getColorDepth(), display.colors),
      background: display.background ?? backgroundOf(process.env),
      chartGlyphs: chartGlyphsOf(process.env, display.glyphs),
      commands: reboundCommands(COMMANDS, keys),
      isSpoken,
      hasMouse: display.mouse === true,
      ...(display.bytesPerSecond === undefined ? {} : { bytesPerSecond: display.bytesPerSecond }),
      knowsPaste: process.env.TERM !== 'dumb',
      isTmux: (process.env.TMUX ?? '') !== '',
      host: {
        on: (name, listener) => process.on(name, listener),
        off: (name, listener) => process.off(name, listener),
        // The whole job, as a shell would stop it: npm, say, may stand between it and this process.
        stop: () => void process.kill(0, 'SIGTSTP'),
      },
    })
  } finally {
    await opened?.close()
  }
}

/**
 * V8 trades memory for speed that a console does not need: 64 shards with 5,000 records a second took 313 MB, and take 162 MB at
 * 2 % more of a core with a nursery that stays small and a heap that is swept at 1.4 times what lives in it.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=40')
}

/**
 * Blocks where the locale is UTF-8, and not on the Linux text console, whose font lacks the eighths, nor in Chinese,
 * Japanese and Korean, where terminals may draw them two cells wide (East Asian Width "ambiguous").
 */
export function chartGlyphsOf(
  environment: Readonly<Record<string, string | undefined>>,
  chosen?: 'ascii' | 'unicode',
): ChartGlyphs {
  if (chosen !== undefined) return chosen === 'unicode' ? 'blocks' : 'ascii'
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || ''
  const isWide = /^(?:zh|ja|ko)(?:[_.@]|$)/i.test(locale)
  return /utf-?8/i.test(locale) && environment.TERM !== 'linux' && !isWide ? 'blocks' : 'ascii'
}

/** Colours to use: none where NO_COLOR is set to anything (no-color.org), else what the terminal can do. */
export function colorLevelOf(
  environment: Readonly<Record<string, string | undefined>>,
  colorDepth: number,
  chosen?: ColorLevel,
): ColorLevel {
  if (environment.NO_COLOR !== undefined && environment.NO_COLOR !== '') return 'none'
  if (chosen !== undefined) return chosen
  if (colorDepth >= 8) return '256'
  return colorDepth >= 4 ? '16' : 'none'
}

/** `COLORFGBG` of rxvt, Konsole and others: `foreground;background` by the numbers of the 16 colours. */
export function backgroundOf(environment: Readonly<Record<string, string | undefined>>): Background {
  const last = environment.COLORFGBG?.split(';').at(-1)
  return last === '7' || last === '15' ? 'light' : 'dark'
}
