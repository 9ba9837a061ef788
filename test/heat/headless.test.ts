import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect } from '../../source/aws/connect.ts'
import type { Connection } from '../../source/aws/connection.ts'
import { sandboxSettings } from '../../source/aws/settings.ts'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { jsonLines, run } from '../cli/program.ts'

vi.setConfig({ testTimeout: 60_000 })

let sandbox: Sandbox
let connection: Connection
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shardscope-heat-'))
  sandbox = await startSandbox({
    durations: { creating: 0, updating: 0, reshardStep: 0 },
    traffic: {
      streams: [
        {
          name: 'orders',
          shardCount: 2,
          producers: [
            {
              recordsPerSecond: 120,
              keys: { kind: 'single', key: 'tenant-7' },
              payload: 'text',
              payloadBytes: 900,
            },
            { recordsPerSecond: 10, keys: { kind: 'uniform', prefix: 'c-', count: 50 }, payload: 'text' },
          ],
        },
        { name: 'quiet', shardCount: 1 },
      ],
    },
  })
  connection = await connect({ settings: sandboxSettings(sandbox.url), arming: { armed: true } })
})

afterAll(async () => {
  connection.close()
  await sandbox.stop()
  await rm(folder, { recursive: true, force: true })
})

const call = (...args: string[]) => run([...args, '--endpoint-url', sandbox.url])

describe('heat from a shell', () => {
  test('JSON has every figure with its source, window, sample and freshness; exit code 17 above the threshold', async () => {
    const { code, stdout, stderr } = await call(
      'heat',
      'orders',
      '--for',
      '8s',
      '--json',
      '--fail-over',
      '8%',
    )
    const lines = jsonLines(stdout)
    const [stream, ...rest] = lines
    for (const line of lines) {
      expect(line).toMatchObject({ v: 1, streamName: 'orders', source: 'observed', windowSeconds: 60 })
      expect(line.freshAt).toMatch(/Z$/)
    }
    expect(stream).toMatchObject({
      type: 'stream',
      openShardCount: 2,
      ownReads: { refusedCount: 0, followedShards: 2 },
    })
    const hot = rest.find(line => line.type === 'shard' && line.verdict === 'one-hot-key')
    expect(hot).toMatchObject({
      verdictKeys: ['tenant-7'],
      limitingMeasure: 'records',
      recordsPerSecond: { kind: 'measured' },
      splitAdvice: { kind: 'no-split-helps', partitionKey: 'tenant-7' },
      level: 'low',
    })
    const rate = hot?.recordsPerSecond as { perSecond: number } | undefined
    expect(rate?.perSecond).toBeGreaterThan(100)
    expect(rest.filter(line => line.type === 'key')[0]).toMatchObject({ partitionKey: 'tenant-7' })
    expect(code).toBe(17)
    expect(stderr).toContain(`above 8.0 %: ${String(hot?.shardId)}`)
  })

  test('below the threshold it ends with 0, and the table has one line a shard and one for the stream', async () => {
    const { code, stdout } = await call('heat', 'orders', '--for', '6s', '--fail-over', '90%')
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(/^SHARD +USE +BYTES +RECORDS +PEAK SECOND/)
    expect(lines.at(-1)).toMatch(/^stream .*observed: \d+ of the last 60 s read/)
  })

  test('keys of one shard, heaviest first', async () => {
    const { stdout } = await call('keys', 'orders', '--for', '6s', '--top', '3', '--by', 'records', '--json')
    const lines = jsonLines(stdout)
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatchObject({ type: 'key', partitionKey: 'tenant-7', source: 'observed' })
    expect(lines[0]?.shareOfRecords as number).toBeGreaterThan(0.8)
    expect(lines[0]?.shareOfRecordsAtMost as number).toBeGreaterThanOrEqual(
      lines[0]?.shareOfRecords as number,
    )
  })

  test('where: the owner now, and before a split through the lineage', async () => {
    await connection.api.createStream('moved', { mode: 'PROVISIONED', shardCount: 1 })
    const [parent] = await connection.api.listShards({ streamName: 'moved' })
    // Sequence numbers and timestamps tell seconds: the split comes in a later one.
    await new Promise(resolve => setTimeout(resolve, 2_200))
    const before = new Date(Date.now() - 1_000).toISOString()
    await connection.api.splitShard({ streamName: 'moved' }, parent?.shardId ?? '', 1n << 127n)
    const [line] = jsonLines((await call('where', 'moved', 'user-1', '--at', before, '--json')).stdout)
    // user-1 hashes into the upper half: published vector.
    expect(line).toMatchObject({
      partitionKey: 'user-1',
      hashKey: '285573413173782752570879317399258818820',
      shardId: 'shardId-000000000002',
      shardIdAtTime: 'shardId-000000000000',
      basis: 'listing',
    })
    const long = await call('where', 'moved', 'user-1', '--at', '2020-01-01T00:00Z')
    expect(long.code).toBe(3)
  })

  test('report writes one page, and never over another file', async () => {
    const file = join(folder, 'orders.html')
    const first = await call('report', 'orders', '--for', '6s', '--out', file)
    expect(first).toMatchObject({ code: 0 })
    const page = await readFile(file, 'utf8')
    expect(page).toContain('<title>Heat of orders</title>')
    expect(page).toContain('tenant-7')
    const second = await call('report', 'orders', '--for', '6s', '--out', file)
    expect(second.code).toBe(2)
    expect(await readFile(file, 'utf8')).toBe(page)
  })

  test('monitoring says the price before it switches metrics on', async () => {
    const on = await call('monitoring', 'orders', '--enable', 'IncomingBytes,IncomingRecords', '--json')
    expect(on.stderr).toContain('2 x 2 shards = $1.20 a month')
    expect(jsonLines(on.stdout)).toEqual([
      { v: 1, streamName: 'orders', shardLevelMetrics: ['IncomingBytes', 'IncomingRecords'] },
    ])
    const off = await call('monitoring', 'orders', '--disable', 'ALL', '--json')
    expect(jsonLines(off.stdout)).toEqual([{ v: 1, streamName: 'orders', shardLevelMetrics: [] }])
  })

  test('CloudWatch: figures of the stream without shard-level metrics, which are named as off', async () => {
    const { code, stdout, stderr } = await call('heat', 'orders', '--source', 'cloudwatch', '--json')
    expect(code).toBe(0)
    const [stream, ...shards] = jsonLines(stdout)
    expect(stream).toMatchObject({ source: 'cloudwatch', windowSeconds: 300, requestedMetrics: 4 })
    for (const shard of shards) expect(shard).not.toHaveProperty('utilisation')
    expect(stderr).toContain('Shard-level metrics are off: IncomingBytes')
    const { code: unknown } = await call('heat', 'quiet', '--source', 'cloudwatch', '--fail-over', '80%')
    expect(unknown).toBe(15)
  })

  test.each([
    [['heat', 'orders', '--fail-over', 'hot'], 'fail-over "hot" must be a percentage'],
    [['heat', 'orders', '--for', '1s'], 'for "1s" is out of bounds'],
    [['heat', 'orders', '--reads', '9'], 'reads "9" must be a number from 0.05 to 5'],
    [['heat', 'orders', '--read-share', '200%'], 'read-share "200%" must be a percentage from 1% to 100%'],
    [['monitoring', 'orders', '--enable', 'Bytes'], 'enable "Bytes" is no shard-level metric'],
    [['monitoring', 'orders'], 'neither enable nor disable names a metric'],
  ])('%j is refused with the rule', async (args, text) => {
    const { code, stderr } = await call(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(text)
  })

  test('a stream or shard that is not there ends with 3', async () => {
    expect((await call('heat', 'nothing', '--for', '6s')).code).toBe(3)
    expect((await call('keys', 'orders', '--shard', '99', '--for', '6s')).code).toBe(3)
  })
})
