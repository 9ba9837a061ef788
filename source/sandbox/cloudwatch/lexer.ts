/** A piece of an expression. `at` is its place, for complaints. */
export type Token = {
  kind: 'number' | 'word' | 'text' | 'quoted' | 'symbol' | 'end'
  text: string
  at: number
}

/** A complaint about an expression: what is wrong, in words; the caller says in which expression. */
export class SyntaxComplaint extends Error {}

/**
 * Cuts an expression into tokens. `'...'` gives `text`, `"..."` gives `quoted` (a quote inside is doubled or escaped
 * with a backslash). Words take the characters that `wordCharacter` allows.
 */
export function tokenize(source: string, wordCharacter: RegExp, symbols: readonly string[]): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < source.length) {
    const character = source[at] ?? ''
    if (/\s/.test(character)) {
      at++
      continue
    }
    const begin = at
    if (character === "'" || character === '"') {
      const [text, end] = quotedText(source, at)
      tokens.push({ kind: character === "'" ? 'text' : 'quoted', text, at: begin })
      at = end
      continue
    }
    const symbol = symbols.find(candidate => source.startsWith(candidate, at))
    if (symbol !== undefined) {
      tokens.push({ kind: 'symbol', text: symbol, at: begin })
      at += symbol.length
      continue
    }
    const number = /^\d+(\.\d+)?([eE][+-]?\d+)?(?![A-Za-z0-9_])/.exec(source.slice(at))?.[0]
    if (number !== undefined) {
      tokens.push({ kind: 'number', text: number, at: begin })
      at += number.length
      continue
    }
    while (at < source.length && wordCharacter.test(source[at] ?? '')) at++
    if (at === begin)
      throw new SyntaxComplaint(`unexpected ${JSON.stringify(character)} at character ${at + 1}`)
    tokens.push({ kind: 'word', text: source.slice(begin, at), at: begin })
  }
  tokens.push({ kind: 'end', text: 'the end', at })
  return tokens
}

function quotedText(source: string, begin: number): [text: string, end: number] {
  const quote = source[begin]
  let text = ''
  for (let at = begin + 1; at < source.length; at++) {
    const character = source[at]
    if (character === '\\' && at + 1 < source.length) text += source[++at]
    else if (character !== quote) text += character
    else if (source[at + 1] === quote) text += source[++at]
    else return [text, at + 1]
  }
  throw new SyntaxComplaint(`the quote at character ${begin + 1} is not closed`)
}

/** A walk over tokens, one look ahead. */
export class TokenReader {
  readonly #tokens: readonly Token[]
  #next = 0
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }
  get next(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', at: 0 }
  }
  take(): Token {
    const token = this.next
    this.#next++
    return token
  }
  /** Whether the next token is this symbol, or this word in any case. */
  isAt(text: string): boolean {
    const { kind, text: own } = this.next
    if (kind === 'symbol') return own === text
    return kind === 'word' && own.toUpperCase() === text.toUpperCase()
  }
  /** Takes the symbol or word if it is next. */
  accept(text: string): boolean {
    const found = this.isAt(text)
    if (found) this.#next++
    return found
  }
  expect(text: string): void {
    if (!this.accept(text)) throw this.complaint(`expected ${text}`)
  }
  expectEnd(): void {
    if (this.next.kind !== 'end') throw this.complaint('expected the end')
  }
  complaint(what: string): SyntaxComplaint {
    const { kind, text, at } = this.next
    return new SyntaxComplaint(
      `${what}, found ${kind === 'end' ? text : `${JSON.stringify(text)} at character ${at + 1}`}`,
    )
  }
}
