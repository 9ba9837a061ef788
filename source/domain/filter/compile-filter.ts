import { type FailureError, failureOf, usageFailure } from '../failure.ts'
import { compareSequenceNumbers } from '../shard.ts'
import { parseDurationMillis } from '../time-expression.ts'
import { compileExpression, ExpressionError, isTruthy, valuesOf } from './expression.ts'
import type { Filter, Term } from './filter.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import { compares, textTerm, withoutHighlights } from './term.ts'
import { mergedRanges, occurrences } from './text-range.ts'

/** What can be typed, in one line for help and errors. */
export const FILTER_HELP =
  'text, "quoted text", /regex/, /regex/i, key:K, key:K*, key:/regex/, shard:3, size>1KiB, age<5m, seq>N, !TERM, and last ?JMESPATH on the decoded value; all must hold.'
const LONGEST_FILTER = 4_096
const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1_000,
  mb: 1_000_000,
  k: 1_024,
  m: 1_048_576,
  kib: 1_024,
  mib: 1_048_576,
}

/**
 * Reads a filter: terms with blanks between, all of which must hold. Words that are no term stand for themselves, together
 * with the blanks between them.
 * @throws FailureError of kind `usage` that names the column and what is wrong there
 */
export function compileFilter(text: string): Filter {
  if (text.length > LONGEST_FILTER)
    throw refusal(LONGEST_FILTER, `it is longer than ${LONGEST_FILTER} characters`)
  let trouble: { count: number; message: string } | undefined
  const note = (message: string): void => {
    trouble = { count: (trouble?.count ?? 0) + 1, message: trouble?.message ?? message }
  }
  const terms = new FilterReader(text, note).terms()
  return {
    text,
    dependsOnNow: terms.some(term => term.dependsOnNow === true),
    matches: (subject, nowMillis) => terms.every(term => term.matches(subject, nowMillis)),
    highlights: drawn => mergedRanges(terms.flatMap(term => term.highlights?.(drawn) ?? [])),
    trouble: () => trouble,
  }
}

function refusal(column: number, reason: string): FailureError {
  return usageFailure(
    'filter',
    `the filter cannot be read at column ${column}: ${reason}`,
    `A filter is made of ${FILTER_HELP}`,
  )
}

class FilterReader {
  readonly #text: string
  readonly #note: (message: string) => void
  #at = 0

  constructor(text: string, note: (message: string) => void) {
    this.#text = text
    this.#note = note
  }

  terms(): Term[] {
    const terms: Term[] = []
    /** Where the plain words that were read last begin. */
    let plainStart: number | undefined
    let plainEnd = 0
    const endPlain = (): void => {
      if (plainStart !== undefined) terms.push(textTerm(this.#text.slice(plainStart, plainEnd)))
      plainStart = undefined
    }
    for (;;) {
      this.#skipBlanks()
      const start = this.#at
      if (start >= this.#text.length) break
      const term = this.#term()
      if (term === undefined) {
        plainStart ??= start
        this.#word()
        plainEnd = this.#at
      } else {
        endPlain()
        terms.push(term)
      }
    }
    endPlain()
    return terms
  }

  /** The term that begins here, or undefined where a plain word does. */
  #term(): Term | undefined {
    const start = this.#at
    const character = this.#text[start]
    if (character === '!' && /\S/.test(this.#text[start + 1] ?? '')) {
      this.#at += 1
      const term = this.#term() ?? textTerm(this.#word())
      return { ...withoutHighlights(term), matches: (subject, now) => !term.matches(subject, now) }
    }
    if (character === '?') return this.#expression()
    if (character === '"') {
      const text = this.#quoted()
      if (/^(\s|$)/.test(this.#text.slice(this.#at))) return textTerm(text)
      // A piece of JSON, such as "status":"failed", is looked for as it stands.
      this.#at = start
      return undefined
    }
    if (character === '/') {
      const pattern = this.#pattern()
      return { matches: ({ texts }) => texts().some(text => pattern.test(text)), highlights: pattern.ranges }
    }
    const [all, name, sign] =
      /^(key|shard|size|age|seq|sequence)(<=|>=|<|>|=|:)/i.exec(this.#text.slice(start)) ?? []
    if (all === undefined || name === undefined || sign === undefined) return undefined
    this.#at += all.length
    switch (name.toLowerCase()) {
      case 'key':
        return this.#key(sign)
      case 'shard':
        return this.#shard(sign)
      case 'size':
        return this.#size(sign)
      case 'age':
        return this.#age(sign)
      default:
        return this.#sequence(sign)
    }
  }

  #key(sign: string): Term {
    this.#allow(sign, [':', '='], 'key')
    if (this.#text[this.#at] === '/') {
      const pattern = this.#pattern()
      return {
        matches: ({ partitionKey }) => partitionKey !== undefined && pattern.test(partitionKey),
        highlights: pattern.ranges,
      }
    }
    const isQuoted = this.#text[this.#at] === '"'
    const key = isQuoted
      ? this.#quoted()
      : this.#value('a key follows, such as key:customer-1 or key:"two words"')
    if (isQuoted || !key.includes('*')) {
      return {
        matches: ({ partitionKey }) => partitionKey === key,
        highlights: drawn => occurrences(drawn, key),
      }
    }
    const pieces = key.split('*').map(piece => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    const glob = compilePattern(`^(?s:${pieces.join('.*')})$`, false)
    return { matches: ({ partitionKey }) => partitionKey !== undefined && glob.test(partitionKey) }
  }

  #shard(sign: string): Term {
    this.#allow(sign, [':', '='], 'shard')
    const column = this.#at + 1
    const value = this.#value('a shard follows, such as shard:3 or shard:3,4')
    const wanted = new Set(
      value.split(',').map(word => {
        // The service gives ids of no other form: any other word would match nothing, and not say so.
        const number = /^(?:shardId-)?(\d{1,12})$/.exec(word)?.[1]
        if (number === undefined) {
          throw refusal(
            column,
            `"${word}" is no shard: write shard:3, shard:3,4 or shard:shardId-000000000003`,
          )
        }
        return `shardId-${number.padStart(12, '0')}`
      }),
    )
    return { matches: ({ shardId }) => wanted.has(shardId) }
  }

  #size(sign: string): Term {
    const column = this.#at + 1
    const value = this.#value('a size follows, such as size>1KiB')
    const [, number, unit] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(value) ?? []
    const factor = unit === undefined ? undefined : SIZE_UNITS[unit.toLowerCase()]
    if (number === undefined || factor === undefined) {
      throw refusal(column, `"${value}" is no size: write 500, 10KB, 1KiB or 2MiB`)
    }
    const bytes = Number(number) * factor
    return { matches: ({ byteCount }) => compares(sign, byteCount - bytes) }
  }

  #age(sign: string): Term {
    const column = this.#at + 1
    const value = this.#value('a length of time follows, such as age<5m')
    let millis: number
    try {
      millis = parseDurationMillis(value)
    } catch {
      throw refusal(column, `"${value}" is no length of time: write 90s, 15m, 2h30m or 3d`)
    }
    return {
      dependsOnNow: true,
      matches: ({ approximateArrivalTimestamp: arrived }, nowMillis) =>
        arrived !== undefined && compares(sign, nowMillis - arrived.getTime() - millis),
    }
  }

  #sequence(sign: string): Term {
    const column = this.#at + 1
    const value = this.#value('a sequence number follows')
    if (!/^\d{1,129}$/.test(value))
      throw refusal(column, `"${value}" is no sequence number: up to 129 digits`)
    const wanted = value.replace(/^0+(?=\d)/, '')
    return { matches: ({ sequenceNumber }) => compares(sign, compareSequenceNumbers(sequenceNumber, wanted)) }
  }

  #expression(): Term {
    const start = this.#at + 1
    this.#at = this.#text.length
    const source = this.#text.slice(start)
    try {
      const expression = compileExpression(source)
      return {
        matches: ({ decoded }) =>
          valuesOf(decoded()).some(value => {
            try {
              return isTruthy(expression(value))
            } catch (error) {
              this.#note(failureOf(error, 'filter').message.replace(/ in expression: [\s\S]*$/, ''))
              return false
            }
          }),
      }
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      throw refusal(start + (error.column ?? 1), `JMESPath: ${error.message}`)
    }
  }

  /** `/…/` with an optional `i`. */
  #pattern(): Pattern {
    const start = this.#at
    let end = start + 1
    while (end < this.#text.length && this.#text[end] !== '/') end += this.#text[end] === '\\' ? 2 : 1
    if (end >= this.#text.length) throw refusal(start + 1, 'the regular expression is not closed with /')
    const source = this.#text.slice(start + 1, end).replaceAll('\\/', '/')
    const flags = /^[a-z]*/i.exec(this.#text.slice(end + 1))?.[0] ?? ''
    if (flags !== '' && flags !== 'i')
      throw refusal(end + 2, `"${flags}" is no flag of a regular expression; i is`)
    this.#at = end + 1 + flags.length
    if (source === '') throw refusal(start + 1, 'the regular expression is empty')
    try {
      return compilePattern(source, flags === 'i')
    } catch (error) {
      throw refusal(
        start + 1,
        `${failureOf(error, 'filter').message} (RE2 syntax: no backreferences, no lookaround)`,
      )
    }
  }

  #quoted(): string {
    const start = this.#at
    let text = ''
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const character = this.#text[at] ?? ''
      if (character === '"') {
        this.#at = at + 1
        return text
      }
      const isEscape = character === '\\' && /["\\]/.test(this.#text[at + 1] ?? '')
      text += isEscape ? (this.#text[++at] ?? '') : character
    }
    throw refusal(start + 1, 'the quotation mark is not closed')
  }

  #value(missing: string): string {
    const column = this.#at + 1
    const value = this.#word()
    if (value === '') throw refusal(column, missing)
    return value
  }

  #word(): string {
    const word = /^\S*/.exec(this.#text.slice(this.#at))?.[0] ?? ''
    this.#at += word.length
    return word
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1
  }

  #allow(sign: string, allowed: readonly string[], name: string): void {
    if (allowed.includes(sign)) return
    throw refusal(this.#at - sign.length + 1, `${name} has no order: write ${name}${allowed[0]}VALUE`)
  }
}
