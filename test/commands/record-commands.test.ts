import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import { parseArgs } from '../../source/commands/argument.ts'
import { tailRecords } from '../../source/commands/record-commands.ts'
import type { Event } from '../../source/state/event.ts'
import { FakeKinesis, fakeFailure } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import { contextOf, eventsOf, StepClock as IdleClock, the } from './fake-kinesis.ts'

function tail(kinesis: FakeKinesis, clock: StepClock, typed: Record<string, string>, signal?: AbortSignal) {
  const args = parseArgs('tail', tailRecords.args, { stream: 'orders', ...typed })
  const context = contextOf(kinesis as unknown as KinesisApi, new IdleClock())
  return eventsOf(tailRecords.run(args, { ...context, clock, ...(signal === undefined ? {} : { signal }) }))
}
const countIn = (events: readonly Event[]): number =>
  events.reduce((sum, event) => sum + (event.type === 'records-read' ? event.records.length : 0), 0)

describe('tail to the tip', () => {
  it('reads all there is, decodes it, and ends', async () => {
    const clock = new StepClock()
    const kinesis = new FakeKinesis(clock, 2)
    for (let index = 0; index < 20; index += 1) kinesis.put(`key-${index}`, `{"n":${index}}`)
    const events = await clock.run(tail(kinesis, clock, { from: 'oldest', exitAtTip: 'true' }))
    expect(countIn(events)).toBe(20)
    expect(the(events, 'tail-finished').reason).toBe('tip')
    const rows = events.flatMap(event => tailRecords.headless?.rows(event) ?? [])
    expect(rows[0]).toMatchObject({ streamName: 'orders', stages: ['json'] })
  })

  it('finds the records of one key, inside aggregates too', async () => {
    const clock = new StepClock()
    const kinesis = new FakeKinesis(clock, 1)
    kinesis.put('user-1', 'own')
    kinesis.put('user-2', 'other')
    // An aggregate of user-1 and user-2 under the key that the producer library gives it.
    const aggregate = '84mawgoGdXNlci0xCgZ1c2VyLTIaCwgAGgd7Im4iOjF9GgsIARoHeyJuIjoyfTpkMZqoY/n7taqiM0G1IuQ='
    kinesis.put('a', new Uint8Array(Buffer.from(aggregate, 'base64')))
    const events = await clock.run(tail(kinesis, clock, { from: 'oldest', key: 'user-1', exitAtTip: 'true' }))
    const keys = events.flatMap(event =>
      event.type === 'records-read' ? event.records.map(({ record }) => record.partitionKey) : [],
    )
    expect(keys).toEqual(['user-1', 'a'])
  })

  it('reads Avro with the schema of a file, and says what is wrong with one', async () => {
    const clock = new StepClock()
    const kinesis = new FakeKinesis(clock, 1)
    const payloads = JSON.parse(
      readFileSync(new URL('../domain/decode/payloads.json', import.meta.url), 'utf8'),
    )
    kinesis.put('k', new Uint8Array(Buffer.from(payloads['Confluent, Avro'].base64, 'base64')))
    const schema = readFileSync(new URL('../domain/decode/order.avsc', import.meta.url))
    const files: Record<string, Uint8Array> = { 'order.avsc': schema, 'broken.avsc': Buffer.from('{}') }
    const readInput = async (path: string) => files[path] ?? Promise.reject(new Error(`no file ${path}`))
    const typed = { from: 'oldest', exitAtTip: 'true' }
    const run = (more: Record<string, string>) => {
      const args = parseArgs('tail', tailRecords.args, { stream: 'orders', ...typed, ...more })
      const context = contextOf(kinesis as unknown as KinesisApi, new IdleClock())
      return clock.run(eventsOf(tailRecords.run(args, { ...context, clock, readInput })))
    }
    const events = await run({ schema: '42=order.avsc' })
    const [row] = events.flatMap(event => tailRecords.headless?.rows(event) ?? [])
    expect(JSON.stringify(row?.decoded)).toContain('9007199254740993')
    await expect(run({ schema: 'broken.avsc' })).rejects.toThrow('"broken.avsc" is not usable as a schema')
    await expect(run({ schema: 'order.avsc,' })).rejects.toThrow('names no schema file')
  })

  it('ends at a time, and after a quiet while', async () => {
    const clock = new StepClock()
    const kinesis = new FakeKinesis(clock, 1)
    kinesis.put('k', 'early')
    await clock.run(clock.sleep(60_000))
    kinesis.put('k', 'late')
    const until = new Date(clock.now() - 30_000).toISOString()
    const timed = await clock.run(tail(kinesis, clock, { from: 'oldest', until }))
    expect(countIn(timed)).toBe(1)
    expect(the(timed, 'tail-finished').reason).toBe('until')
    const quiet = await clock.run(tail(kinesis, clock, { from: 'oldest', idle: '90s' }))
    expect(countIn(quiet)).toBe(2)
    expect(the(quiet, 'tail-finished').reason).toBe('idle')
    await expect(clock.run(tail(kinesis, clock, { idle: 'soon' }))).rejects.toThrow('"soon"')
    await expect(clock.run(tail(kinesis, clock, { until: 'noon' }))).rejects.toThrow('"noon"')
  })

  it('outlasts an endpoint that is away for a minute', async () => {
    const clock = new StepClock()
    const start = clock.now()
    const kinesis = new FakeKinesis(clock, 1, {
      fault: operation =>
        operation === 'GetRecords' && clock.now() - start < 60_000
          ? fakeFailure('service', 'GetRecords')
          : undefined,
    })
    kinesis.put('k', 'x')
    const events = await clock.run(tail(kinesis, clock, { from: 'oldest', exitAtTip: 'true' }))
    expect(countIn(events)).toBe(1)
    expect(events.map(event => event.type)).not.toContain('tail-failed')
  })

  it('gives up on one that stays away, and says that the tip was not reached', async () => {
    const clock = new StepClock()
    const start = clock.now()
    const kinesis = new FakeKinesis(clock, 1, {
      fault: operation => (operation === 'GetRecords' ? fakeFailure('service', 'GetRecords') : undefined),
    })
    const events = await clock.run(tail(kinesis, clock, { from: 'oldest', exitAtTip: 'true' }))
    expect(the(events, 'tail-failed').failure).toMatchObject({
      kind: 'service',
      message: 'given up after 120 s without an answer, the tip was not reached: service (scripted)',
    })
    expect(clock.now() - start).toBeLessThan(180_000)
  })

  it('a live tail does not give up', async () => {
    const clock = new StepClock()
    const start = clock.now()
    const stop = new AbortController()
    const kinesis = new FakeKinesis(clock, 1, {
      fault: operation => {
        if (clock.now() - start > 3_600_000) stop.abort()
        return operation === 'GetRecords' ? fakeFailure('service', 'GetRecords') : undefined
      },
    })
    const events = await clock.run(tail(kinesis, clock, { from: 'oldest' }, stop.signal))
    expect(the(events, 'tail-finished').reason).toBe('aborted')
    expect(events.map(event => event.type)).not.toContain('tail-failed')
    expect(clock.now() - start).toBeGreaterThan(3_600_000)
  })

  it('tells what it took for granted in a time without a zone', async () => {
    const clock = new StepClock()
    const kinesis = new FakeKinesis(clock, 1)
    const events = await clock.run(tail(kinesis, clock, { from: '2026-11-30T11:00', exitAtTip: 'true' }))
    expect(the(events, 'noticed').notice.text).toContain('UTC')
  })
})
