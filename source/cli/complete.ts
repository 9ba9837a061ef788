import { flagOf } from '../commands/argument.ts'
import type { Command } from '../commands/command.ts'
import {
  COMMON_FLAGS,
  CONSOLE_FLAGS,
  flagsOfCommand,
  type HeadlessCommand,
  headlessCommands,
  LEAVING_FLAGS,
  positionalsOf,
} from './flags.ts'
import { PROGRAM_WORDS } from './program-words.ts'

export type Candidate = { readonly value: string; readonly description?: string }

/** Names that only the world knows. */
export type NameKind = 'streams' | 'shards' | 'profiles' | 'regions' | 'scenarios'

/** What a word on the command line may become. */
export type Completion =
  | { readonly kind: 'values'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'files' }
  | {
      readonly kind: 'names'
      readonly of: NameKind
      /** The stream whose shards are meant. */
      readonly stream?: string
      /** Several may stand in the word, with commas between. */
      readonly isList?: boolean
    }

/** The flags that say where names are to be asked for, as they are typed so far. */
export type WhereFlags = Readonly<Partial<Record<'endpoint-url' | 'region' | 'profile', string>>> & {
  readonly sandbox?: boolean
}

export type Completed = {
  readonly completion: Completion
  /** The part of the last word that is completed: all of it, or what follows `--flag=`. */
  readonly typed: string
  /** The part before that, which a completed word keeps. */
  readonly kept: string
  readonly where: WhereFlags
}

const FLAG_NAMES: Readonly<Record<string, NameKind>> = {
  profile: 'profiles',
  region: 'regions',
  'sandbox-scenario': 'scenarios',
}
const FLAG_FILES = ['sandbox-chaos', 'output-file']

/**
 * What the last of the words may become, computed from the commands. The words are those after the program's name.
 */
export function completionOf(words: readonly string[], commands: readonly Command[]): Completed {
  const known = headlessCommands(commands)
  const before = words.slice(0, -1)
  const last = words.at(-1) ?? ''
  const read = readWords(before, known)
  const { command, expecting } = read
  const flags = flagsFor(command)
  const done = (completion: Completion, typed = last, kept = ''): Completed => ({
    completion,
    typed,
    kept,
    where: read.where,
  })
  if (expecting !== undefined) return done(flagValue(expecting, command, read.positionals))
  const [, flag, value] = /^--([^=]+)=(.*)$/s.exec(last) ?? []
  if (flag !== undefined && value !== undefined) {
    if (flags[flag]?.takesValue !== true) return done(NOTHING)
    return done(flagValue(flag, command, read.positionals), value, `--${flag}=`)
  }
  if (last.startsWith('-')) {
    return done(
      valuesOf(
        Object.entries(flags).map(([name, { describe }]) => ({ value: `--${name}`, description: describe })),
      ),
    )
  }
  if (read.word === undefined) return done(valuesOf(firstWords(known)))
  if (command === undefined) {
    const own = PROGRAM_WORDS.find(({ name }) => name === read.word)
    const isFirst = read.positionals.length === 0
    return done(valuesOf(isFirst ? (own?.argument?.choices ?? []).map(value => ({ value })) : []))
  }
  const positional = positionalsOf(command)[read.positionals.length]
  if (positional === undefined) return done(NOTHING)
  const [, spec] = positional
  if (spec.choices !== undefined) return done(valuesOf(spec.choices.map(value => ({ value }))))
  return done(kindOf(spec.kind, read.positionals, command))
}

/** Of all candidates those that begin with what is typed. */
export function matching(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed))
}

/** A list with commas: what stands before the last comma stays, and is not offered again. */
export function listCandidates(names: readonly string[], typed: string): readonly Candidate[] {
  const done = typed.slice(0, typed.lastIndexOf(',') + 1)
  const taken = new Set(done.split(','))
  return names.filter(name => !taken.has(name)).map(name => ({ value: `${done}${name}` }))
}

const NOTHING: Completion = { kind: 'values', candidates: [] }

function valuesOf(candidates: readonly Candidate[]): Completion {
  return { kind: 'values', candidates }
}

function firstWords(known: readonly HeadlessCommand[]): readonly Candidate[] {
  return [
    ...known.map(({ headless, title }) => ({ value: headless.name, description: title })),
    ...PROGRAM_WORDS.map(({ name, title }) => ({ value: name, description: title })),
  ]
}

function flagsFor(command: HeadlessCommand | undefined) {
  return {
    ...(command === undefined ? CONSOLE_FLAGS : flagsOfCommand(command)),
    ...COMMON_FLAGS,
    ...LEAVING_FLAGS,
  }
}

type ReadWords = {
  readonly word: string | undefined
  readonly command: HeadlessCommand | undefined
  readonly positionals: readonly string[]
  readonly where: WhereFlags
  /** The flag whose value the next word is. */
  readonly expecting: string | undefined
}

function readWords(words: readonly string[], known: readonly HeadlessCommand[]): ReadWords {
  let word: string | undefined
  let command: HeadlessCommand | undefined
  let expecting: string | undefined
  const positionals: string[] = []
  const where: Record<string, string | boolean> = {}
  const all = Object.assign({}, ...known.map(flagsOfCommand), COMMON_FLAGS, LEAVING_FLAGS)
  for (const each of words) {
    if (expecting !== undefined) {
      where[expecting] = each
      expecting = undefined
    } else if (each.startsWith('--')) {
      const [name = '', value] = each.slice(2).split(/=(.*)/s)
      const takesValue = all[name]?.takesValue === true
      if (value !== undefined) where[name] = value
      else if (takesValue) expecting = name
      else where[name] = true
    } else if (word === undefined) {
      word = each
      command = known.find(({ headless }) => headless.name === each)
    } else positionals.push(each)
  }
  const isSandbox = Object.keys(where).some(name => name === 'sandbox' || name.startsWith('sandbox-'))
  const text = (name: string) => (typeof where[name] === 'string' ? { [name]: where[name] } : {})
  return {
    word,
    command,
    positionals,
    expecting,
    where: {
      ...text('endpoint-url'),
      ...text('region'),
      ...text('profile'),
      ...(isSandbox ? { sandbox: true } : {}),
    },
  }
}

function flagValue(
  flag: string,
  command: HeadlessCommand | undefined,
  positionals: readonly string[],
): Completion {
  const names = FLAG_NAMES[flag]
  if (names !== undefined) return { kind: 'names', of: names }
  if (FLAG_FILES.includes(flag)) return { kind: 'files' }
  const spec = Object.entries(command?.args ?? {}).find(([name]) => flagOf(name) === flag)?.[1]
  // The name that is repeated with --yes is that of the stream.
  if (spec === undefined) return flag === 'yes' ? { kind: 'names', of: 'streams' } : NOTHING
  if (spec.choices !== undefined) return valuesOf(spec.choices.map(value => ({ value })))
  return kindOf(spec.kind, positionals, command)
}

function kindOf(
  kind: string,
  positionals: readonly string[],
  command: HeadlessCommand | undefined,
): Completion {
  switch (kind) {
    case 'stream':
      return { kind: 'names', of: 'streams' }
    case 'shard':
    case 'shards': {
      const place =
        command === undefined ? -1 : positionalsOf(command).findIndex(([, spec]) => spec.kind === 'stream')
      const stream = positionals[place]
      if (stream === undefined) return NOTHING
      return { kind: 'names', of: 'shards', stream, ...(kind === 'shards' ? { isList: true } : {}) }
    }
    case 'file':
      return { kind: 'files' }
    default:
      return NOTHING
  }
}
