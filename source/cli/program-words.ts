import { usageFailure } from '../domain/failure.ts'

/** A first word that prints something about the program itself: no endpoint, no credentials, no config file is needed. */
export type ProgramWord = {
  readonly name: 'completion' | 'man' | 'licenses'
  readonly title: string
  /** The one argument that it takes, as one of these. */
  readonly argument?: { readonly placeholder: string; readonly choices: readonly string[] }
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What the scripts of `completion` ask; it is for them alone and stands in no list. */
export const COMPLETE_WORD = 'complete'

export const PROGRAM_WORDS: readonly ProgramWord[] = [
  {
    name: 'completion',
    title: 'Print a script that completes commands, flags, streams and shards: bash, zsh or fish',
    argument: { placeholder: 'SHELL', choices: SHELLS },
  },
  { name: 'man', title: 'Print the manual page: shardscope man | man -l -' },
  { name: 'licenses', title: 'Print the licences of what the program is made of' },
]

export type ProgramInvocation =
  | { readonly kind: 'program'; readonly word: 'completion'; readonly shell: Shell }
  | { readonly kind: 'program'; readonly word: 'man' | 'licenses' }

/**
 * Reads `shardscope man` and its like; undefined where the first word is none of them.
 * @throws FailureError `usage` for a missing, unknown or extra word
 */
export function programInvocation(argv: readonly string[]): ProgramInvocation | 'help' | undefined {
  const [first, ...rest] = argv
  const word = PROGRAM_WORDS.find(({ name }) => name === first)
  if (word === undefined) return undefined
  if (rest.includes('--help') || rest.includes('-h')) return 'help'
  const next = `Usage: ${usageOf(word)}.`
  const [value, ...extra] = rest
  if (word.name !== 'completion') {
    if (value !== undefined) throw usageFailure(word.name, `extra word "${value}"`, next)
    return { kind: 'program', word: word.name }
  }
  const shell = SHELLS.find(name => name === value)
  if (shell === undefined) {
    const what = value === undefined ? 'the shell is missing' : `there is no completion for "${value}"`
    throw usageFailure(word.name, `${what}; it is one of ${SHELLS.join(', ')}`, next)
  }
  if (extra[0] !== undefined) throw usageFailure(word.name, `extra word "${extra[0]}"`, next)
  return { kind: 'program', word: 'completion', shell }
}

export function usageOf({ name, argument }: ProgramWord): string {
  return `shardscope ${name}${argument === undefined ? '' : ` ${argument.placeholder}`}`
}

/** What `--help` says behind one of them. */
export function programWordHelp(argv: readonly string[]): string {
  const word = PROGRAM_WORDS.find(({ name }) => name === argv[0])
  if (word === undefined) return ''
  const choices =
    word.argument === undefined
      ? ''
      : `\n\n${word.argument.placeholder} is one of ${word.argument.choices.join(', ')}.`
  return `Usage: ${usageOf(word)}\n\n${word.title}.${choices}\n`
}
