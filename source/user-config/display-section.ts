import type { ConfigNode } from './config-node.ts'

const BACKGROUNDS = ['dark', 'light'] as const
const GLYPHS = ['ascii', 'unicode'] as const
const COLORS = ['none', '16', '256'] as const

/** How the console shows itself, where the user has said so. */
export type DisplaySettings = {
  /** Plain sentences in place of screens. */
  readonly screenReader?: boolean
  /** The wheel scrolls, a click chooses. */
  readonly mouse?: boolean
  /** What the terminal's background is; default: what COLORFGBG says, else dark. */
  readonly background?: (typeof BACKGROUNDS)[number]
  /** What charts are drawn with; default: block characters where the locale is UTF-8. */
  readonly glyphs?: (typeof GLYPHS)[number]
  /** How many colours are used; default: what the terminal has. NO_COLOR goes before it. */
  readonly colors?: (typeof COLORS)[number]
  /** What the line to the terminal carries: screens that change by themselves are drawn as often as that allows. */
  readonly bytesPerSecond?: number
}

/**
 * The section `display`: `{ "screenReader": true, "background": "light", "glyphs": "ascii", "colors": "16" }`.
 * @throws FailureError `usage` with the line
 */
export function displaySettingsOf(section: ConfigNode): DisplaySettings {
  const members = section.members([
    'screenReader',
    'mouse',
    'background',
    'glyphs',
    'colors',
    'bytesPerSecond',
  ])
  const screenReader = members.get('screenReader')?.flag()
  const mouse = members.get('mouse')?.flag()
  const background = members.get('background')?.oneOf(BACKGROUNDS)
  const glyphs = members.get('glyphs')?.oneOf(GLYPHS)
  const colors = members.get('colors')?.oneOf(COLORS)
  const line = members.get('bytesPerSecond')
  const bytesPerSecond = line === undefined ? undefined : bytesPerSecondOf(line)
  return {
    ...(screenReader === undefined ? {} : { screenReader }),
    ...(mouse === undefined ? {} : { mouse }),
    ...(background === undefined ? {} : { background }),
    ...(glyphs === undefined ? {} : { glyphs }),
    ...(colors === undefined ? {} : { colors }),
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  }
}

/** 300 baud is the slowest line that a terminal was ever used over. */
const SLOWEST = 30
const FASTEST = 1_000_000

function bytesPerSecondOf(node: ConfigNode): number {
  const { value } = node
  if (typeof value === 'number' && Number.isInteger(value) && value >= SLOWEST && value <= FASTEST)
    return value
  throw node.refusal(`must be a whole number from ${SLOWEST} to ${FASTEST}, such as 960 for 9,600 baud`)
}
