import { describe, expect, test } from 'vitest'
import { backgroundOf, chartGlyphsOf, colorLevelOf } from '../../source/console.tsx'
import { themeFor } from '../../source/ui/theme.ts'
import { userConfigOf } from '../../source/user-config/user-config.ts'

/** Relative luminance of one of the 216 colours or 24 greys of the 256 (xterm's values), as WCAG 2 defines it. */
function luminanceOf(color: number): number {
  const steps = [0, 95, 135, 175, 215, 255]
  const rgb =
    color >= 232
      ? Array<number>(3).fill(8 + 10 * (color - 232))
      : [Math.floor((color - 16) / 36), Math.floor((color - 16) / 6) % 6, (color - 16) % 6].map(
          step => steps[step] ?? 0,
        )
  const [red = 0, green = 0, blue = 0] = rgb.map(value => {
    const part = value / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (one: number, other: number): number =>
  (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)

describe('colours', () => {
  test.each([
    ['dark', 0],
    ['light', 1],
  ] as const)('of the 256 stand out from a %s background by 4.5 to 1 (WCAG AA)', (background, behind) => {
    const sequences = Object.values(themeFor('256', background)).map(([start]) => start)
    const colors = sequences.flatMap(start =>
      [...start.matchAll(/38;5;(\d+)/g)].map(([, color]) => Number(color)),
    )
    expect(colors).not.toEqual([])
    for (const color of colors) expect(contrast(luminanceOf(color), behind)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['16', '256'] as const)('on light, neither yellow nor cyan of the terminal with %s', level => {
    const sequences = Object.values(themeFor(level, 'light')).flat().join('')
    expect(sequences).not.toMatch(/\x1b\[3[36]m/)
  })

  test('none: no colour on any background', () => {
    const sequences = [...Object.values(themeFor('none', 'light')), ...Object.values(themeFor('none'))]
    expect(sequences.flat().join('')).not.toMatch(/\x1b\[[34][0-9;]+m/)
  })
})

test.each([
  [undefined, 'dark'],
  ['', 'dark'],
  ['15;0', 'dark'],
  ['15;default;0', 'dark'],
  ['0;15', 'light'],
  ['0;default;15', 'light'],
  ['0;7', 'light'],
  ['nonsense', 'dark'],
])('COLORFGBG=%s is a %s background', (COLORFGBG, background) => {
  expect(backgroundOf(COLORFGBG === undefined ? {} : { COLORFGBG })).toBe(background)
})

test.each([
  [{ LANG: 'en_US.UTF-8' }, 'blocks'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, 'ascii'],
  [{ LANG: 'en_US.ISO-8859-1' }, 'ascii'],
  [{ LANG: 'C.UTF-8', TERM: 'linux' }, 'ascii'],
  [{}, 'ascii'],
])('%j draws with %s, unless the user says otherwise', (environment, glyphs) => {
  expect(chartGlyphsOf(environment)).toBe(glyphs)
  expect(chartGlyphsOf(environment, 'ascii')).toBe('ascii')
  expect(chartGlyphsOf(environment, 'unicode')).toBe('blocks')
})

test.each(['ja_JP.UTF-8', 'zh_CN.utf8', 'ko_KR.UTF-8@cjknarrow', 'ja'])(
  'in %s characters of ambiguous width are not drawn, unless the user wants them',
  locale => {
    expect(chartGlyphsOf({ LANG: locale })).toBe('ascii')
    expect(chartGlyphsOf({ LANG: locale }, 'unicode')).toBe('blocks')
    expect(chartGlyphsOf({ LANG: locale, LC_ALL: 'de_DE.UTF-8' })).toBe('blocks')
  },
)

test('the user chooses the colours; NO_COLOR goes before that', () => {
  expect(colorLevelOf({}, 8)).toBe('256')
  expect(colorLevelOf({}, 4)).toBe('16')
  expect(colorLevelOf({}, 8, '16')).toBe('16')
  expect(colorLevelOf({ NO_COLOR: '1' }, 8, '256')).toBe('none')
})

describe('the section display', () => {
  test('takes background, glyphs and colors', () => {
    const display = { background: 'light', glyphs: 'ascii', colors: '16', bytesPerSecond: 960 }
    expect(userConfigOf('c.json', JSON.stringify({ display })).display).toEqual(display)
  })

  test.each([
    ['background', 'white', 'display.background must be one of dark, light'],
    ['glyphs', 'utf8', 'display.glyphs must be one of ascii, unicode'],
    ['bytesPerSecond', 0, 'display.bytesPerSecond must be a whole number from 30 to 1000000'],
    ['bytesPerSecond', '960', 'display.bytesPerSecond must be a whole number from 30 to 1000000'],
    ['colors', 16, 'display.colors must be one of none, 16, 256'],
  ])('refuses %s: %j', (member, value, rule) => {
    expect(() => userConfigOf('c.json', JSON.stringify({ display: { [member]: value } }))).toThrow(rule)
  })
})
