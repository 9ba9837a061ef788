import { describe, expect, it } from 'vitest'
import { parseArgs } from '../../source/commands/argument.ts'
import { putRecord } from '../../source/commands/put-command.ts'
import { reshardStream } from '../../source/commands/reshard-command.ts'
import { setRetention } from '../../source/commands/retention-command.ts'
import { createStream, deleteStream } from '../../source/commands/stream-acts.ts'
import { listStreams } from '../../source/commands/stream-commands.ts'
import { addTag, listTags, removeTag } from '../../source/commands/tag-commands.ts'
import { MAX_HASH_KEY } from '../../source/domain/hash-key.ts'
import { isOpen, type Shard } from '../../source/domain/shard.ts'
import { contextOf, eventsOf, FakeKinesis, failing, StepClock, shard, the } from './fake-kinesis.ts'

function uniform(count: number): Shard[] {
  const width = (MAX_HASH_KEY + 1n) / BigInt(count)
  return Array.from({ length: count }, (_, index) =>
    shard(index, width * BigInt(index), index === count - 1 ? MAX_HASH_KEY : width * BigInt(index + 1) - 1n),
  )
}

describe('streams', () => {
  it('paces summaries on an endpoint that is not this machine, and not on loopback', async () => {
    const kinesis = new FakeKinesis()
    for (let index = 0; index < 30; index += 1) kinesis.add(`s${index}`, uniform(1))
    const clock = new StepClock()
    const startedAt = clock.millis
    const events = await eventsOf(listStreams.run({ namesOnly: false }, contextOf(kinesis.api(), clock)))
    expect(events.filter(event => event.type === 'summary-described')).toHaveLength(30)
    // 30 streams at no more than 4 a second: 29 pauses of 250 ms.
    expect(clock.millis - startedAt).toBe(29 * 250)

    const local = new StepClock()
    const base = contextOf(kinesis.api(), local)
    const session = { ...base.model().session, endpoint: { value: 'http://127.0.0.1:1', origin: 'test' } }
    const model = { ...base.model(), session }
    await eventsOf(listStreams.run({ namesOnly: false }, { ...base, model: () => model }))
    expect(local.sleeps).toEqual([])
  })

  it('slows down once it is throttled', async () => {
    const kinesis = new FakeKinesis()
    for (let index = 0; index < 3; index += 1) kinesis.add(`s${index}`, uniform(1))
    const clock = new StepClock()
    const real = kinesis.api()
    const api = kinesis.api({
      describeStreamSummary: stream =>
        stream.streamName === 's0'
          ? Promise.reject(failing('throttled'))
          : real.describeStreamSummary(stream),
    })
    await eventsOf(listStreams.run({ namesOnly: false }, contextOf(api, clock)))
    expect(clock.sleeps).toEqual([2_000, 2_000])
  })

  it('shows the names where summaries are denied', async () => {
    const kinesis = new FakeKinesis()
    kinesis.add('s', uniform(1))
    const api = kinesis.api({ describeStreamSummary: () => Promise.reject(failing('denied')) })
    const events = await eventsOf(listStreams.run({ namesOnly: false }, contextOf(api, new StepClock())))
    const rows = events.flatMap(event => listStreams.headless?.rows(event) ?? [])
    expect(rows).toEqual([{ streamName: 's' }])
  })

  it('asks an endpoint without summaries once, and shows what the listing tells', async () => {
    const kinesis = new FakeKinesis()
    for (let index = 0; index < 3; index += 1) kinesis.add(`s${index}`, uniform(1))
    const api = kinesis.api({ describeStreamSummary: () => Promise.reject(failing('unsupported')) })
    const events = await eventsOf(listStreams.run({ namesOnly: false }, contextOf(api, new StepClock())))
    expect(events.flatMap(event => listStreams.headless?.rows(event) ?? [])).toHaveLength(3)
    expect(kinesis.operations().filter(name => name === 'describeStreamSummary')).toHaveLength(1)
  })

  it('says beforehand that a long list takes its time', async () => {
    const kinesis = new FakeKinesis()
    for (let index = 0; index < 41; index += 1) kinesis.add(`s${index}`, uniform(1))
    const events = await eventsOf(
      listStreams.run({ namesOnly: false }, contextOf(kinesis.api(), new StepClock())),
    )
    expect(the(events, 'noticed').notice.text).toContain('41 summaries takes about 10 s')
  })

  it('says what failed where listing is denied', async () => {
    const kinesis = new FakeKinesis()
    const api = kinesis.api({
      // biome-ignore lint/correctness/useYield: it fails before its first page
      listStreams: async function* () {
        throw failing('denied')
      },
    })
    const events = await eventsOf(listStreams.run({ namesOnly: false }, contextOf(api, new StepClock())))
    expect(the(events, 'streams-failed').failure.kind).toBe('denied')
  })
})

describe('reshard', () => {
  /** 32 -> 46 that the service gives up at 41, as public reports tell it. */
  function stoppingAt(openShardCount: number, { beginsAfterMillis = 0 } = {}) {
    const kinesis = new FakeKinesis()
    const stream = kinesis.add('s', uniform(32))
    const clock = new StepClock()
    const api = kinesis.api({
      updateShardCount: async () => {
        const goOn = () => {
          const elapsed = clock.millis - startedAt
          if (elapsed < beginsAfterMillis) return
          if (elapsed >= 60_000) stream.shards = uniform(openShardCount)
          stream.summary = { ...stream.summary, streamStatus: elapsed < 60_000 ? 'UPDATING' : 'ACTIVE' }
        }
        goOn()
        clock.onSleep.push(goOn)
      },
    })
    const startedAt = clock.millis
    const run = (typed: Record<string, string>) =>
      eventsOf(
        reshardStream.run(
          parseArgs('reshard', reshardStream.args, { stream: 's', ...typed }),
          contextOf(api, clock),
        ),
      )
    return { kinesis, stream, clock, run }
  }

  it('says "stopped at 41 of 46" when the stream turns ACTIVE short of the target', async () => {
    const events = await stoppingAt(41).run({ targetShardCount: '46' })
    expect(events.map(event => event.type)).not.toContain('act-finished')
    expect(the(events, 'act-failed').failure).toMatchObject({
      kind: 'incomplete',
      message: 'stopped at 41 of 46: s is ACTIVE with 41 open shards',
    })
  })

  it('is done when the count is reached and the stream is ACTIVE', async () => {
    const events = await stoppingAt(46).run({ targetShardCount: '46' })
    expect(the(events, 'act-progressed').detail).toBe('UPDATING, 32 of 46 open, 0 closed')
    expect(the(events, 'act-finished').rows).toEqual([
      { streamName: 's', currentShardCount: 32, targetShardCount: 46, openShardCount: 46 },
    ])
  })

  it('does not take an ACTIVE from before the service began for a stop', async () => {
    const { run } = stoppingAt(46, { beginsAfterMillis: 20_000 })
    const events = await run({ targetShardCount: '46' })
    expect(the(events, 'act-finished').detail).toBe('s has 46 open shards')
  })

  it('with --no-wait it says that the target is not reached yet', async () => {
    const { run, clock } = stoppingAt(46)
    const events = await run({ targetShardCount: '46', noWait: 'true' })
    expect(the(events, 'act-finished').detail).toContain('not at 46 shards yet')
    expect(the(events, 'act-finished').rows).toEqual([
      { streamName: 's', currentShardCount: 32, targetShardCount: 46 },
    ])
    expect(clock.sleeps).toEqual([])
  })

  it.each([
    ['32', 'conflict'],
    ['65', 'invalid'],
  ])('refuses %s before any request', async (targetShardCount, kind) => {
    const { kinesis, run } = stoppingAt(46)
    const events = await run({ targetShardCount })
    expect(the(events, 'act-failed').failure.kind).toBe(kind)
    expect(kinesis.operations()).not.toContain('updateShardCount')
  })

  it('gives up waiting when it is called off, and says that the service goes on', async () => {
    const kinesis = new FakeKinesis()
    kinesis.add('s', uniform(2))
    const clock = new StepClock()
    const abort = new AbortController()
    clock.onSleep.push(() => abort.abort())
    const args = parseArgs('reshard', reshardStream.args, { stream: 's', targetShardCount: '4' })
    const events = await eventsOf(
      reshardStream.run(args, contextOf(kinesis.api(), clock, { signal: abort.signal })),
    )
    expect(the(events, 'act-failed').failure).toMatchObject({ kind: 'aborted' })
  })
})

describe('acts on a stream', () => {
  const run = async (
    command: typeof createStream | typeof deleteStream | typeof setRetention,
    typed: Record<string, string>,
    kinesis: FakeKinesis,
    api = kinesis.api(),
  ) => eventsOf(command.run(parseArgs('x', command.args, typed) as never, contextOf(api, new StepClock())))

  it('creates and waits until it is ACTIVE', async () => {
    const kinesis = new FakeKinesis()
    const events = await run(createStream, { stream: 'n', shards: '3' }, kinesis)
    expect(the(events, 'act-finished').rows?.[0]).toMatchObject({ streamName: 'n', streamStatus: 'ACTIVE' })
    expect(kinesis.calls[0]?.args[1]).toEqual({ mode: 'PROVISIONED', shardCount: 3 })
  })

  it('deletes and waits until it is gone', async () => {
    const kinesis = new FakeKinesis()
    kinesis.add('old', uniform(1))
    const events = await run(deleteStream, { stream: 'old' }, kinesis)
    expect(the(events, 'act-finished').detail).toBe('old is deleted')
    const again = await run(deleteStream, { stream: 'old' }, kinesis)
    expect(the(again, 'act-failed').failure.kind).toBe('not-found')
  })

  it('does not say gone while it is DELETING', async () => {
    const kinesis = new FakeKinesis()
    kinesis.add('old', uniform(1), { streamStatus: 'DELETING' })
    const api = kinesis.api({ deleteStream: async () => {} })
    const events = await run(deleteStream, { stream: 'old', timeout: '30' }, kinesis, api)
    expect(the(events, 'act-failed').failure.message).toBe('not done after 30 s: DELETING')
  })

  it('sets the retention in the right direction, and sends nothing where it is so already', async () => {
    const kinesis = new FakeKinesis()
    kinesis.add('s', uniform(1), { retentionPeriodHours: 48 })
    await run(setRetention, { stream: 's', hours: '24' }, kinesis)
    expect(kinesis.calls.find(call => call.operation === 'setRetentionPeriod')?.args[1]).toEqual({
      currentHours: 48,
      targetHours: 24,
    })
    const events = await run(setRetention, { stream: 's', hours: '24' }, kinesis)
    expect(the(events, 'act-finished').detail).toContain('nothing was sent')
    expect(kinesis.operations().filter(name => name === 'setRetentionPeriod')).toHaveLength(1)
  })

  it('sets, lists and removes tags', async () => {
    const kinesis = new FakeKinesis()
    kinesis.add('s', uniform(1))
    const context = contextOf(kinesis.api(), new StepClock())
    const stream = { streamName: 's' }
    await eventsOf(addTag.run({ stream, key: 'team', value: 'a=b' }, context))
    const listed = await eventsOf(listTags.run({ stream }, context))
    expect(listTags.headless?.rows(the(listed, 'tags-listed'))).toEqual([
      { streamName: 's', key: 'team', value: 'a=b' },
    ])
    await eventsOf(removeTag.run({ stream, key: 'team' }, context))
    expect(kinesis.streams.get('s')?.tags.size).toBe(0)
  })
})

describe('put', () => {
  const put = (kinesis: FakeKinesis, typed: Record<string, string>, changes = {}, api = kinesis.api()) =>
    eventsOf(
      putRecord.run(
        parseArgs('put', putRecord.args, { stream: 's', ...typed }),
        contextOf(api, new StepClock(), changes),
      ),
    )
  const withStream = (summary = {}) => {
    const kinesis = new FakeKinesis()
    kinesis.add('s', uniform(3), summary)
    return kinesis
  }

  it('puts text as UTF-8 and tells shard and sequence number', async () => {
    const kinesis = withStream()
    // The key "user-1" belongs to the last of three equal shards (its MD5 has the highest bit set).
    const events = await put(kinesis, { partitionKey: 'user-1', data: 'é' })
    expect(the(events, 'act-finished').rows).toEqual([
      { streamName: 's', shardId: 'shardId-000000000002', sequenceNumber: '495' },
    ])
    expect([...(kinesis.put[0]?.data ?? [])]).toEqual([0xc3, 0xa9])
  })

  it('puts the bytes of a file or of standard input, and a record of no bytes', async () => {
    const kinesis = withStream()
    const bytes = new Uint8Array([0, 255, 10])
    const readInput = async (path: string) => (path === '-' ? bytes : new Uint8Array([7]))
    await put(kinesis, { partitionKey: 'k', input: '-' }, { readInput })
    await put(kinesis, { partitionKey: 'k', file: 'f' }, { readInput })
    await put(kinesis, { partitionKey: 'k', data: '' })
    expect(kinesis.put.map(entry => [...entry.data])).toEqual([[0, 255, 10], [7], []])
  })

  it.each([
    [{ partitionKey: 'k' }, 'there is no payload'],
    [{ partitionKey: 'k', data: 'x', input: '-' }, '--data and - each give the payload'],
    [{ data: 'x' }, 'a record needs a partition key'],
    [{ partitionKey: '', data: 'x' }, 'the partition key is empty'],
    [{ partitionKey: '🙂'.repeat(257), data: 'x' }, 'the partition key has 257 characters'],
  ])('refuses %#', async (typed, message) => {
    const kinesis = withStream()
    const { failure } = the(await put(kinesis, typed as Record<string, string>), 'act-failed')
    expect(failure.kind).toBe('usage')
    expect(failure.message).toContain(message)
    expect(kinesis.put).toEqual([])
  })

  it('counts characters of the key, not bytes', async () => {
    const kinesis = withStream()
    await put(kinesis, { partitionKey: '🙂'.repeat(256), data: 'x' })
    expect(kinesis.put).toHaveLength(1)
  })

  it('needs no key where the service distributes the records', async () => {
    const kinesis = withStream({ recordDistributionStrategy: 'AUTO' })
    await put(kinesis, { data: 'x' })
    expect(kinesis.put[0]).not.toHaveProperty('partitionKey')
  })

  it('does not need a summary for a record with a key', async () => {
    const kinesis = withStream()
    const api = kinesis.api({ describeStreamSummary: () => Promise.reject(failing('unsupported')) })
    await put(kinesis, { partitionKey: 'k', data: 'x' }, {}, api)
    expect(kinesis.put).toHaveLength(1)
  })
})

it('has as many open shards as it made', () => {
  expect(uniform(5).filter(isOpen)).toHaveLength(5)
})
