import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FailureError } from '../../source/domain/failure.ts'
import {
  parseAnyMoment,
  parseDurationMillis,
  parseMoment,
  parseStartFrom,
} from '../../source/domain/time-expression.ts'

const NOW = Date.parse('2026-11-30T12:34:56.789Z')

function iso(text: string): string {
  return parseMoment(text, NOW).timestamp.toISOString()
}

function refusal(work: () => unknown): FailureError {
  try {
    work()
  } catch (error) {
    if (error instanceof FailureError) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('moments', () => {
  test.each([
    ['2026-11-30T12:00:00Z', '2026-11-30T12:00:00.000Z'],
    ['2026-11-30T12:00:00.5Z', '2026-11-30T12:00:00.500Z'],
    ['2026-11-30T13:00+01:00', '2026-11-30T12:00:00.000Z'],
    ['2026-11-30 13:00 +0100', '2026-11-30T12:00:00.000Z'],
    ['2026-11-29T20:00-05', '2026-11-30T01:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['15m', '2026-11-30T12:19:56.789Z'],
    ['15m ago', '2026-11-30T12:19:56.789Z'],
    ['-15m', '2026-11-30T12:19:56.789Z'],
    ['2h30m', '2026-11-30T10:04:56.789Z'],
    ['1.5h', '2026-11-30T11:04:56.789Z'],
    ['3 days ago', '2026-11-27T12:34:56.789Z'],
    ['1w', '2026-11-23T12:34:56.789Z'],
    ['yesterday', '2026-11-29T00:00:00.000Z'],
    ['yesterday 14:00', '2026-11-29T14:00:00.000Z'],
    ['today at 9:30', '2026-11-30T09:30:00.000Z'],
    // In Kiritimati it is already the 1st of December.
    ['today 01:00+14:00', '2026-11-30T11:00:00.000Z'],
    ['yesterday 14:00 -08:00', '2026-11-29T22:00:00.000Z'],
    // Half past two comes twice in the night in which summer time ends in Berlin: the offset says which.
    ['2026-10-25T02:30+02:00', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T02:30+01:00', '2026-10-25T01:30:00.000Z'],
    ['1764504000', '2025-11-30T12:00:00.000Z'],
    ['1764504000.25', '2025-11-30T12:00:00.250Z'],
    ['1764504000123', '2025-11-30T12:00:00.123Z'],
  ])('%s', (text, expected) => {
    expect(iso(text)).toBe(expected)
  })

  test('a time without a zone is UTC and says so', () => {
    expect(parseMoment('2026-11-30T12:00', NOW).assumption).toBe('no zone given: taken as UTC')
    expect(parseMoment('yesterday 14:00', NOW).assumption).toBe('no zone given: taken as UTC')
    expect(parseMoment('2026-11-30T12:00Z', NOW).assumption).toBeUndefined()
    expect(parseMoment('15m', NOW).assumption).toBeUndefined()
  })

  test.each([
    '2026-02-30T00:00Z',
    '2026-11-30T25:00Z',
    '2026-11-30T12:00+15:00',
    'yesterday 24:00',
    '',
    'soon',
    '15x',
    '12:00',
  ])('"%s" is refused by name', text => {
    const { failure } = refusal(() => parseMoment(text, NOW))
    expect(failure.kind).toBe('usage')
    expect(failure.message).toContain(`"${text}"`)
    expect(failure.nextStep).toContain('15m')
  })

  test('the future is refused with both times', () => {
    const { failure } = refusal(() => parseMoment('2026-11-30T13:00', NOW))
    expect(failure.message).toBe(
      '"2026-11-30T13:00" is 2026-11-30T13:00:00.000Z, which is in the future (it is 2026-11-30T12:34:56.789Z now).',
    )
    expect(failure.nextStep).toContain('zone')
  })

  test('any moment printed as ISO reads back', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date(NOW), noInvalidDate: true }), date => {
        expect(parseMoment(date.toISOString(), NOW).timestamp).toEqual(date)
      }),
    )
  })

  test('any text gives a date or a usage failure', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9mhdwsTZ:+. -]{1,30}$/))
    fc.assert(
      fc.property(text, value => {
        try {
          expect(parseMoment(value, NOW).timestamp.getTime()).toBeLessThanOrEqual(NOW)
        } catch (error) {
          expect(error).toBeInstanceOf(FailureError)
        }
      }),
    )
  })
})

test('the end of a reading may lie ahead', () => {
  expect(parseAnyMoment('2026-11-30T13:00Z', NOW).timestamp.toISOString()).toBe('2026-11-30T13:00:00.000Z')
  expect(refusal(() => parseAnyMoment('someday', NOW)).failure.message).toContain('"someday"')
})

test('lengths of time', () => {
  expect(parseDurationMillis('90s')).toBe(90_000)
  expect(parseDurationMillis('1h 30 min')).toBe(5_400_000)
  expect(refusal(() => parseDurationMillis('1 fortnight')).failure.message).toContain('1 fortnight')
})

describe('where to start', () => {
  const SEQUENCE = '49590338271490256608559692538361571095921575989136588898'

  test('words, also those of the API', () => {
    for (const text of ['latest', 'LATEST'])
      expect(parseStartFrom(text, NOW).from).toEqual({ type: 'latest' })
    for (const text of ['oldest', 'TRIM_HORIZON'])
      expect(parseStartFrom(text, NOW).from).toEqual({ type: 'oldest' })
  })

  test('a sequence number keeps every digit', () => {
    expect(parseStartFrom(SEQUENCE, NOW).from).toEqual({ type: 'sequence-number', sequenceNumber: SEQUENCE })
    expect(parseStartFrom('sequence:17', NOW).from).toEqual({ type: 'sequence-number', sequenceNumber: '17' })
  })

  test('a moment', () => {
    expect(parseStartFrom('2h', NOW)).toEqual({
      from: { type: 'timestamp', timestamp: new Date(NOW - 7_200_000) },
    })
    expect(parseStartFrom('1764504000', NOW).from).toEqual({
      type: 'timestamp',
      timestamp: new Date('2025-11-30T12:00:00Z'),
    })
  })

  test('digits that are neither are refused with the rule', () => {
    const { failure } = refusal(() => parseStartFrom('1719999999123456', NOW))
    expect(failure.message).toContain('16 digits')
    expect(failure.nextStep).toContain('sequence:N')
    expect(refusal(() => parseStartFrom('9'.repeat(130), NOW)).failure.message).toContain('129 digits')
    expect(refusal(() => parseStartFrom('sequence:12a', NOW)).failure.message).toContain('12a')
    expect(refusal(() => parseStartFrom('newest', NOW)).failure.message).toContain('"newest"')
  })
})
