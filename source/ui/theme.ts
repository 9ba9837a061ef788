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

/** What lies behind the texts. */
export type Background = 'dark' | 'light'

type Palette = Readonly<Record<'muted' | 'accent' | 'good' | 'warning' | 'bad', string>>

/** The terminal's own colours on dark. On light its yellow and cyan vanish: darker ones of the 256, others of the 16. */
function paletteOf(level: ColorLevel, background: Background): Palette {
  if (background === 'dark') return { muted: '38;5;245', accent: '36', good: '32', warning: '33', bad: '31' }
  return level === '256'
    ? { muted: '38;5;240', accent: '38;5;24', good: '38;5;22', warning: '38;5;94', bad: '38;5;124' }
    : { muted: '', accent: '34', good: '32', warning: '35', bad: '31' }
}

/** No background but inverse, which every terminal can read. */
export function themeFor(level: ColorLevel, background: Background = 'dark'): Theme {
  const palette = paletteOf(level, background)
  const isColored = level !== 'none'
  const color = (code: string): readonly [string, string] =>
    isColored ? [`\x1b[${code}m`, '\x1b[39m'] : PLAIN
  const boldColor = (code: string): readonly [string, string] =>
    isColored ? [`\x1b[1m\x1b[${code}m`, '\x1b[39m\x1b[22m'] : BOLD
  // On 16 colours dim is often invisible or not there; a middle grey of the 256 is neither.
  const muted = level === '256' ? color(palette.muted) : level === '16' ? PLAIN : DIM
  return {
    title: BOLD,
    muted,
    heading: level === '256' ? boldColor(palette.muted) : BOLD,
    selected: INVERSE,
    key: boldColor(palette.accent),
    accent: color(palette.accent),
    good: color(palette.good),
    warning: color(palette.warning),
    bad: boldColor(palette.bad),
    danger: isColored
      ? [`\x1b[1m\x1b[7m\x1b[${palette.bad}m`, '\x1b[39m\x1b[27m\x1b[22m']
      : ['\x1b[1m\x1b[7m', '\x1b[27m\x1b[22m'],
    cursor: INVERSE,
    match: ['\x1b[1m\x1b[4m', '\x1b[24m\x1b[22m'],
    'selected-match': ['\x1b[7m\x1b[4m', '\x1b[24m\x1b[27m'],
    frame: muted,
  }
}
