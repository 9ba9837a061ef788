import { describe, expect, test } from 'vitest'
import {
  ageText,
  bytesText,
  countText,
  durationText,
  hoursText,
  lagText,
  rateText,
  shareText,
  timeText,
} from '../../source/ui/format.ts'
import { fitEnd, fitLine, fitText, overlay, spread, widthOf, wrapText } from '../../source/ui/line.ts'
import { layOut } from '../../source/ui/table.ts'

test.each([
  [undefined, '-'],
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1.0 KiB'],
  [1_229, '1.2 KiB'],
  [1_048_575, '1.0 MiB'],
  [1_047_552, '1023 KiB'],
  [10_485_760, '10.0 MiB'],
])('%s bytes: %s', (bytes, text) => expect(bytesText(bytes)).toBe(text))

test.each([
  [undefined, '-'],
  [0, 'at tip'],
  [1, '1ms'],
  [12_000, '12s'],
  [192_000, '3m 12s'],
  [180_000, '3m'],
  [18_120_000, '5h 2m'],
  [356_400_000, '4d 3h'],
])('%s ms behind: %s', (millis, text) => expect(lagText(millis)).toBe(text))

test.each([
  [0, '<10s'],
  [9_999, '<10s'],
  [10_000, '10s'],
  [59_999, '50s'],
  [60_000, '1m'],
  [3_600_000, '1h'],
  [172_800_000, '2d'],
  [-5_000, '<10s'],
])('an age of %s ms: %s', (millis, text) => expect(ageText(1_000_000_000, 1_000_000_000 + millis)).toBe(text))

describe('numbers', () => {
  test('keep their unit and what they do not say is a dash', () => {
    expect(countText(1_234_567)).toBe('1,234,567')
    expect(countText(undefined)).toBe('-')
    expect(shareText(0.25)).toBe('25.0 %')
    expect(shareText(1e-9)).toBe('<0.1 %')
    expect(shareText(0)).toBe('0.0 %')
    expect(hoursText(24)).toBe('24 h')
    expect(hoursText(168)).toBe('7 d')
    expect(rateText(0.01)).toBe('<0.1/s')
    expect(rateText(12.34)).toBe('12.3/s')
    expect(rateText(5_000)).toBe('5,000/s')
    expect(durationText(undefined)).toBe('-')
  })

  test('times are UTC, and what is no date is a dash', () => {
    expect(timeText(Date.UTC(2026, 10, 30, 4, 3, 9, 7), 'millis')).toBe('04:03:09.007')
    expect(timeText(new Date(Number.NaN))).toBe('-')
    expect(timeText(new Date(Date.UTC(12_026, 0, 1, 1, 2, 3)))).toBe('01:02:03')
  })
})

describe('lines', () => {
  test('a cell has its width whatever is in it', () => {
    expect(fitText('abc', 5)).toBe('abc  ')
    expect(fitText('abc', 5, 'right')).toBe('  abc')
    expect(fitText('abcdef', 5)).toBe('abcd~')
    expect(fitText('a\nb', 5)).toBe('a\\nb ')
    expect(fitText('\u65e5', 5)).toBe('\\u65~')
    expect(fitText('abc', 1)).toBe('~')
    expect(fitText('abc', 0)).toBe('')
    expect(fitEnd('abcdef', 4)).toBe('~def')
  })

  test('a line is cut or filled to its width', () => {
    expect(fitLine([{ text: 'ab' }, { text: 'cd' }], 3)).toEqual([{ text: 'ab' }, { text: '~' }])
    expect(widthOf(fitLine([{ text: 'ab' }], 7))).toBe(7)
  })

  test('the right part goes where it would leave no room for the left', () => {
    const drawn = (width: number) =>
      spread([{ text: 'left side' }], [{ text: 'right' }], width)
        .map(({ text }) => text)
        .join('')
    expect(drawn(20)).toBe('left side      right')
    expect(drawn(10)).toBe('left side ')
    expect(drawn(18)).toBe('left side    right')
  })

  test('one lies over the other', () => {
    const over = overlay([{ text: 'aaaa' }, { text: 'bbbb', tone: 'bad' }], 3, [{ text: 'XX' }])
    expect(over).toEqual([{ text: 'aaa' }, { text: 'XX' }, { text: 'bbb', tone: 'bad' }])
  })

  test('a text breaks at blanks, or anywhere where there is none', () => {
    expect(wrapText('one two three', 8)).toEqual(['one two', 'three'])
    expect(wrapText('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
    expect(wrapText('', 4)).toEqual([''])
  })
})

test('columns that do not fit go by priority, and room that is left goes to those that can grow', () => {
  const column = (key: string, width: number, priority: number, maxWidth?: number) => ({
    key,
    header: key,
    width,
    priority,
    text: () => '',
    ...(maxWidth === undefined ? {} : { maxWidth }),
  })
  const columns = [column('a', 10, 0, 20), column('b', 10, 2), column('c', 10, 1)]
  expect(layOut(columns, 24).map(({ column, width }) => [column.key, width])).toEqual([
    ['a', 10],
    ['c', 10],
  ])
  expect(layOut(columns, 60).map(({ column, width }) => [column.key, width])).toEqual([
    ['a', 20],
    ['b', 10],
    ['c', 10],
  ])
})
