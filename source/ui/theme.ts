/** What a piece of text means. No view names a colour. */
export type Tone =
  | 'title'
  | 'muted'
  | 'heading'
  | 'selected'
  | 'key'
  | 'accent'
  | 'good'
  | 'warning'
  | 'bad'
  | 'danger'
  | 'cursor'
  /** What a filter looks for, in a row and in the selected one. */
  | 'match'
  | 'selected-match'
  | 'frame'

/** Colours that the terminal has. `none`: NO_COLOR, or a terminal without any; bold and inverse stay. */
export type ColorLevel = 'none' | '16' | '256'

/** How texts are painted: the sequences before and after a tone. */
export type Theme = Readonly<Record<Tone, readonly [string, string]>>

const BOLD = ['\x1b[1m', '\x1b[22m'] as const
const DIM = ['\x1b[2m', '\x1b[22m'] as const
const INVERSE = ['\x1b[7m', '\x1b[27m'] as const
const PLAIN = ['', ''] as const

/** Only the terminal's own colours and no background but inverse: readable on light and dark alike. */
export function themeFor(level: ColorLevel): Theme {
  const isColored = level !== 'none'
  const color = (code: string): readonly [string, string] =>
    isColored ? [`\x1b[${code}m`, '\x1b[39m'] : PLAIN
  const boldColor = (code: string): readonly [string, string] =>
    isColored ? [`\x1b[1m\x1b[${code}m`, '\x1b[39m\x1b[22m'] : BOLD
  // On 16 colours dim is often invisible or not there; a middle grey of the 256 is neither.
  const muted = level === '256' ? color('38;5;245') : level === '16' ? PLAIN : DIM
  return {
    title: BOLD,
    muted,
    heading: level === '256' ? boldColor('38;5;245') : BOLD,
    selected: INVERSE,
    key: boldColor('36'),
    accent: color('36'),
    good: color('32'),
    warning: color('33'),
    bad: boldColor('31'),
    danger: isColored
      ? ['\x1b[1m\x1b[7m\x1b[31m', '\x1b[39m\x1b[27m\x1b[22m']
      : ['\x1b[1m\x1b[7m', '\x1b[27m\x1b[22m'],
    cursor: INVERSE,
    match: ['\x1b[1m\x1b[4m', '\x1b[24m\x1b[22m'],
    'selected-match': ['\x1b[7m\x1b[4m', '\x1b[24m\x1b[27m'],
    frame: muted,
  }
}
