import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { visibleAscii, visibleLines, visibleText } from '../../source/domain/visible-text.ts'

describe('visible text', () => {
  test.each([
    ['plain words', 'plain words'],
    ['café 日本 🙂', 'café 日本 🙂'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\x1b[31mred', '\\e[31mred'],
    ['\x1b]52;c;YQ==\x07', '\\e]52;c;YQ==\\x07'],
    ['\x9b31m', '\\x9b31m'],
    ['nul\0', 'nul\\0'],
    ['pay\u202egnp.exe', 'pay\\u202egnp.exe'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['line\u2028sep', 'line\\u2028sep'],
    ['\ud800 alone', '\\ud800 alone'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
  ])('%j', (text, expected) => {
    expect(visibleText(text)).toBe(expected)
  })

  test('names that differ in a blank that is none look different: each is told by its number', () => {
    const blanks = [
      '\u00a0',
      '\u1680',
      '\u2000',
      '\u2003',
      '\u200a',
      '\u202f',
      '\u205f',
      '\u3000',
      '\u2800',
      '\u3164',
      '\u{1d159}',
    ]
    const shown = blanks.map(blank => visibleText(`customer${blank}1`))
    expect(new Set([...shown, 'customer 1']).size).toBe(blanks.length + 1)
    for (const text of shown)
      expect(text).toMatch(/^customer\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]+\})1$/)
    expect(visibleText('a space stays')).toBe('a space stays')
  })

  test('no control, format, separator, surrogate or private character is left in any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), text => {
        const visible = visibleText(text)
        expect(visible).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/u)
        // Safe text is left alone, so that it can pass twice.
        expect(visibleText(visible)).toBe(visible)
        for (const letter of text.match(/[\p{L}\p{N}]/gu) ?? []) {
          if (!/[\u115f\u1160\u17b4\u17b5\u3164\uffa0]/.test(letter)) expect(visible).toContain(letter)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('ASCII form has printable ASCII only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(visibleAscii(text)).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
    expect(visibleAscii('café 🙂')).toBe('caf\\xe9 \\u{1f642}')
  })

  test('lines are kept apart', () => {
    expect(visibleLines('a\r\nb\n\x07')).toEqual(['a', 'b', '\\x07'])
  })
})
