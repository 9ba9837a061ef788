import { writeSync } from 'node:fs'
import packageJson from '../package.json' with { type: 'json' }
import { EXIT_OK, exitCodeOf } from './cli/exit-codes.ts'
import { failureText } from './cli/failure-text.ts'
import { runHeadless } from './cli/headless.ts'
import { type Invocation, parseCommandLine } from './cli/parse.ts'
import { COMPLETE_WORD } from './cli/program-words.ts'
import { Sink } from './cli/sink.ts'
import { StopSignals } from './cli/stop-signals.ts'
import { COMMANDS } from './commands/registry.ts'
import { failureOf, usageFailure } from './domain/failure.ts'
import { secretsOf, withoutSecrets } from './domain/hidden-secrets.ts'
import { visibleLines } from './domain/visible-text.ts'
import { HeadlessSession } from './headless-session.ts'

/** Runs what the command line asks for and returns the exit code (cli/exit-codes.ts). Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const stderr = new Sink(process.stderr, () => {}, 'secondary')
  try {
    if (argv[0] === COMPLETE_WORD) {
      const { completeWord } = await import('./complete-word.ts')
      const answer = await completeWord(argv[1], argv.slice(2), () => process.exit(EXIT_OK)).catch(() => '')
      await new Sink(process.stdout).write(answer)
      return EXIT_OK
    }
    const invocation = await parseCommandLine(argv, COMMANDS, {
      version: packageJson.version,
      columns: process.stdout.columns || 80,
    })
    switch (invocation.kind) {
      case 'text':
        await new Sink(process.stdout).write(invocation.text)
        return EXIT_OK
      case 'program': {
        const { programText } = await import('./program-text.ts')
        await new Sink(process.stdout).write(await programText(invocation, packageJson.version))
        return EXIT_OK
      }
      case 'console':
        return await showConsole(invocation)
      case 'command':
        return await runCommand(invocation, stderr)
    }
  } catch (error) {
    const failure = failureOf(error, 'shardscope')
    await stderr.write(failureText(failure)).catch(() => {})
    return exitCodeOf(failure.kind)
  }
}

async function runCommand(
  invocation: Extract<Invocation, { kind: 'command' }>,
  stderr: Sink,
): Promise<number> {
  const signals = new StopSignals(process, exitCode => process.exit(exitCode))
  const stdout = new Sink(process.stdout, signals.stop)
  const watch = watchNpm(signals.stop)
  const session = new HeadlessSession({ invocation, signal: signals.signal, stderr })
  for (const name of CRASHES) process.on(name, crashed)
  try {
    const exitCode = await runHeadless({ invocation, stdout, stderr, openContext: session.openContext })
    if (signals.exitCode === undefined) return exitCode
    return invocation.command.headless.endsBySignal && exitCode === EXIT_OK ? EXIT_OK : signals.exitCode
  } finally {
    await session.close()
    for (const name of CRASHES) process.off(name, crashed)
    clearInterval(watch)
    signals.close()
  }
}

const CRASHES = ['uncaughtException', 'unhandledRejection'] as const

/** Node would print the error with all of its members and a line of the bundle; keys can be in both. */
function crashed(error: unknown): void {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const lines = visibleLines(withoutSecrets(told, secretsOf(process.env)))
  writeSync(process.stderr.fd, `shardscope: ${lines.join('\n')}\n`)
  process.exit(exitCodeOf('internal'))
}

const PARENT_LOOK_MILLIS = 500

/**
 * `npm start` puts a shell between itself and us. When npm is told to stop, that shell dies and hears of no signal on our
 * behalf, so its going is taken for one: a sandbox started by a script must not outlive it.
 */
function watchNpm(stop: () => void): NodeJS.Timeout | undefined {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const parent = process.ppid
  return setInterval(() => {
    if (process.ppid !== parent) stop()
  }, PARENT_LOOK_MILLIS).unref()
}

async function showConsole({
  flags,
  screenReader,
}: Extract<Invocation, { kind: 'console' }>): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw usageFailure(
      'shardscope',
      'the console needs a terminal for input and output',
      'Name a command for use in scripts, such as shardscope streams; shardscope --help lists them.',
    )
  }
  const { runConsole } = await import('./console.tsx')
  return runConsole(flags, { screenReader: screenReader === true })
}
