import { type ArgSpecs, flagOf, parseArgs } from '../commands/argument.ts'
import type { Context, Headless, OutputFormat } from '../commands/command.ts'
import { jsonLine } from '../commands/json-line.ts'
import { previewRow, previewTextLines } from '../commands/plan-rows.ts'
import { type Failure, failureOf, usageFailure } from '../domain/failure.ts'
import { visibleText } from '../domain/visible-text.ts'
import type { ActPreview } from '../state/act-preview.ts'
import type { Event } from '../state/event.ts'
import { EXIT_OK, exitCodeOf } from './exit-codes.ts'
import { failureText } from './failure-text.ts'
import { type HeadlessCommand, isAct } from './flags.ts'
import { rowWriter } from './output.ts'
import type { Invocation } from './parse.ts'
import { Progress } from './progress.ts'
import type { Sink } from './sink.ts'

export type HeadlessRun = {
  readonly invocation: Extract<Invocation, { kind: 'command' }>
  readonly stdout: Sink
  readonly stderr: Sink
  /** Connects where the command needs an endpoint. Arguments have been checked by then. */
  readonly openContext: (command: HeadlessCommand) => Promise<Context>
}

/**
 * Runs one command: its rows go to stdout, everything else to stderr. Returns the exit code; a signal's own code is the
 * caller's matter. Never throws.
 */
export async function runHeadless({ invocation, stdout, stderr, openContext }: HeadlessRun): Promise<number> {
  const { command } = invocation
  const { headless } = command
  try {
    const args = parseArgs(headless.name, headlessArgs(command.args), invocation.typed)
    const format = formatOf(headless, args, invocation.isJson, stdout)
    const context = await openContext(command)
    if (invocation.isDryRun === true && !('dryRun' in command.args)) {
      await writePreview(command, args, context, stdout, invocation.isJson)
      return EXIT_OK
    }
    if (isAct(command)) assertConfirmed(command, args, invocation.yes, context)
    const writer = eventWriter(headless, stdout, format)
    const progress = new Progress()
    let failure: Failure | undefined
    for await (const event of command.run(args as never, context)) {
      if (stdout.isClosed) break
      await writer.write(event)
      await stderr.write(progress.text(event))
      failure ??= failureIn(event)
    }
    await writer.finish()
    return failure === undefined ? EXIT_OK : await report(headless.name, stderr, failure, stdout)
  } catch (error) {
    return await report(headless.name, stderr, failureOf(error, headless.name), stdout)
  }
}

function formatOf(
  headless: Headless,
  args: Readonly<Record<string, unknown>>,
  isJson: boolean,
  stdout: Sink,
): OutputFormat | undefined {
  const format = headless.format?.(args)
  if (format === undefined || format === 'json') return isJson ? 'json' : format
  if (isJson && format.name === 'text') return 'json'
  if (isJson) {
    throw usageFailure(headless.name, `--json and --output ${format.name} exclude each other`, 'Give one.')
  }
  if (stdout.isTerminal && !format.isForTerminals) {
    throw usageFailure(
      headless.name,
      `--output ${format.name} writes bytes as they are, which a terminal would obey`,
      'Send it to a file or a pipe, or use --output hex.',
    )
  }
  return format
}

function eventWriter(headless: Headless, stdout: Sink, format: OutputFormat | undefined) {
  if (format !== undefined && format !== 'json') {
    return {
      write: async (event: Event) => stdout.write(format.write(event) ?? ''),
      finish: async () => {},
    }
  }
  const isJson = format === 'json'
  const { lines } = headless
  if (!isJson && lines !== undefined) {
    return {
      write: async (event: Event) => {
        const told = lines(event, stdout.columns ?? 110)
        if (told !== undefined) await stdout.write(told.map(line => `${visibleText(line)}\n`).join(''))
      },
      finish: async () => {},
    }
  }
  const writer = rowWriter(headless, stdout, isJson)
  const rowsOf = isJson ? headless.rows : (headless.textRows ?? headless.rows)
  return {
    write: async (event: Event) => {
      const rows = rowsOf(event)
      if (rows.length > 0) await writer.write(rows)
    },
    finish: () => writer.finish(),
  }
}

/** A reader of stdout that has gone (`| head -1`) got what it wanted: what failed because of that is no failure. */
async function report(name: string, stderr: Sink, failure: Failure, stdout: Sink): Promise<number> {
  if (stdout.isClosed && failure.kind === 'aborted') return EXIT_OK
  await stderr.write(failureText(withShellAdvice(failure, name))).catch(() => {})
  return exitCodeOf(failure.kind)
}

function withShellAdvice(failure: Failure, name: string): Failure {
  if (failure.kind === 'read-only' && failure.nextStep?.startsWith('Arm ') === true) {
    return { ...failure, nextStep: 'Add --write if you mean to change something at this endpoint.' }
  }
  return failure.kind === 'usage' ? { nextStep: `See shardscope ${name} --help.`, ...failure } : failure
}

/** The failures that an event carries and that decide how the program ends. */
function failureIn(event: Event): Failure | undefined {
  switch (event.type) {
    case 'streams-failed':
    case 'shards-failed':
    case 'tail-failed':
    case 'heat-failed':
    case 'stream-readers-failed':
    case 'act-failed':
      return event.failure
    default:
      return undefined
  }
}

function headlessArgs(specs: ArgSpecs): ArgSpecs {
  return Object.fromEntries(Object.entries(specs).filter(([, spec]) => spec.only !== 'form'))
}

/** What an act would do; a session that is asked for this alone may not change anything (headless-session.ts). */
async function writePreview(
  command: HeadlessCommand,
  args: Readonly<Record<string, unknown>>,
  context: Context,
  stdout: Sink,
  isJson: boolean,
): Promise<void> {
  const preview: ActPreview =
    command.preview === undefined
      ? {
          title: command.title,
          sections: [
            { heading: 'Effect', lines: command.confirm?.(args as never, context.model()).lines ?? [] },
          ],
          awsCli: [],
        }
      : await command.preview(args as never, context)
  if (isJson) return stdout.write(jsonLine(previewRow(preview)))
  const lines = previewTextLines(preview, stdout.columns ?? 110)
  await stdout.write(lines.map(line => `${visibleText(line)}\n`).join(''))
}

function assertConfirmed(
  command: HeadlessCommand,
  args: Readonly<Record<string, unknown>>,
  yes: string | undefined,
  context: Context,
): void {
  const confirmation = command.confirm?.(args as never, context.model())
  const named = args.stream as { readonly streamName: string } | undefined
  const required = confirmation?.requiredText ?? (yes === undefined ? undefined : named?.streamName)
  if (required === undefined || yes === required) return
  throw usageFailure(
    command.headless.name,
    `${yes === undefined ? 'this needs a confirmation' : `--${flagOf('yes')} "${yes}" is not the name`}: ${confirmation?.lines.join(' ') ?? ''}`,
    `Add --yes ${required} if that is what you want.`,
  )
}
