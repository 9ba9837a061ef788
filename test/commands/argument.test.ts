import { expect, test } from 'vitest'
import { type ArgSpecs, parseArgs } from '../../source/commands/argument.ts'

const specs = {
  stream: { kind: 'stream', title: 'Stream' },
  limit: { kind: 'count', title: 'Records', min: 1 },
} as const satisfies ArgSpecs

test('a value that fills pages is named by its beginning', () => {
  expect(() => parseArgs('tail', specs, { stream: 'x'.repeat(5_000) })).toThrow(
    `stream "${'x'.repeat(160)}..." is neither a stream name`,
  )
  expect(() => parseArgs('tail', specs, { stream: '\u{1f600}'.repeat(160) })).toThrow(
    `stream "${'\u{1f600}'.repeat(160)}" is neither`,
  )
})

test('a number beyond exact counting is told its bounds', () => {
  expect(() => parseArgs('tail', specs, { limit: '99999999999999999999' })).toThrow(
    'must be a whole number from 1 to 9007199254740991',
  )
  expect(() => parseArgs('tail', specs, { limit: '0' })).toThrow('must be a whole number of at least 1')
})
