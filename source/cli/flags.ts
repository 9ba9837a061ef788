import { type ArgSpec, flagOf } from '../commands/argument.ts'
import type { Command, Headless } from '../commands/command.ts'

export type HeadlessCommand = Command & { readonly headless: Headless }

export type Flag = {
  readonly takesValue: boolean
  readonly describe: string
  /** Given several times all count; of any other flag the last one does. */
  readonly isRepeatable?: boolean
}

export const COMMON_FLAGS: Readonly<Record<string, Flag>> = {
  'endpoint-url': { takesValue: true, describe: 'Kinesis endpoint, such as http://127.0.0.1:4567' },
  region: { takesValue: true, describe: 'AWS region' },
  profile: { takesValue: true, describe: 'Profile of the shared AWS config files' },
  write: { takesValue: false, describe: 'Allow acts that change something; AWS is read-only without it' },
  'read-only': {
    takesValue: false,
    describe: 'Refuse every act that changes something, whatever else is said',
  },
  sandbox: { takesValue: false, describe: 'Use an embedded sandbox with demo streams, and nothing else' },
  'sandbox-port': {
    takesValue: true,
    describe: 'Open the embedded sandbox to other programs at this port of 127.0.0.1; 0 takes a free one',
  },
  'sandbox-scenario': {
    takesValue: true,
    describe: 'Streams and traffic of the embedded sandbox, by name or from a JSON file',
  },
  'sandbox-speed': { takesValue: true, describe: 'Run its clock so many times as fast' },
  'sandbox-chaos': { takesValue: true, describe: 'What goes wrong in it on purpose, from a JSON file' },
}
/** Flags of the console, where no command is named. */
export const CONSOLE_FLAGS: Readonly<Record<string, Flag>> = {
  'screen-reader': {
    takesValue: false,
    describe: 'Say the console in plain sentences, for screen readers: nothing is ever drawn over',
  },
}
const COMMAND_FLAGS: Readonly<Record<string, Flag>> = {
  json: { takesValue: false, describe: 'One JSON object a line instead of text for people' },
}
const ACT_FLAGS: Readonly<Record<string, Flag>> = {
  'dry-run': { takesValue: false, describe: 'Print what would happen, and change nothing' },
  yes: {
    takesValue: true,
    describe: 'Repeat the name of the stream: needed where something is lost, checked elsewhere',
  },
}
/** Flags that are answered with a text and nothing else. */
export const LEAVING_FLAGS: Readonly<Record<string, Flag>> = {
  help: { takesValue: false, describe: 'Show this help' },
  version: { takesValue: false, describe: 'Show the version' },
}

/** The commands that can be called from a shell. */
export function headlessCommands(commands: readonly Command[]): HeadlessCommand[] {
  return commands.flatMap(command =>
    command.headless === undefined ? [] : [{ ...command, headless: command.headless }],
  )
}

/** The flags of a command without the common ones, computed from its arguments. */
export function flagsOfCommand(command: HeadlessCommand): Record<string, Flag> {
  const flags: Record<string, Flag> = {}
  for (const [name, spec] of Object.entries(command.args)) {
    if (spec.positional || spec.only === 'form') continue
    flags[flagOf(name)] = {
      takesValue: spec.kind !== 'flag',
      describe: describeArgument(spec),
      ...(spec.kind === 'shards' ? { isRepeatable: true } : {}),
    }
  }
  return { ...flags, ...COMMAND_FLAGS, ...(isAct(command) ? ACT_FLAGS : {}) }
}

/** Whether a command can change something. */
export function isAct({ effect, headless }: HeadlessCommand): boolean {
  return effect === 'write' || effect === 'destroy' || headless.isAct === true
}

/** The title of an argument with its choices and default. */
export function describeArgument(spec: ArgSpec): string {
  const extras = [
    ...(spec.choices === undefined || spec.positional ? [] : [spec.choices.join(' | ')]),
    ...(spec.required ? ['required'] : []),
    ...(spec.defaultText === undefined ? [] : [`default ${spec.defaultText}`]),
  ]
  return extras.length === 0 ? spec.title : `${spec.title} (${extras.join('; ')})`
}

/** The arguments that are taken by position, in their order. */
export function positionalsOf(command: HeadlessCommand): [string, ArgSpec][] {
  return Object.entries(command.args).filter(([, spec]) => spec.positional && spec.only !== 'form')
}

/** How a positional is written in usage lines: `STREAM`, `[SHARD]`, or the one word that it may be. */
export function placeholderOf([name, spec]: [string, ArgSpec]): string {
  const only = spec.choices?.length === 1 ? spec.choices[0] : undefined
  const word = only ?? flagOf(name).toUpperCase()
  return spec.required ? word : `[${word}]`
}

export function usageLine(command: HeadlessCommand): string {
  return [
    'shardscope',
    command.headless.name,
    ...positionalsOf(command).map(placeholderOf),
    '[options]',
  ].join(' ')
}
