/** What a terminal could obey, a reader could not see, or a page could run. */
const FRAGMENTS: readonly string[] = [
  '\x1b[2J\x1b[H',
  '\x1b[31m',
  '\x1b[?1049l',
  '\x1b[6n',
  '\x1bc',
  '\x1b(0',
  '\x1b]0;title\x07',
  '\x1b]52;c;cm0gLXJm\x1b\\',
  '\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\',
  '\x1bP+q544e\x1b\\',
  '\x1b_Gf=100;AAAA\x1b\\',
  '\x9b2J',
  '\x9d0;title\x9c',
  '\x90q\x9c',
  '\x00\x07\x08\x0b\x0c\x0e\x0f\x1a\x7f',
  '\r\n\t\x85\u2028\u2029',
  '\u202e\u202d\u202a\u2066\u2067\u2068\u2069\u200e\u200f\u061c',
  '\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e',
  '\u{e0001}\u{e0041}\u{e007f}',
  'x\ufe0e\ufe0fy\u{e0100}\u{e01ef}\u180b',
  '\ud800lone\udfff',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u65e5\u672c\u8a9e\uff21',
  'e\u0301\u0327\u0338\u20dd\u0e33',
  '\u3164\u115f\u1160\uffa0\u034f\u17b4\u2800',
  '\ue000\u{f0000}\uffff\u{10ffff}\u0378',
  '\ufff9\ufffa\ufffb\ufffc',
  '\u2588\u2581\u2501',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='x",
  '&lt;b&gt; &#60;',
  'javascript:alert(1)',
  '__proto__',
  'constructor',
  '$(reboot)`id`',
  '%1b[2J\\x1b[2J\\e[2J',
  '',
  ' ',
  'x'.repeat(300),
  '\u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u05e2\u05d1\u05e8',
]

/** Ranges of code points, each with something in it that must not get through. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x20, 0x7e],
  [0x7f, 0x9f],
  [0x200b, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfff0, 0xffff],
  [0xd800, 0xdfff],
  [0xe0000, 0xe01ef],
  [0x00, 0xffff],
  [0x10000, 0x10ffff],
]

/** An endless row of hostile texts, the same for the same seed (Numerical Recipes' generator). */
export class HostileStrings {
  #state: number
  /** How many were handed out. */
  count = 0

  constructor(seed: number) {
    this.#state = seed
  }

  /** 0 up to `below`. */
  below(below: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * below)
  }

  next(): string {
    this.count += 1
    let text = ''
    for (let part = this.below(4); part >= 0; part -= 1) {
      if (this.below(3) === 0) text += FRAGMENTS[this.below(FRAGMENTS.length)] ?? ''
      else {
        const [from, to] = RANGES[this.below(RANGES.length)] ?? [0, 0]
        const code = from + this.below(to - from + 1)
        // A lone half of a pair is what a broken writer sends.
        text += code <= 0xffff ? String.fromCharCode(code) : String.fromCodePoint(code)
      }
    }
    return text
  }
}

/** Members whose texts are words of our own, which nothing from outside can be. */
const OWN_WORDS = new Set([
  'screen',
  'dialog',
  'kind',
  'state',
  'phase',
  'level',
  'measure',
  'source',
  'view',
  'outcome',
  'direction',
  'commandId',
  'actId',
  'service',
  'verdictKind',
  'chartGlyphs',
  'basis',
  'focusedField',
  'retryable',
  // Refused by the client where they are no whole numbers.
  'sequenceNumber',
  'startingSequenceNumber',
  'endingSequenceNumber',
  'isSandbox',
  'mode',
])

/**
 * The same value with every text in it a hostile one, and every payload bytes of one. The same text becomes the same one
 * everywhere, so that what belongs together by name still does.
 */
export function poisoned<Value>(
  value: Value,
  strings: HostileStrings,
  own: ReadonlySet<string> = OWN_WORDS,
): Value {
  const replaced = new Map<string, string>()
  const evil = (text: string): string => {
    let other = replaced.get(text)
    if (other === undefined) {
      other = strings.next()
      replaced.set(text, other)
    }
    return other
  }
  const walk = (part: unknown, name: string): unknown => {
    if (typeof part === 'string') return own.has(name) ? part : evil(part)
    if (part instanceof Uint8Array) return Buffer.from(evil(Buffer.from(part).toString('latin1')))
    if (part instanceof Date || typeof part !== 'object' || part === null) return part
    if (part instanceof Map) {
      return new Map(
        [...part].map(([key, item]) => [typeof key === 'string' ? evil(key) : key, walk(item, name)]),
      )
    }
    if (part instanceof Set) return new Set([...part].map(item => walk(item, name)))
    if (Array.isArray(part)) return part.map(item => walk(item, name))
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, walk(item, key)]))
  }
  return walk(value, '') as Value
}
