import yargs, { type Argv } from 'yargs'
import { flagOf } from '../commands/argument.ts'
import type { Command } from '../commands/command.ts'
import { type FailureError, usageFailure } from '../domain/failure.ts'
import { nearestOf } from '../domain/nearest.ts'
import {
  COMMON_FLAGS,
  CONSOLE_FLAGS,
  type Flag,
  flagsOfCommand,
  type HeadlessCommand,
  headlessCommands,
  LEAVING_FLAGS,
  positionalsOf,
  usageLine,
} from './flags.ts'
import { helpText } from './help.ts'
import { PROGRAM_WORDS, type ProgramInvocation, programInvocation, programWordHelp } from './program-words.ts'

/** Flags that every command takes, and the console too. */
export type CommonFlags = {
  readonly endpointUrl?: string
  readonly region?: string
  readonly profile?: string
  /** Acts are allowed on an endpoint that is not on this machine. */
  readonly write: boolean
  /** Nothing may be changed, whatever else is said. */
  readonly readOnly?: boolean
  /** Work on an embedded sandbox with demo streams; so do the four that follow. */
  readonly sandbox: boolean
  /** Port of 127.0.0.1 at which it listens as well; 0 for any free one. */
  readonly sandboxPort?: number
  /** A scenario of the library by its name, or a file with one. */
  readonly sandboxScenario?: string
  /** How many times as fast as the wall its clock runs. */
  readonly sandboxSpeed?: number
  /** A file that says what goes wrong on purpose. */
  readonly sandboxChaos?: string
}

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'text'; readonly text: string }
  | ProgramInvocation
  | {
      readonly kind: 'console'
      readonly flags: CommonFlags
      /** Plain sentences in place of screens. */
      readonly screenReader?: boolean
    }
  | {
      readonly kind: 'command'
      readonly command: HeadlessCommand
      /** Arguments as typed, for parseArgs. */
      readonly typed: Readonly<Record<string, string>>
      readonly flags: CommonFlags
      readonly isJson: boolean
      /** The name typed to confirm a destructive act. */
      readonly yes?: string
      /** Only what would happen is printed. */
      readonly isDryRun?: boolean
    }

/**
 * Reads a command line against the registered commands; help is computed from them. Every value stays a string here.
 * @throws FailureError of kind `usage` for an unknown command, flag or extra word, naming it and the next step.
 */
export async function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  program: { readonly version: string; readonly columns: number },
): Promise<Invocation> {
  const own = programInvocation(argv)
  if (own === 'help') return { kind: 'text', text: programWordHelp(argv) }
  if (own !== undefined) return own
  const known = headlessCommands(commands)
  const word = await firstWordOf(argv, known)
  const command = known.find(({ headless }) => headless.name === word)
  if (word !== undefined && command === undefined) throw unknownCommand(word, known)

  const action = command === undefined ? 'shardscope' : command.headless.name
  const flags = {
    ...(command === undefined ? CONSOLE_FLAGS : flagsOfCommand(command)),
    ...COMMON_FLAGS,
    ...LEAVING_FLAGS,
  }
  const parser = parserWith(flags).strictOptions().wrap(Math.min(program.columns, 110))
  const parsed = withLastOfEach(await parseWith(parser, argv, action), flags)
  if (parsed.help === true) return { kind: 'text', text: `${await helpText(parser, command, known)}\n` }
  if (parsed.version === true) return { kind: 'text', text: `${program.version}\n` }

  const common = commonFlags(parsed, action)
  if (command === undefined) {
    const isSpoken = parsed['screen-reader'] === true
    return { kind: 'console', flags: common, ...(isSpoken ? { screenReader: true } : {}) }
  }
  return {
    kind: 'command',
    command,
    typed: typedArguments(command, parsed),
    flags: common,
    isJson: parsed.json === true,
    ...textOf(parsed, 'yes', 'yes'),
    ...(parsed['dry-run'] === true ? { isDryRun: true } : {}),
  }
}

function commonFlags(parsed: Parsed, action: string): CommonFlags {
  const ofSandbox = {
    ...countOf(parsed, 'sandbox-port', 'sandboxPort', { min: 0, max: 65_535 }, action),
    ...textOf(parsed, 'sandbox-scenario', 'sandboxScenario'),
    ...countOf(parsed, 'sandbox-speed', 'sandboxSpeed', { min: 1, max: 10_000 }, action),
    ...textOf(parsed, 'sandbox-chaos', 'sandboxChaos'),
  }
  const common: CommonFlags = {
    ...textOf(parsed, 'endpoint-url', 'endpointUrl'),
    ...textOf(parsed, 'region', 'region'),
    ...textOf(parsed, 'profile', 'profile'),
    write: parsed.write === true,
    ...(parsed['read-only'] === true ? { readOnly: true } : {}),
    sandbox: parsed.sandbox === true || Object.keys(ofSandbox).length > 0,
    ...ofSandbox,
  }
  if (common.sandbox && (common.endpointUrl ?? common.region ?? common.profile) !== undefined) {
    const [implying] = Object.keys(ofSandbox)
    const flag = implying === undefined ? '--sandbox' : `--sandbox (which --${flagOf(implying)} means)`
    throw usageFailure(
      action,
      `${flag} is an endpoint of its own and goes with none of --endpoint-url, --region, --profile`,
      'Give either --sandbox or the others.',
    )
  }
  return common
}

type Parsed = { readonly _: readonly (string | number)[]; readonly [name: string]: unknown }

function parserWith(flags: Readonly<Record<string, Flag>>): Argv {
  const parser = yargs([])
    .scriptName('shardscope')
    .locale('en')
    .exitProcess(false)
    .help(false)
    .version(false)
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
      'duplicate-arguments-array': true,
      'short-option-groups': false,
      'greedy-arrays': false,
    })
    .fail((message, error) => {
      throw error ?? new Error(message)
    })
  for (const [name, flag] of Object.entries(flags)) {
    // Without `nargs: 0` a switch would swallow a following word `true` or `false`, and take `=anything` for false.
    if (flag.takesValue) parser.option(name, { type: 'string', requiresArg: true, describe: flag.describe })
    else
      parser.option(name, {
        type: 'boolean',
        nargs: 0,
        describe: flag.describe,
        ...(name === 'help' ? { alias: 'h' } : {}),
      })
  }
  return parser
}

async function parseWith(parser: Argv, argv: readonly string[], action: string): Promise<Parsed> {
  try {
    return (await parser.parseAsync([...argv])) as Parsed
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw usageFailure(
      action,
      explainYargs(message),
      `See shardscope${action === 'shardscope' ? '' : ` ${action}`} --help.`,
    )
  }
}

/** Of a flag that was given twice the last one counts, unless it may be repeated. */
function withLastOfEach(parsed: Parsed, flags: Readonly<Record<string, Flag>>): Parsed {
  const last: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries(flags)) {
    const value = parsed[name]
    if (Array.isArray(value) && flag.isRepeatable !== true) last[name] = value.at(-1)
  }
  return { ...parsed, ...last }
}

/** The parser's own words, which leave out the dashes, in ours. */
function explainYargs(message: string): string {
  const [, kind, names] =
    /^(Unknown arguments?|Not enough arguments following|Argument unexpected for): (.*)$/.exec(message) ?? []
  if (kind === undefined || names === undefined) return message
  const flags = names
    .split(', ')
    .map(name => (name.length === 1 ? `-${name}` : `--${name}`))
    .join(', ')
  if (kind.startsWith('Unknown')) return `there is no option ${flags} here`
  if (kind.startsWith('Argument')) return `${flags} takes no value`
  return `${flags} needs a value; one that begins with a dash is written ${flags}=VALUE`
}

/** The first word that is neither a flag nor a flag's value, with the flags of all commands known. */
async function firstWordOf(
  argv: readonly string[],
  commands: readonly HeadlessCommand[],
): Promise<string | undefined> {
  const flags: Record<string, Flag> = { ...CONSOLE_FLAGS, ...COMMON_FLAGS, ...LEAVING_FLAGS }
  for (const command of commands) Object.assign(flags, flagsOfCommand(command))
  try {
    const parsed = (await parserWith(flags).parseAsync([...argv])) as Parsed
    return parsed._[0] === undefined ? undefined : String(parsed._[0])
  } catch {
    // A flag without its value: the strict pass says so, for the command that stands first.
    return argv.find(word => commands.some(({ headless }) => headless.name === word))
  }
}

function typedArguments(command: HeadlessCommand, parsed: Parsed): Record<string, string> {
  const typed: Record<string, string> = {}
  for (const [name, spec] of Object.entries(command.args)) {
    const value = parsed[flagOf(name)]
    if (spec.positional || spec.only === 'form' || value === undefined) continue
    typed[name] = spec.kind === 'flag' ? String(value === true) : [value].flat().join(',')
  }
  const words = parsed._.slice(1).map(String)
  const positionals = positionalsOf(command)
  const extra = words.slice(positionals.length)
  if (extra.length > 0) {
    throw usageFailure(
      command.headless.name,
      `extra ${extra.length === 1 ? 'word' : 'words'} ${extra.map(word => `"${word}"`).join(', ')}`,
      `Usage: ${usageLine(command)}. Quote a value that has spaces.`,
    )
  }
  positionals.forEach(([name], index) => {
    const word = words[index]
    if (word !== undefined) typed[name] = word
  })
  return typed
}

function unknownCommand(word: string, commands: readonly HeadlessCommand[]): FailureError {
  const names = [...commands.map(({ headless }) => headless.name), ...PROGRAM_WORDS.map(({ name }) => name)]
  const nearest = nearestOf(word, names)
  return usageFailure(
    'shardscope',
    `there is no command "${word}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`,
    nearest === undefined ? `Use one of ${names.join(', ')}.` : 'shardscope --help lists all of them.',
  )
}

function textOf<Key extends string>(
  parsed: Parsed,
  name: string,
  key: Key,
): { readonly [K in Key]?: string } {
  const value = parsed[name]
  return typeof value === 'string' ? ({ [key]: value } as { readonly [K in Key]?: string }) : {}
}

/** A whole number within bounds; the parser gives texts. */
function countOf<Key extends string>(
  parsed: Parsed,
  name: string,
  key: Key,
  { min, max }: { readonly min: number; readonly max: number },
  action: string,
): { readonly [K in Key]?: number } {
  const text = parsed[name]
  if (typeof text !== 'string') return {}
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return { [key]: value } as { readonly [K in Key]?: number }
  throw usageFailure(
    action,
    `--${name} "${text}" is not a whole number from ${min} to ${max}`,
    `Write it as --${name} ${min}.`,
  )
}
