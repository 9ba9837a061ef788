import { type Candidate, completionOf, listCandidates, matching } from './cli/complete.ts'
import { COMMANDS } from './commands/registry.ts'
import { completionNames } from './completion-names.ts'
import { visibleText } from './domain/visible-text.ts'

/** Longer than this no Tab key waits, whatever still hangs in the runtime. */
const MOST_MILLIS = 2_000

/**
 * The answer to the script of a shell: lines `value<TAB>description`, or `:files`. The words are those after the program's
 * name, the last one being the one that is typed. Never throws and never says what failed.
 */
export async function completeWord(
  shell: string | undefined,
  words: readonly string[],
  exit: () => void,
): Promise<string> {
  // A look-up of a name or a credential process may hang beyond every deadline of ours.
  setTimeout(exit, MOST_MILLIS).unref()
  const { joined, isTorn } = shell === 'bash' ? joinedWords(words) : { joined: words, isTorn: false }
  const { completion, typed, kept, where } = completionOf(fishWords(shell, joined), COMMANDS)
  if (completion.kind === 'files') return ':files\n'
  let candidates: readonly Candidate[]
  if (completion.kind === 'values') candidates = completion.candidates
  else {
    const names = await completionNames(completion, where)
    candidates = completion.isList === true ? listCandidates(names, typed) : names.map(value => ({ value }))
  }
  // bash keeps what stands before its = by itself.
  const before = isTorn ? '' : kept
  return matching(candidates, typed)
    .map(({ value, description }) =>
      shell === 'bash' || description === undefined
        ? `${before}${value}\n`
        : `${before}${value}\t${visibleText(description)}\n`,
    )
    .join('')
}

/** fish sets what is typed off with `--`, since it may be empty or begin with a dash. */
function fishWords(shell: string | undefined, words: readonly string[]): readonly string[] {
  return shell === 'fish' && words.at(-2) === '--' ? [...words.slice(0, -2), words.at(-1) ?? ''] : words
}

/** bash tears words apart at `=` and `:`; they are put together again. */
function joinedWords(words: readonly string[]): { joined: readonly string[]; isTorn: boolean } {
  const joined: string[] = []
  let isOpen = false
  let isTorn = false
  for (const word of words) {
    const isBreak = word === '=' || word === ':'
    isTorn = false
    if ((isBreak && joined.length > 0) || isOpen) {
      joined[joined.length - 1] += word
      isTorn = true
    } else joined.push(word)
    isOpen = isBreak
  }
  // After a break that ends the line the typed part is empty; after other words it is the last of them.
  return { joined, isTorn }
}
