import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FailureError, failureOf, usageFailure } from '../../source/domain/failure.ts'
import { countedBytes } from '../../source/domain/record.ts'
import { parseStreamRef, regionOfArn } from '../../source/domain/stream.ts'

describe('stream names and ARNs', () => {
  test('a name', () => {
    expect(parseStreamRef('orders_v2.1-eu')).toEqual({ streamName: 'orders_v2.1-eu' })
    expect(parseStreamRef('x'.repeat(128))).toEqual({ streamName: 'x'.repeat(128) })
  })

  test('an ARN, of another partition too', () => {
    const streamArn = 'arn:aws-cn:kinesis:cn-north-1:123456789012:stream/orders'
    expect(parseStreamRef(streamArn)).toEqual({ streamName: 'orders', streamArn })
    expect(regionOfArn(streamArn)).toBe('cn-north-1')
  })

  test.each([
    '',
    'x'.repeat(129),
    'with space',
    'slash/es',
    'café',
    'arn:aws:kinesis:us-east-1:12:stream/orders',
    'arn:aws:kinesis:us-east-1:123456789012:stream/',
    'arn:aws:kinesis:us-east-1:123456789012:stream/orders/consumer/app:1',
    'orders\n',
  ])('%j is neither', text => {
    expect(parseStreamRef(text)).toBeUndefined()
  })
})

test('a record counts its data and the bytes of its key, as written', () => {
  expect(countedBytes({ data: new Uint8Array(10), partitionKey: 'é🙂' })).toBe(10 + 2 + 4)
  expect(countedBytes({ data: new Uint8Array(10) })).toBe(10)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (partitionKey, data) => {
      expect(countedBytes({ data, partitionKey })).toBe(data.length + Buffer.byteLength(partitionKey))
    }),
  )
})

describe('failures', () => {
  test('one that was thrown comes back whole, anything else is our own bug', () => {
    const thrown = usageFailure('put', 'too long', 'shorten it')
    expect(failureOf(thrown, 'other')).toBe(thrown.failure)
    expect(thrown).toBeInstanceOf(FailureError)
    expect(thrown.failure).toEqual({
      kind: 'usage',
      action: 'put',
      message: 'too long',
      retryable: false,
      nextStep: 'shorten it',
    })
    expect(failureOf(new RangeError('x'), 'put')).toEqual({
      kind: 'internal',
      action: 'put',
      message: 'x',
      retryable: false,
    })
    expect(failureOf('text', 'put').message).toBe('text')
  })
})
