import type { Command } from '../commands/command.ts'
import { chordLabel } from '../commands/keymap.ts'
import { EXIT_MEANINGS } from './exit-codes.ts'
import {
  COMMON_FLAGS,
  CONSOLE_FLAGS,
  describeArgument,
  type Flag,
  flagsOfCommand,
  type HeadlessCommand,
  headlessCommands,
  LEAVING_FLAGS,
  placeholderOf,
  positionalsOf,
  usageLine,
} from './flags.ts'
import { PROGRAM_WORDS, usageOf } from './program-words.ts'

export type ManualFacts = {
  readonly version: string
  /** Environment variables: name and meaning. */
  readonly variables: readonly (readonly [string, string])[]
  /** Files: path and meaning. */
  readonly files: readonly (readonly [string, string])[]
}

/** When the words of this file were last gone over; the tables are those of the program that prints them. */
const REVISED = '2026-12-01'

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Open the console on the built-in sandbox, without an account:', 'shardscope'],
  ['Open it on an account, read-only:', 'shardscope --profile production --region eu-west-1'],
  [
    'Read since yesterday afternoon, up to now:',
    'shardscope tail orders --from "yesterday 14:00" --exit-at-tip',
  ],
  ['Find the hot shard and its hot key:', 'shardscope heat orders'],
  ['See what a split would do, and change nothing:', 'shardscope split orders 3 --dry-run'],
  ['Complete names in this shell:', 'source <(shardscope completion bash)'],
]

/** The manual page as man(7) source, computed from the commands; the keys are those of the given commands. */
export function manualPage(commands: readonly Command[], facts: ManualFacts): string {
  const known = headlessCommands(commands)
  return `${[
    `.TH SHARDSCOPE 1 ${REVISED} ${quoted(`shardscope ${facts.version}`)} ${quoted('User Commands')}`,
    '.SH NAME',
    `shardscope \\- ${text('a terminal console for Amazon Kinesis Data Streams')}`,
    '.SH SYNOPSIS',
    '.B shardscope',
    '.RI [ options ]',
    '.br',
    '.B shardscope',
    '.I COMMAND',
    '.RI [ options ]',
    ...PROGRAM_WORDS.flatMap(word => ['.br', `.B ${text(usageOf(word))}`]),
    '.SH DESCRIPTION',
    ...paragraph(
      'Without a command the console opens: on what a profile, region or endpoint names, else on an embedded sandbox with demo streams. With a command it prints and leaves. AWS is read-only until --write is given, or until the session is armed in the console.',
    ),
    '.SH OPTIONS',
    ...flagLines({ ...CONSOLE_FLAGS, ...COMMON_FLAGS, ...LEAVING_FLAGS }),
    '.SH COMMANDS',
    ...known.flatMap(commandLines),
    ...PROGRAM_WORDS.flatMap(({ name, title, argument }) => [
      `.SS ${quoted(usageOf({ name, title, ...(argument === undefined ? {} : { argument }) }))}`,
      ...paragraph(`${title}.`),
    ]),
    '.SH KEYS',
    ...paragraph(
      'In the console. The name in brackets is that of the command, which the section keys of the config file gives other keys.',
    ),
    ...keyLines(commands),
    '.SH FILES',
    ...facts.files.flatMap(([path, meaning]) => term(path, meaning)),
    '.SH ENVIRONMENT',
    ...facts.variables.flatMap(([name, meaning]) => term(name, meaning)),
    `.SH ${quoted('EXIT STATUS')}`,
    ...EXIT_MEANINGS.flatMap(([code, meaning]) => term(code, meaning)),
    '.SH EXAMPLES',
    ...EXAMPLES.flatMap(([meaning, line], index) => [
      ...(index === 0 ? [] : ['.PP']),
      ...wrapped(meaning),
      '.PP',
      '.nf',
      '.RS 4',
      text(line),
      '.RE',
      '.fi',
    ]),
  ].join('\n')}\n`
}

function commandLines(command: HeadlessCommand): readonly string[] {
  const own = flagsOfCommand(command)
  return [
    `.SS ${quoted(usageLine(command))}`,
    ...paragraph(`${command.title}.`),
    ...positionalsOf(command).flatMap(([name, spec]) =>
      term(placeholderOf([name, { ...spec, required: true }]), describeArgument(spec)),
    ),
    ...flagLines(own),
  ]
}

function flagLines(flags: Readonly<Record<string, Flag>>): readonly string[] {
  return Object.entries(flags).flatMap(([name, { takesValue, describe }]) =>
    term(`--${name}${takesValue ? ' VALUE' : ''}`, describe),
  )
}

/** By screen: first what holds everywhere. */
function keyLines(commands: readonly Command[]): readonly string[] {
  const groups = new Map<string, Command[]>()
  for (const command of commands) {
    if (command.where !== 'everywhere' && command.where.length === 0) continue
    const place = command.where === 'everywhere' ? 'Everywhere' : `On ${command.where.join(', ')}`
    groups.set(place, [...(groups.get(place) ?? []), command])
  }
  return [...groups]
    .sort(([a], [b]) => Number(b === 'Everywhere') - Number(a === 'Everywhere'))
    .flatMap(([place, list]) => [
      `.SS ${quoted(place)}`,
      ...list.flatMap(({ id, keys, title }) =>
        term(keys.length === 0 ? '(palette)' : keys.map(chordLabel).join(', '), `${title} [${id}]`),
      ),
    ])
}

function term(name: string, meaning: string): readonly string[] {
  return ['.TP', `.B ${text(name)}`, ...wrapped(meaning)]
}

function paragraph(words: string): readonly string[] {
  return wrapped(words)
}

/** Source lines stay short, which some readers want; where they break has no meaning. */
function wrapped(words: string): readonly string[] {
  const lines: string[] = []
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= 78) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map(text)
}

/** Plain text for roff: a backslash, a dash and a leading dot or quote have a meaning there. */
function text(plain: string): string {
  const escaped = plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
  return escaped.replace(/^([.'])/, '\\&$1')
}

/** An argument of a macro, as one word. */
function quoted(plain: string): string {
  return `"${text(plain).replaceAll('"', '\\(dq')}"`
}
