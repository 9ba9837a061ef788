import { describe, expect, test } from 'vitest'
import type { KinesisApi, PutEntry, PutEntryOutcome } from '../../source/aws/kinesis-api.ts'
import type { StateFiles } from '../../source/commands/command.ts'
import { replayRecords } from '../../source/commands/replay-command.ts'
import { FailureError } from '../../source/domain/failure.ts'
import { contextOf, eventsOf, StepClock } from './fake-kinesis.ts'

type Answer = (entries: readonly PutEntry[], call: number) => readonly PutEntryOutcome[] | FailureError

class FakeStream {
  readonly calls: string[][] = []
  readonly written: string[] = []
  readonly entries: PutEntry[] = []
  readonly #answer: Answer
  strategy: string | undefined

  constructor(answer: Answer = entries => entries.map(() => this.ok())) {
    this.#answer = answer
  }

  ok(): PutEntryOutcome {
    const sequenceNumber = String(100 + this.written.length)
    return { outcome: 'written', receipt: { shardId: 'shardId-000000000000', sequenceNumber } }
  }

  api(): KinesisApi {
    return {
      describeStreamSummary: async () => ({
        streamName: 'copy',
        ...(this.strategy === undefined ? {} : { recordDistributionStrategy: this.strategy }),
      }),
      putRecords: async (_: unknown, entries: readonly PutEntry[]) => {
        this.calls.push(entries.map(textOf))
        const outcomes = this.#answer(entries, this.calls.length)
        if (outcomes instanceof FailureError) throw outcomes
        outcomes.forEach((outcome, index) => {
          const entry = entries[index]
          if (outcome.outcome !== 'written' || entry === undefined) return
          this.written.push(textOf(entry))
          this.entries.push(entry)
        })
        return outcomes
      },
    } as unknown as KinesisApi
  }
}

const textOf = ({ data }: PutEntry) => Buffer.from(data).toString()
const failed = (errorCode: string): PutEntryOutcome => ({
  outcome: 'failed',
  errorCode,
  errorMessage: 'later',
})
const lineOf = (text: string, partitionKey?: string) =>
  JSON.stringify({
    v: 1,
    data: Buffer.from(text).toString('base64'),
    ...(partitionKey === undefined ? {} : { partitionKey }),
  })

class MemoryFiles implements StateFiles {
  readonly folder = '/state'
  readonly files = new Map<string, string>()
  read = async (name: string) => this.files.get(name)
  write = async (name: string, text: string) => void this.files.set(name, text)
  remove = async (name: string) => void this.files.delete(name)
  list = async () => [...this.files.keys()]
}

async function replay(
  stream: FakeStream,
  lines: readonly string[],
  options: {
    args?: Partial<Parameters<typeof replayRecords.run>[0]>
    files?: StateFiles
    mark?: string
    clock?: StepClock
  } = {},
) {
  const clock = options.clock ?? new StepClock()
  const context = contextOf(stream.api(), clock, {
    readLines: async function* () {
      yield* lines
    },
    fileMark: async () => options.mark ?? 'mark 1',
    ...(options.files === undefined ? {} : { stateFiles: options.files }),
  })
  const args = { file: 'in.jsonl', stream: { streamName: 'copy' }, rate: 1000, restart: false, dryRun: false }
  const events = await eventsOf(
    replayRecords.run({ ...args, defaultKey: undefined, ...options.args }, context),
  )
  return events.at(-1)
}

describe('reports 26 and 27: entries that fail in a call that succeeds', () => {
  test('only they are sent again, and the order that this broke is told', async () => {
    const stream: FakeStream = new FakeStream((entries, call) => {
      let written = stream.written.length
      return entries.map((_, index) => {
        if (call === 1 && index === 1) return failed('ProvisionedThroughputExceededException')
        if (call === 1 && index === 3) return failed('InternalFailure')
        written += 1
        const receipt = { shardId: 'shardId-000000000000', sequenceNumber: String(100 + written) }
        return { outcome: 'written', receipt }
      })
    })
    const end = await replay(stream, [
      lineOf('a', 'k'),
      lineOf('b', 'k'),
      lineOf('c', 'k'),
      lineOf('d', 'other'),
    ])
    expect(stream.calls).toEqual([
      ['a', 'b', 'c', 'd'],
      ['b', 'd'],
    ])
    expect(stream.written.toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(end).toMatchObject({
      type: 'act-finished',
      rows: [{ streamName: 'copy', writtenCount: 4, skippedCount: 0, retriedCount: 2, reorderedKeyCount: 1 }],
    })
  })

  test('what is refused without end is given up, and said', async () => {
    const stream = new FakeStream(entries =>
      entries.map(() => failed('ProvisionedThroughputExceededException')),
    )
    expect(await replay(stream, [lineOf('a', 'k')])).toMatchObject({
      type: 'act-failed',
      failure: { kind: 'throttled' },
    })
  })
})

describe('a replay', () => {
  test('that was broken off goes on where it stopped', async () => {
    const lines = Array.from({ length: 1_200 }, (_, index) => lineOf(`r${index}`, `k${index}`))
    const files = new MemoryFiles()
    const gone = new FailureError({
      kind: 'unreachable',
      action: 'PutRecords',
      message: 'gone',
      retryable: true,
    })
    const first: FakeStream = new FakeStream((entries, call) => {
      // The second call writes a part of its batch, and its rest meets a connection that breaks.
      if (call === 2) return entries.map((_, index) => (index < 100 ? first.ok() : failed('InternalFailure')))
      return call === 3 ? gone : entries.map(() => first.ok())
    })
    const broken = await replay(first, lines, { files })
    expect(broken).toMatchObject({ type: 'act-failed', failure: { kind: 'unreachable' } })
    expect(first.written).toHaveLength(600)

    const second = new FakeStream()
    const end = await replay(second, lines, { files })
    expect(end).toMatchObject({ rows: [{ writtenCount: 600, skippedCount: 600 }] })
    expect([...first.written, ...second.written].toSorted()).toEqual(
      Array.from({ length: 1_200 }, (_, index) => `r${index}`).toSorted(),
    )
    expect(files.files.size).toBe(0)
  })

  test('does not go on with a file that has changed', async () => {
    const files = new MemoryFiles()
    const gone = new FailureError({
      kind: 'unreachable',
      action: 'PutRecords',
      message: 'gone',
      retryable: true,
    })
    const lines = Array.from({ length: 600 }, (_, index) => lineOf(`r${index}`, 'k'))
    const first: FakeStream = new FakeStream((entries, call) =>
      call === 2 ? gone : entries.map(() => first.ok()),
    )
    await replay(first, lines, { files })
    const end = await replay(new FakeStream(), lines, { files, mark: 'mark 2' })
    expect(end).toMatchObject({ type: 'act-failed', failure: { kind: 'usage' } })
    const anew = new FakeStream()
    await replay(anew, lines, { files, mark: 'mark 2', args: { restart: true } })
    expect(anew.written).toHaveLength(600)
  })

  test('keeps to the rate', async () => {
    const clock = new StepClock()
    const began = clock.now()
    const lines = Array.from({ length: 50 }, (_, index) => lineOf(`r${index}`, 'k'))
    const stream = new FakeStream()
    await replay(stream, lines, { clock, args: { rate: 10 } })
    expect(stream.calls.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10])
    expect(clock.now() - began).toBeGreaterThanOrEqual(4_000)
  })

  test('fits batches into 10 MiB', async () => {
    const large = 'x'.repeat(900_000)
    const stream = new FakeStream()
    await replay(
      stream,
      Array.from({ length: 30 }, () => lineOf(large, 'k')),
    )
    expect(stream.calls.map(({ length }) => length)).toEqual([11, 11, 8])
  })

  test('keeps what has no key without one where the stream distributes records itself', async () => {
    const stream = new FakeStream()
    stream.strategy = 'AUTO'
    await replay(stream, [lineOf('a'), lineOf('b', 'k')])
    expect(stream.entries.map(({ partitionKey }) => partitionKey)).toEqual([undefined, 'k'])
  })

  test('puts a line with a hash key, and an aggregate by its first user record, where they belong', async () => {
    const stream = new FakeStream()
    // The aggregate of two user records with the keys user-1 and user-2 (MD5 as published beside it).
    const aggregate = '84mawgoGdXNlci0xCgZ1c2VyLTIaCwgAGgd7Im4iOjF9GgsIARoHeyJuIjoyfTpkMZqoY/n7taqiM0G1IuQ='
    await replay(stream, [
      JSON.stringify({
        data: 'YQ==',
        partitionKey: 'k',
        explicitHashKey: '340282366920938463463374607431768211455',
      }),
      JSON.stringify({ data: aggregate, partitionKey: 'a' }),
    ])
    expect(stream.entries.map(({ explicitHashKey }) => explicitHashKey)).toEqual([
      340282366920938463463374607431768211455n,
      285573413173782752570879317399258818820n,
    ])
  })

  test.each([
    ['no json', 'line 2 is no JSON'],
    ['[]', 'line 2 is no JSON object'],
    ['{"partitionKey":"k"}', 'line 2 has no "data" in base64'],
    ['{"partitionKey":"k","data":"abc"}', 'line 2 has no "data" in base64'],
    ['{"data":"YQ=="}', 'line 2 has no partition key'],
    ['{"v":2,"data":"YQ=="}', 'line 2 has version 2'],
    [`{"partitionKey":"${'k'.repeat(257)}","data":""}`, 'line 2 has a partition key of 257 characters'],
    ['{"partitionKey":"k","data":"","explicitHashKey":"-1"}', 'line 2 has an "explicitHashKey" that is none'],
    [lineOf('x'.repeat(1_048_576), 'k'), 'line 2 has a record of 1048577 bytes'],
  ])('refuses %s before anything is written', async (line, message) => {
    const stream = new FakeStream()
    const end = await replay(stream, [lineOf('fine', 'k'), line])
    expect(end).toMatchObject({ type: 'act-failed', failure: { kind: 'usage' } })
    expect(end?.type === 'act-failed' && end.failure.message).toContain(message)
    expect(stream.calls).toEqual([])
  })
})
