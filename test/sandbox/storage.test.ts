import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { createService, type Service } from '../../source/sandbox/engine/service.ts'
import { createSandbox } from '../../source/sandbox/sandbox.ts'
import { openDataDirectory } from '../../source/sandbox/storage/data-directory.ts'
import { id, NEW_YEAR, type Output } from './support.ts'

let dataDirectory: string

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'sandbox-data-'))
})
afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }))

/** Everything a caller can see of the streams: descriptions, shards, records. */
function view(service: Service): Output {
  return (service.handle('ListStreams', {}) as Output).StreamNames.map((StreamName: string) => {
    const call = (operation: string, input: object): Output => service.handle(operation, input)
    const { Shards } = call('ListShards', { StreamName })
    const records = Shards.map(({ ShardId }: Output) => {
      const place = call('GetShardIterator', { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' })
      return call('GetRecords', place).Records.map((record: Output) => ({
        ...record,
        Data: Buffer.from(record.Data).toString('hex'),
      }))
    })
    const tags = call('ListTagsForStream', { StreamName }).Tags
    return { summary: call('DescribeStreamSummary', { StreamName }), Shards, records, tags }
  })
}

/** A busy life: streams, records, a split, tags, consumers, encryption. */
function live(service: Service, clock: ReturnType<typeof createSteppedClock>): void {
  const call = (operation: string, input: object) => {
    service.handle(operation, input)
    clock.advance(1000)
  }
  call('CreateStream', { StreamName: 's', ShardCount: 2, Tags: { a: '1' } })
  call('CreateStream', { StreamName: 'o', StreamModeDetails: { StreamMode: 'ON_DEMAND' } })
  const put = (name: string, from: number) =>
    call('PutRecords', {
      StreamName: name,
      Records: Array.from({ length: 30 }, (_, n) => ({
        PartitionKey: `ключ-${n}`,
        Data: Buffer.from([0, 255, from + n]),
      })),
    })
  put('s', 0)
  put('o', 30)
  call('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: '1000' })
  put('s', 60)
  call('StartStreamEncryption', { StreamName: 's', EncryptionType: 'KMS', KeyId: 'alias/a' })
  put('s', 90)
  const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s'
  call('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' })
}

const open = (clock = createSteppedClock(NEW_YEAR)) => ({
  sandbox: createSandbox({ clock, dataDirectory }),
  clock,
})

describe('a data directory', () => {
  it('gives everything back after a clean stop', async () => {
    const { sandbox, clock } = open()
    live(sandbox.service, clock)
    const before = view(sandbox.service)
    await sandbox.stop()
    expect(readdirSync(dataDirectory).sort()).toEqual(['journal.1', 'state.1'])
    const again = open(clock).sandbox
    expect(view(again.service)).toEqual(before)
    expect(before[1].records.flat()).toHaveLength(90)
    await again.stop()
  })

  it('gives everything back from the journal alone, as after a kill', async () => {
    const { sandbox, clock } = open()
    live(sandbox.service, clock)
    const before = view(sandbox.service)
    // No stop: the lock stays behind with a process id that is ours.
    rmSync(join(dataDirectory, 'lock'))
    const again = open(clock).sandbox
    expect(view(again.service)).toEqual(before)
    await again.stop()
  })

  it('goes on where it was: ids and sequence numbers are not given twice', async () => {
    const { sandbox, clock } = open()
    live(sandbox.service, clock)
    await sandbox.stop()
    const { service, stop } = open(clock).sandbox
    const put = (): Output =>
      service.handle('PutRecord', { StreamName: 's', PartitionKey: 'a', Data: Buffer.from('x') })
    const numbers = new Set([put().SequenceNumber, put().SequenceNumber])
    expect(numbers.size).toBe(2)
    service.handle('MergeShards', { StreamName: 's', ShardToMerge: id(2), AdjacentShardToMerge: id(3) })
    clock.advance(1000)
    const { Shards } = service.handle('ListShards', { StreamName: 's' }) as Output
    expect(Shards.at(-1).ShardId).toBe(id(4))
    await stop()
  })

  it('drops a last entry that was cut short, and nothing else', async () => {
    const { sandbox, clock } = open()
    live(sandbox.service, clock)
    const before = view(sandbox.service)
    sandbox.service.handle('AddTagsToStream', { StreamName: 's', Tags: { lost: '1' } })
    const journal = join(dataDirectory, 'journal.0')
    truncateSync(journal, statSync(journal).size - 3)
    rmSync(join(dataDirectory, 'lock'))
    const again = open(clock).sandbox
    expect(view(again.service)).toEqual(before)
    again.service.handle('AddTagsToStream', { StreamName: 's', Tags: { kept: '1' } })
    rmSync(join(dataDirectory, 'lock'))
    const third = open(clock).sandbox
    expect(view(third.service)[1].tags).toContainEqual({ Key: 'kept', Value: '1' })
    await third.stop()
  })

  it('takes the newest snapshot and tidies up when it was killed while folding', async () => {
    const { sandbox, clock } = open()
    live(sandbox.service, clock)
    const before = view(sandbox.service)
    await sandbox.stop()
    writeFileSync(join(dataDirectory, 'state.2.tmp'), 'half a snap')
    writeFileSync(join(dataDirectory, 'journal.0'), 'left behind')
    const again = open(clock).sandbox
    expect(view(again.service)).toEqual(before)
    expect(readdirSync(dataDirectory).sort()).toEqual(['journal.1', 'lock', 'state.1'])
    await again.stop()
  })

  it('folds a long journal into a snapshot, but not while a change is under way', async () => {
    const clock = createSteppedClock(NEW_YEAR)
    const directory = openDataDirectory(dataDirectory, 10_000)
    const service = createService({ clock, onChange: directory.record })
    const snapshots = () => {
      service.settle()
      directory.fold(service)
      return readdirSync(dataDirectory).filter(name => name.startsWith('state.'))
    }
    service.handle('CreateStream', { StreamName: 's', ShardCount: 1 })
    clock.advance(1000)
    expect(snapshots()).toEqual([])
    const record = { StreamName: 's', PartitionKey: 'a', Data: Buffer.alloc(1000) }
    for (let count = 0; count < 12; count++) service.handle('PutRecord', record)
    service.handle('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: '1000' })
    expect(snapshots()).toEqual([])
    clock.advance(1000)
    expect(snapshots()).toEqual(['state.1'])
    service.handle('PutRecord', record)
    expect(snapshots()).toEqual(['state.1'])
    const before = view(service)
    directory.close()
    const again = open(clock).sandbox
    expect(view(again.service)).toEqual(before)
    await again.stop()
  })

  it('says so when a snapshot is damaged or the data are another account’s', async () => {
    const { sandbox, clock } = open()
    live(sandbox.service, clock)
    await sandbox.stop()
    expect(() => createSandbox({ clock, dataDirectory, accountId: '111111111111' })).toThrow(
      'belongs to accountId',
    )
    appendFileSync(join(dataDirectory, 'state.1'), 'x')
    expect(() => open(clock)).toThrow('is damaged')
  })

  it('keeps a second sandbox out while one is in', async () => {
    const { sandbox, clock } = open()
    expect(() => open(clock)).toThrow(`in use by the sandbox with process id ${process.pid}`)
    await sandbox.stop()
    await open(clock).sandbox.stop()
  })

  it('never begins before its data', async () => {
    const { sandbox, clock } = open(createSteppedClock(Date.UTC(2100, 0, 1)))
    live(sandbox.service, clock)
    await sandbox.stop()
    const later = createSandbox({ dataDirectory })
    expect(later.clock.now()).toBeGreaterThanOrEqual(Date.UTC(2100, 0, 1))
    await later.stop()
  })

  it('loses nothing that was acknowledged when the process is killed', async () => {
    const module = new URL('../../source/sandbox/sandbox.ts', import.meta.url).href
    const program = `
      import { createSandbox } from ${JSON.stringify(module)}
      const { service } = createSandbox({ dataDirectory: ${JSON.stringify(dataDirectory)}, limits: 'off', durations: { creating: 0 } })
      service.handle('CreateStream', { StreamName: 's', ShardCount: 1 })
      for (let n = 0; ; n++) {
        service.handle('PutRecord', { StreamName: 's', PartitionKey: 'a', Data: Buffer.from(String(n)) })
        if (!process.stdout.write(n + '\\n')) await new Promise(resolve => process.stdout.once('drain', resolve))
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let acknowledged = ''
    child.stdout.on('data', chunk => {
      acknowledged += chunk
      if (acknowledged.length > 3000) child.kill('SIGKILL')
    })
    await once(child, 'close')
    const last = Number(acknowledged.trim().split('\n').at(-2))
    expect(last).toBeGreaterThan(100)
    const again = createSandbox({ dataDirectory })
    const [{ records }] = view(again.service)
    const stored = records.flat().map(({ Data }: Output) => Number(Buffer.from(Data, 'hex').toString()))
    expect(stored.slice(0, last + 1)).toEqual([...Array(last + 1).keys()])
    await again.stop()
  })
})
