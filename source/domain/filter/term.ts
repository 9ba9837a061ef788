import type { FilterSubject, Term } from './filter.ts'
import { occurrences } from './text-range.ts'

/** Holds where any text of a record contains these words, in capitals or not. */
export function textTerm(text: string): Term {
  const wanted = text.toLowerCase()
  return {
    matches: (subject: FilterSubject) => subject.texts().some(each => each.toLowerCase().includes(wanted)),
    highlights: drawn => occurrences(drawn.toLowerCase(), wanted),
  }
}

/** A term that is denied has nothing to show. */
export function withoutHighlights({ highlights: _, ...term }: Term): Term {
  return term
}

/** Whether a sign such as `>=` holds. `difference` is what was found minus what is wanted. */
export function compares(sign: string, difference: number): boolean {
  switch (sign) {
    case '<':
      return difference < 0
    case '<=':
      return difference <= 0
    case '>':
      return difference > 0
    case '>=':
      return difference >= 0
    default:
      return difference === 0
  }
}
