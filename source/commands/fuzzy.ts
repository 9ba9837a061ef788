/**
 * How well the typed text matches a candidate, higher is better, or undefined where it does not: every typed
 * character must occur in order, in any case. Words' beginnings and runs count more; short candidates win ties.
 */
export function fuzzyScore(typed: string, candidate: string): number | undefined {
  const wanted = typed.toLowerCase().replaceAll(' ', '')
  const text = candidate.toLowerCase()
  if (wanted === '') return 0
  const whole = text.indexOf(typed.toLowerCase().trim())
  if (whole >= 0) return 1_000 - whole + (isWordStart(text, whole) ? 500 : 0) - text.length / 100
  return spreadScore(wanted, text, true) ?? spreadScore(wanted, text, false)
}

/** Score of characters in order but apart; with `byWords`, a word that begins with one is taken before any other place. */
function spreadScore(wanted: string, text: string, byWords: boolean): number | undefined {
  let score = 0
  let from = 0
  for (const character of wanted) {
    const isRun = from > 0 && text[from] === character
    const word = byWords && !isRun ? wordStartOf(text, character, from) : undefined
    const place = isRun ? from : (word ?? text.indexOf(character, from))
    if (place < 0) return undefined
    score += isRun ? 8 : isWordStart(text, place) ? 6 : 1
    from = place + 1
  }
  return score - text.length / 100
}

/** Those that match, best first; the given order among equals. */
export function fuzzyFilter<Item>(
  items: readonly Item[],
  typed: string,
  textOf: (item: Item) => string,
): readonly Item[] {
  return items
    .flatMap((item, index) => {
      const score = fuzzyScore(typed, textOf(item))
      return score === undefined ? [] : [{ item, index, score }]
    })
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ item }) => item)
}

function isWordStart(text: string, place: number): boolean {
  return place === 0 || /[^a-z0-9]/.test(text[place - 1] ?? '')
}

/** Where the next word begins with this character. */
function wordStartOf(text: string, character: string, from: number): number | undefined {
  for (let place = from; place < text.length; place += 1) {
    if (text[place] === character && isWordStart(text, place)) return place
  }
  return undefined
}
