import { describe, expect, it } from 'vitest'
import type { Subscription } from '../../source/sandbox/engine/subscription.ts'
import { engine, id, type Output } from './support.ts'

const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s'

/** A stream with one ACTIVE consumer, and words to subscribe and to see what is pushed. */
function subscribed(shardCount = 1) {
  const kinesis = engine()
  const { call, clock, create, service } = kinesis
  create('s', shardCount)
  const { Consumer } = call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' })
  clock.advance(1000)
  const input = (Type = 'TRIM_HORIZON', more: object = {}) => ({
    ConsumerARN: Consumer.ConsumerARN,
    ShardId: id(0),
    StartingPosition: { Type, ...more },
  })
  return {
    ...kinesis,
    input,
    subscribe: (Type?: string, more?: object) => call('SubscribeToShard', input(Type, more)) as Subscription,
    push: (subscription: Subscription): Output => service.push(subscription),
  }
}

const payloads = ({ event }: Output): string[] => event.Records.map(({ Data }: Output) => Data.toString())

describe('consumers', () => {
  it('is CREATING, then ACTIVE; its ARN carries the second of its creation', () => {
    const { call, clock, create } = engine()
    create('s', 1)
    const { Consumer } = call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c', Tags: { a: '1' } })
    expect(Consumer).toMatchObject({ ConsumerName: 'c', ConsumerStatus: 'CREATING' })
    expect(Consumer.ConsumerARN).toBe(`${StreamARN}/consumer/c:${Date.UTC(2026, 0, 1, 0, 0, 1) / 1000}`)
    clock.advance(1000)
    const byName = call('DescribeStreamConsumer', { StreamARN, ConsumerName: 'c' }).ConsumerDescription
    expect(byName).toMatchObject({ ConsumerStatus: 'ACTIVE', StreamARN })
    const { ConsumerARN } = Consumer
    expect(call('DescribeStreamConsumer', { ConsumerARN }).ConsumerDescription).toEqual(byName)
    expect(call('ListTagsForResource', { ResourceARN: ConsumerARN }).Tags).toEqual([{ Key: 'a', Value: '1' }])
    expect(call('DescribeStreamSummary', { StreamARN }).StreamDescriptionSummary.ConsumerCount).toBe(1)
  })

  it('has a new ARN in a second life', () => {
    const { call, clock, create, failure } = engine()
    create('s', 1)
    const register = () =>
      call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' }).Consumer.ConsumerARN
    const first = register()
    expect(failure('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' })).toBe('ResourceInUseException')
    call('DeregisterStreamConsumer', { ConsumerARN: first })
    clock.advance(1000)
    expect(failure('DescribeStreamConsumer', { ConsumerARN: first })).toBe('ResourceNotFoundException')
    expect(register()).not.toBe(first)
  })

  it('allows 20 consumers, five CREATING at once, and lists them by pages', () => {
    const { call, clock, create, failure } = engine()
    create('s', 1)
    const register = (name: string) => failure('RegisterStreamConsumer', { StreamARN, ConsumerName: name })
    for (let index = 0; index < 20; index++) {
      expect(register(`c${String(index).padStart(2, '0')}`)).toBeUndefined()
      if (index === 4) {
        clock.advance(200)
        expect(register('sixth')).toBe('LimitExceededException')
      }
      if (index % 5 === 4) clock.advance(1000)
    }
    expect(register('one-too-many')).toBe('LimitExceededException')
    const first = call('ListStreamConsumers', { StreamARN, MaxResults: 15 })
    const rest = call('ListStreamConsumers', { StreamARN, NextToken: first.NextToken })
    expect([first.Consumers.length, rest.Consumers.length, rest.NextToken]).toEqual([15, 5, undefined])
    clock.advance(300_001)
    expect(failure('ListStreamConsumers', { StreamARN, NextToken: first.NextToken })).toBe(
      'ExpiredNextTokenException',
    )
  })

  it('keeps a stream from being deleted unless that is asked for', () => {
    const { clock, failure } = subscribed()
    expect(failure('DeleteStream', { StreamName: 's' })).toBe('ResourceInUseException')
    clock.advance(1000)
    expect(failure('DeleteStream', { StreamName: 's', EnforceConsumerDeletion: true })).toBeUndefined()
  })
})

describe('SubscribeToShard', () => {
  it('pushes what is there, then what comes, and goes on from the continuation', () => {
    const { clock, push, put, subscribe } = subscribed()
    put('s', 'a', 'one')
    const subscription = subscribe()
    const first = push(subscription)
    expect([payloads(first), first.last]).toEqual([['one'], false])
    expect(push(subscription).kind).toBe('wait')
    put('s', 'a', 'two')
    const second = push(subscription)
    expect(payloads(second)).toEqual(['two'])
    put('s', 'a', 'three')
    clock.advance(5000)
    for (const Type of ['AFTER_SEQUENCE_NUMBER', 'AT_SEQUENCE_NUMBER']) {
      clock.advance(5000)
      const resumed = subscribe(Type, { SequenceNumber: second.event.ContinuationSequenceNumber })
      expect(payloads(push(resumed)).at(-1)).toBe('three')
    }
  })

  it('sends an empty event every five seconds, whose continuation moves on', () => {
    const { clock, push, subscribe } = subscribed()
    const subscription = subscribe('LATEST')
    const wait = push(subscription)
    expect(wait).toEqual({ kind: 'wait', milliseconds: 5000 })
    const numbers: bigint[] = []
    for (let beat = 0; beat < 3; beat++) {
      clock.advance(5000)
      const { event } = push(subscription)
      expect([event.Records, event.MillisBehindLatest]).toEqual([[], 0])
      numbers.push(BigInt(event.ContinuationSequenceNumber))
    }
    expect(numbers[1]).toBeGreaterThan(numbers[0] ?? 0n)
    expect(numbers[2]).toBeGreaterThan(numbers[1] ?? 0n)
  })

  it('goes on after an idle continuation without a gap or a repeat', () => {
    const { clock, push, put, subscribe } = subscribed()
    put('s', 'a', 'before')
    const subscription = subscribe()
    push(subscription)
    clock.advance(5000)
    const { event } = push(subscription)
    put('s', 'a', 'after')
    const resumed = subscribe('AT_SEQUENCE_NUMBER', { SequenceNumber: event.ContinuationSequenceNumber })
    expect(payloads(push(resumed))).toEqual(['after'])
  })

  it('ends after five minutes without an error', () => {
    const { clock, push, subscribe } = subscribed()
    const subscription = subscribe('LATEST')
    clock.advance(299_999)
    expect(push(subscription).kind).toBe('event')
    expect(push(subscription)).toEqual({ kind: 'wait', milliseconds: 1 })
    clock.advance(1)
    expect(push(subscription)).toEqual({ kind: 'end' })
  })

  it('is refused within five seconds of the last, then takes over (reported: lifion/lifion-kinesis#153)', () => {
    const { clock, failure, input, push, subscribe } = subscribed()
    const first = subscribe('LATEST')
    clock.advance(2000)
    expect(failure('SubscribeToShard', input('LATEST'))).toBe('ResourceInUseException')
    expect(push(first).kind).toBe('wait')
    clock.advance(3000)
    const second = subscribe('LATEST')
    expect(push(first)).toMatchObject({ kind: 'end', error: { name: 'ResourceInUseException' } })
    clock.advance(5000)
    expect(push(second).kind).toBe('event')
  })

  it('ends a closed shard with its children and without a continuation', () => {
    const { call, clock, push, put, subscribe } = subscribed()
    put('s', 'a', 'last')
    const subscription = subscribe('LATEST')
    call('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: '1000' })
    clock.advance(400)
    const { event, last } = push(subscription)
    expect(last).toBe(true)
    expect(event.ChildShards.map(({ ShardId }: Output) => ShardId)).toEqual([id(1), id(2)])
    expect(event).not.toHaveProperty('ContinuationSequenceNumber')
  })

  it('pushes at most 2 MiB a second', () => {
    const { clock, create, push, put, service, subscribe } = subscribed()
    create('other', 1)
    service.account.limits = 'off'
    for (let count = 0; count < 8; count++) put('s', 'a', 'x'.repeat((1 << 20) - 1))
    service.account.limits = 'on'
    clock.advance(10_000)
    const subscription = subscribe()
    const events = () => {
      let count = 0
      while (push(subscription).kind === 'event') count++
      return count
    }
    expect(events()).toBe(2)
    clock.advance(1001)
    expect(events()).toBe(2)
  })

  it('needs an ACTIVE consumer, a shard that exists and a position that fits', () => {
    const { call, clock, create, failure } = engine()
    create('s', 1)
    const { ConsumerARN } = call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' }).Consumer
    const ask = (shard: number, StartingPosition: object, more: object = {}) =>
      failure('SubscribeToShard', { ConsumerARN, ShardId: id(shard), StartingPosition, ...more })
    expect(ask(0, { Type: 'LATEST' })).toBe('ResourceInUseException')
    clock.advance(1000)
    expect(ask(5, { Type: 'LATEST' })).toBe('ResourceNotFoundException')
    expect(ask(0, { Type: 'AFTER_SEQUENCE_NUMBER' })).toBe('InvalidArgumentException')
    expect(ask(0, { Type: 'LATEST' }, { DryRun: true })).toBe('DryRunOperationException')
    expect(ask(0, { Type: 'LATEST' })).toBeUndefined()
  })

  it('stops with ResourceNotFound when the consumer is deregistered', () => {
    const { call, clock, push, subscribe } = subscribed()
    const subscription = subscribe('LATEST')
    call('DeregisterStreamConsumer', { StreamARN, ConsumerName: 'c' })
    clock.advance(1000)
    expect(push(subscription)).toMatchObject({ kind: 'end', error: { name: 'ResourceNotFoundException' } })
  })
})
