import { describe, expect, test } from 'vitest'
import { deadlineOf, trendOf } from '../../source/domain/readers/deadline.ts'
import { missingGuards } from '../../source/domain/readers/event-source-mapping.ts'
import { harmOf } from '../../source/domain/readers/harm.ts'
import type { StreamReader } from '../../source/domain/readers/reader.ts'
import { unexplainedReads } from '../../source/domain/readers/unexplained.ts'

const HOUR = 3_600_000
const lag = (lagMillis: number, trend?: number) =>
  ({ lagMillis, source: 'probe', at: 0, ...(trend === undefined ? {} : { trend }) }) as const

describe('when unread data expires', () => {
  test('20 h behind with 24 h of retention: in 4 h if it stands, in 8 h at half the pace, never while it catches up', () => {
    expect(deadlineOf(lag(20 * HOUR, 1), 24)).toEqual({ kind: 'in', millis: 4 * HOUR, isAtPresentRate: true })
    expect(deadlineOf(lag(20 * HOUR, 0.5), 24)).toEqual({
      kind: 'in',
      millis: 8 * HOUR,
      isAtPresentRate: true,
    })
    expect(deadlineOf(lag(20 * HOUR, -2), 24)).toEqual({ kind: 'never' })
    expect(deadlineOf(lag(20 * HOUR), 24)).toEqual({ kind: 'in', millis: 4 * HOUR, isAtPresentRate: false })
    expect(deadlineOf(lag(24 * HOUR), 24)).toEqual({ kind: 'reached' })
    expect(deadlineOf(lag(0), 24)).toEqual({ kind: 'none' })
  })

  test('the trend is the slope of the lags, and unknown from one', () => {
    expect(trendOf([{ at: 0, lagMillis: 100 }])).toBeUndefined()
    expect(
      trendOf([
        { at: 0, lagMillis: 1_000 },
        { at: 1_000, lagMillis: 2_000 },
        { at: 2_000, lagMillis: 3_000 },
      ]),
    ).toBe(1)
    expect(
      trendOf([
        { at: 0, lagMillis: 4_000 },
        { at: 2_000, lagMillis: 0 },
      ]),
    ).toBe(-2)
  })
})

const reader = (more: Partial<StreamReader>): StreamReader => ({
  id: 'kcl app',
  kind: 'kcl',
  name: 'app',
  state: '',
  facts: [],
  warnings: [],
  shards: [],
  ...more,
})

describe('what an act does to readers', () => {
  const behind = reader({
    shards: [
      { shardId: 'shardId-000000000000', state: 'alive', lag: lag(30 * HOUR) },
      { shardId: 'shardId-000000000001', state: 'silent' },
      { shardId: 'shardId-000000000002', state: 'finished' },
    ],
  })

  test('shorter retention: who is further behind loses the rest; unknown stays unknown', () => {
    const [first] = harmOf({ readers: [behind], sources: [] }, { act: 'retention', hours: 24 })
    expect(first).toMatchObject({ level: 'loses', readerName: 'app' })
    expect(first?.sentence).toContain('30.0 h behind on 1 of 2 shards; with 24 h it loses up to 6.0 h')
    expect(harmOf({ readers: [behind], sources: [] }, { act: 'retention', hours: 48 })).toMatchObject([
      { level: 'unknown' },
    ])
    expect(
      harmOf({ readers: [reader({ lag: lag(0) })], sources: [] }, { act: 'retention', hours: 24 }),
    ).toEqual([])
  })

  test('a split of a shard that nobody reads holds its children up; of another it does not', () => {
    const split = (shardId: string) =>
      harmOf({ readers: [behind], sources: [] }, { act: 'reshard', closes: [shardId] })
    expect(split('shardId-000000000001')).toMatchObject([{ level: 'waits' }])
    expect(split('shardId-000000000009')).toEqual([])
  })

  test('a consumer that goes takes the function with it that reads through it', () => {
    const consumerArn = 'arn:aws:kinesis:us-east-1:111122223333:stream/orders/consumer/fan:1'
    const fan = reader({ id: 'f', kind: 'fan-out', name: 'fan', arn: consumerArn })
    const lambda = reader({ id: 'l', kind: 'lambda', name: 'fn', consumerArn })
    const harms = harmOf(
      { readers: [fan, lambda, behind], sources: [] },
      { act: 'deregister-consumer', consumerArn, consumerName: 'fan' },
    )
    expect(harms.map(({ readerName }) => readerName)).toEqual(['fan', 'fn'])
  })

  test('a source that was not told is said, whatever else is known', () => {
    const sources = [
      { kind: 'lambda', action: 'lambda:ListEventSourceMappings', resource: '', state: 'failed' },
    ] as const
    expect(harmOf({ readers: [], sources }, { act: 'delete-stream' })).toMatchObject([{ level: 'unknown' }])
  })
})

test('guards that a mapping lacks are named; one that has all lacks none', () => {
  const bare = { uuid: 'u', functionResponseTypes: [] }
  expect(missingGuards(bare)).toHaveLength(4)
  expect(
    missingGuards({
      uuid: 'u',
      functionResponseTypes: ['ReportBatchItemFailures'],
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 5,
      onFailureDestination: 'arn:aws:sqs:us-east-1:111122223333:failed',
    }),
  ).toEqual([])
})

test('bytes that no known reader explains: two readers explain twice what comes in, not thrice', () => {
  const told = (outgoing: number | undefined, knownPollers: number) =>
    unexplainedReads({
      incomingBytesPerSecond: 100,
      outgoingBytesPerSecond: outgoing,
      knownPollers,
      isIncomplete: false,
    })
  expect(told(200, 2)?.verdict).toBe('explained')
  expect(told(300, 2)).toMatchObject({
    verdict: 'unexplained',
    sentence: expect.stringContaining('About 1 more'),
  })
  expect(told(undefined, 2)?.verdict).toBe('nobody-polls')
  expect(
    unexplainedReads({
      incomingBytesPerSecond: undefined,
      outgoingBytesPerSecond: undefined,
      knownPollers: 0,
      isIncomplete: false,
    }),
  ).toBeUndefined()
})
