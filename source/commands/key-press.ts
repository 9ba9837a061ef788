/** One key: its chord, and the text that it types into a field, if any. */
export type KeyPress = { readonly chord: string; readonly text?: string }

/** What a terminal library tells about a chunk of input: the flags of one key, or plain characters. */
export type KeyFlags = {
  readonly upArrow?: boolean
  readonly downArrow?: boolean
  readonly leftArrow?: boolean
  readonly rightArrow?: boolean
  readonly pageUp?: boolean
  readonly pageDown?: boolean
  readonly home?: boolean
  readonly end?: boolean
  readonly return?: boolean
  readonly escape?: boolean
  readonly tab?: boolean
  readonly backspace?: boolean
  readonly delete?: boolean
  readonly ctrl?: boolean
  readonly shift?: boolean
  readonly meta?: boolean
}

const NAMED: readonly (readonly [keyof KeyFlags, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
]

/**
 * The single keys in one chunk. Bytes that a terminal sent together arrive together: "jjj", or "ls" and Enter, where
 * Enter is only a `\r` in the text.
 */
export function keyPresses(input: string, flags: KeyFlags): readonly KeyPress[] {
  const name = NAMED.find(([flag]) => flags[flag])?.[1]
  const modifiers = `${flags.ctrl ? 'ctrl+' : ''}${flags.meta ? 'alt+' : ''}`
  // Two Escs in one chunk look like one with Alt.
  if (name === 'escape') return flags.meta ? [{ chord: name }, { chord: name }] : [{ chord: name }]
  if (name !== undefined) return [{ chord: `${modifiers}${flags.shift ? 'shift+' : ''}${name}` }]
  if (modifiers !== '')
    return input === '' ? [] : [{ chord: `${modifiers}${input === ' ' ? 'space' : input}` }]
  return [...input.replaceAll('\r\n', '\r')].flatMap(character => {
    switch (character) {
      case '\r':
      case '\n':
        return [{ chord: 'enter' }]
      case '\t':
        return [{ chord: 'tab' }]
      case '\x7f':
      case '\b':
        return [{ chord: 'backspace' }]
      case ' ':
        return [{ chord: 'space', text: ' ' }]
      default:
        if (character <= '\x1a' && character >= '\x01') {
          // Ctrl and a letter among other keys, e.g. Ctrl-U and what is typed after it.
          return [{ chord: `ctrl+${String.fromCharCode(character.charCodeAt(0) + 96)}` }]
        }
        // What else has no shape of its own types nothing.
        return /\p{C}/u.test(character) ? [] : [{ chord: character, text: character }]
    }
  })
}

/** Pasted text as a field takes it: line breaks and tabs stay where a field can hold them, other controls go. */
export function pastedText(raw: string, keepsLines: boolean): string {
  const lines = raw.replace(/\r\n?/g, '\n')
  const plain = lines.replace(/[^\P{C}\n\t]/gu, '')
  return keepsLines ? plain : plain.replace(/[\n\t]+/g, ' ').trim()
}
