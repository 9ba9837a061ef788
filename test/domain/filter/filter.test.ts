import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeRecord } from '../../../source/domain/decode/decode-record.ts'
import { FailureError } from '../../../source/domain/failure.ts'
import { compileFilter } from '../../../source/domain/filter/compile-filter.ts'
import { filterSubject } from '../../../source/domain/filter/subject.ts'
import type { StreamRecord } from '../../../source/domain/record.ts'

const NOW = Date.parse('2026-11-30T12:00:00Z')

function record(text: string, more: Partial<StreamRecord> = {}): StreamRecord {
  return {
    streamName: 'orders',
    shardId: 'shardId-000000000003',
    sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    partitionKey: 'customer-1',
    data: new TextEncoder().encode(text),
    approximateArrivalTimestamp: new Date(NOW - 60_000),
    ...more,
  }
}

function matches(filter: string, subject: StreamRecord): boolean {
  const compiled = compileFilter(filter)
  return decodeRecord(subject).some(part => compiled.matches(filterSubject(subject, part), NOW))
}

function refusalOf(filter: string): string {
  try {
    compileFilter(filter)
  } catch (error) {
    if (error instanceof FailureError) return error.failure.message
    throw error
  }
  throw new Error(`"${filter}" was taken`)
}

const ORDER = record('{"status":"failed","amount":120,"detail-type":"Order Placed","items":[{"sku":"a b"}]}')

describe('a filter', () => {
  it.each([
    // Plain words are one text, blanks included, in any case.
    ['', true],
    ['FAILED', true],
    ['order placed', true],
    ['placed order', false],
    ['"order placed"', true],
    ['customer-1', true],
    ['shardId-000000000003', true],
    // Patterns.
    ['/fail(ed|ure)/', true],
    ['/FAILED/', false],
    ['/FAILED/i', true],
    ['/"amount":\\d+/', true],
    // Terms.
    ['key:customer-1', true],
    ['key:customer', false],
    ['key:cust*', true],
    ['key:*omer', false],
    ['key:/^c.*1$/', true],
    ['key:"customer-1"', true],
    ['shard:3', true],
    ['shard:1,3', true],
    ['shard:4', false],
    ['size>50', true],
    ['size>1KiB', false],
    ['size<=1KiB', true],
    ['age<5m', true],
    ['age>5m', false],
    // Sequence numbers are compared with all their digits.
    ['seq>49590338271490256608559692538361571095921575989136588897', true],
    ['seq>49590338271490256608559692538361571095921575989136588898', false],
    ['seq=49590338271490256608559692538361571095921575989136588898', true],
    ['seq>5', true],
    ['!failed', false],
    ['!key:other', true],
    ['!/paid/ failed', true],
    // Expressions on the decoded value.
    ["?status == 'failed'", true],
    ["?status == 'failed' && amount > `200`", false],
    ['?"detail-type"', true],
    ["?items[?sku == 'a b']", true],
    ["?items[?sku == 'c']", false],
    ['?amount', true],
    ['?missing', false],
    ["key:customer-1 size>10 failed ?contains(status, 'fail')", true],
    ["key:customer-2 ?status == 'failed'", false],
    // Not a term: a text like any other.
    ['"status":"failed"', true],
    ['"status":"paid"', false],
    ['status":"failed', true],
  ])('%s', (filter, expected) => {
    expect(matches(filter, ORDER)).toBe(expected)
  })

  it('takes 0 for a value and nothing for none, as JMESPath does', () => {
    expect(matches('?n', record('{"n":0}'))).toBe(true)
    expect(matches('?n', record('{"n":[]}'))).toBe(false)
    expect(matches('?n', record('{"n":""}'))).toBe(false)
  })

  it('looks at each document of a pack, at text, and never at bytes', () => {
    expect(matches('?n == `2`', record('{"n":1}{"n":2}'))).toBe(true)
    expect(matches("?contains(@, 'ell')", record('hello'))).toBe(true)
    expect(matches('?@', record('', { data: new Uint8Array([0xff, 0xfe, 0x00]) }))).toBe(false)
  })

  it('has no match for an age where no time was told, nor for a key where there is none', () => {
    const { approximateArrivalTimestamp: _t, partitionKey: _k, ...bare } = record('{}')
    for (const filter of ['age<5m', 'age>5m', 'key:x', 'key:*']) expect(matches(filter, bare)).toBe(false)
  })

  it('is readable by names that every object inherits', () => {
    expect(matches('?constructor', record('{"constructor":1}'))).toBe(true)
    expect(matches('?toString', record('{"a":1}'))).toBe(false)
  })

  it('counts what an expression cannot be evaluated on, and takes it for no match', () => {
    const compiled = compileFilter("?contains(status, 'x')")
    const subject = record('{"status":null}')
    for (const part of decodeRecord(subject)) {
      expect(compiled.matches(filterSubject(subject, part), NOW)).toBe(false)
    }
    expect(compiled.trouble()).toMatchObject({ count: 1 })
    expect(compiled.trouble()?.message).toContain('contains')
  })
})

describe('a filter that is none', () => {
  it.each([
    ['/abc', 'column 1: the regular expression is not closed'],
    ['failed /a(/', 'column 8: '],
    ['/(a)\\1/', 'column 1: '],
    ['/a/x', 'column 4: "x" is no flag'],
    ['size>big', 'column 6: "big" is no size'],
    ['size>', 'column 6: a size follows'],
    ['age<soon', 'column 5: "soon" is no length of time'],
    ['key>1', 'column 4: key has no order'],
    ['seq>1x', 'column 5: "1x" is no sequence number'],
    ['a "b', 'column 3: the quotation mark is not closed'],
    ['?detail-type', 'column 8: JMESPath: '],
    ['x ?a ==', 'JMESPath: found unexpected end'],
    ['?nonsense(a)', 'column 2: JMESPath: Unknown function: nonsense()'],
    ['?', 'JMESPath: '],
  ])('%s', (filter, message) => {
    expect(refusalOf(filter)).toContain(message)
  })

  it('is refused with a usage failure, whatever was typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'/?"!\\()[]*+{}|^$.:<>=`\'@&a1 key:size'), maxLength: 30 }),
        text => {
          try {
            matches(text, ORDER)
          } catch (error) {
            expect(error).toBeInstanceOf(FailureError)
          }
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

it('highlights what it looks for, merged and in order', () => {
  expect(compileFilter('FAIL /ed|status/').highlights('{"status":"failed"}')).toEqual([
    [2, 8],
    [11, 17],
  ])
  expect(compileFilter('!fail ?a').highlights('fail')).toEqual([])
})

it('takes time in proportion to the text for a pattern that makes others explode', () => {
  // (a+)+$ takes a backtracking engine 2^n steps; 200,000 characters would never end.
  expect(matches('/^(a+)+$/', record(`${'a'.repeat(200_000)}!`))).toBe(false)
})
