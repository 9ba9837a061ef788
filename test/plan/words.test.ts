import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consumerLimitText } from '../../source/commands/consumer-commands.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { freedText } from '../../source/commands/reshape-preview.ts'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { type JsonLine, jsonLines, run } from '../cli/program.ts'
import { modelAfter, STREAMS_LISTED } from '../support/models.ts'

const state = mkdtempSync(join(tmpdir(), 'shardscope-words-'))
const env = { XDG_STATE_HOME: state }
let sandbox: Sandbox
const here = (args: readonly string[], input?: string) =>
  run([...args, '--endpoint-url', sandbox.url], { env, ...(input === undefined ? {} : { input }) })

beforeAll(async () => {
  sandbox = await startSandbox({
    durations: { creating: 0, updating: 50 },
    traffic: {
      streams: [
        {
          name: 'hot',
          shardCount: 2,
          producers: [{ recordsPerSecond: 40, keys: { kind: 'single', key: 'k' }, payload: 'order' }],
        },
      ],
    },
  })
  sandbox.service.handle('CreateStream', { StreamName: 'orders', ShardCount: 2 })
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(state, { recursive: true, force: true })
})

describe('a plan whose target cannot be reached', () => {
  const plan = (...more: string[]) =>
    here(['plan', 'hot', '--for', '5s', '--target', '1%', '--json', ...more])
  const head = (text: string): JsonLine | undefined => jsonLines(text)[0]

  it('is told in full, and ends with 17; --best-possible takes it', async () => {
    const [refused, taken] = await Promise.all([plan(), plan('--best-possible')])
    for (const { stdout } of [refused, taken]) {
      expect(head(stdout)).toMatchObject({ type: 'plan', isTargetReached: false, basis: 'average' })
      expect(head(stdout)?.whyNotReached).toContain('key "k" alone takes')
    }
    expect(refused.code).toBe(17)
    expect(taken.code, taken.stderr).toBe(0)
    expect(sandbox.service.handle('ListShards', { StreamName: 'hot' })).toMatchObject({
      Shards: { length: 2 },
    })
  }, 40_000)

  it('tells the window that was looked at and the records that were read, not a minute', async () => {
    const { stdout } = await plan('--best-possible')
    const { windowSeconds, recordCount } = head(stdout) ?? {}
    expect(windowSeconds).toBeGreaterThan(0)
    expect(windowSeconds).toBeLessThanOrEqual(5)
    // 40 a second: what is read in five seconds, from the tip or a little before.
    expect(recordCount).toBeGreaterThan(20)
    expect(recordCount).toBeLessThan(400)
  }, 40_000)

  it('--basis peak plans for the busiest second, never below the average', async () => {
    const [average, peak] = await Promise.all([
      plan('--best-possible'),
      plan('--best-possible', '--basis', 'peak'),
    ])
    expect(peak.code, peak.stderr).toBe(0)
    expect(head(peak.stdout)).toMatchObject({ basis: 'peak', shardsWithoutPeak: [] })
    // 40 records a second are 4 % of a shard; a busiest second has at least its share of a whole one.
    expect(Number(head(peak.stdout)?.hottestBefore)).toBeGreaterThanOrEqual(
      Number(head(average.stdout)?.hottestBefore) * 0.8,
    )
    const told = (await here(['plan', 'hot', '--for', '5s', '--basis', 'peak'])).stdout
    expect(told).toContain('from the busiest second of each shard (measured; its spread over keys estimated)')
  }, 60_000)
})

describe('words of acts', () => {
  it('plans without any plan says so, and how to make one', async () => {
    const empty = await run(['plans'], { env: { XDG_STATE_HOME: join(state, 'none') } })
    expect(empty.code).toBe(0)
    expect(empty.stderr + empty.stdout).toContain('No plan was begun on this machine')
    expect(empty.stderr + empty.stdout).toContain('shardscope plan STREAM --run')
    expect((await run(['plans', '--json'], { env: { XDG_STATE_HOME: join(state, 'none') } })).stdout).toBe('')
  })

  it('a name that is taken is said to be, and the stream stays as it is', async () => {
    const taken = await here(['create', 'orders', '--shards', '3'])
    expect(taken.code).toBe(8)
    expect(taken.stderr).toContain('there is a stream orders already; it was not touched')
    expect(taken.stderr).toContain('Choose another name')
  })

  it('empty input is refused before anything is put', async () => {
    const one = await here(['put', 'orders', '--partition-key', 'k', '-'], '')
    expect(one.code, one.stderr).toBe(2)
    expect(one.stderr).toContain('standard input was empty: no record')
    expect(one.stderr).toContain('--data ""')
    const many = await here(['put-many', 'orders', '-'], '')
    expect(many.code).toBe(2)
    expect(many.stderr).toContain('standard input has no lines: no record')
  })

  it('a CLI line of a sandbox without a port says that no other program reaches it', async () => {
    const { stdout, code, stderr } = await run(['split', 'clickstream', '0', '--dry-run', '--sandbox'], {
      env,
    })
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/# For AWS: the embedded sandbox has no port\. .*sandbox --port 4567/)
    expect(stdout).not.toContain('--endpoint-url')
  })

  it.each([
    [['put-many', 'orders', '-'], 'aws kinesis put-records', '{"partitionKey":"a","data":"x"}\n'],
    [['put', 'orders', '--partition-key', 'k', '--data', 'secret'], 'aws kinesis put-record', undefined],
    [['register', 'orders', 'reader'], 'aws kinesis register-stream-consumer', undefined],
    [['monitoring', 'orders', '--enable', 'ALL'], 'aws kinesis enable-enhanced-monitoring', undefined],
  ] as const)('%j has its line for the AWS CLI', async (args, line, input) => {
    const { stdout, code, stderr } = await here([...args, '--dry-run'], input)
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(line)
    expect(stdout).not.toContain('secret')
  })

  it('firehose-put has its line too, without the payload, and looks only', async () => {
    const model = modelAfter(STREAMS_LISTED)
    const asked: string[] = []
    const services = {
      describeDeliveryStream: async (name: string) => {
        asked.push(name)
        return { name, isDirectPut: true, summary: 'direct put to S3', status: 'ACTIVE' }
      },
    }
    const command = COMMANDS.find(({ id }) => id === 'services.put')
    const args = { deliveryStream: "it's", data: 'secret' }
    const context = { services, model: () => model, signal: new AbortController().signal }
    const preview = await command?.preview?.(args as never, context as never)
    expect(asked).toEqual(["it's"])
    expect(preview?.awsCli.join('\n')).toContain(
      "aws firehose put-record --delivery-stream-name 'it'\\''s' --record file://record.json",
    )
    expect(JSON.stringify(preview)).not.toContain('secret')
    expect(JSON.stringify(preview)).toContain('6 bytes to direct put to S3, ACTIVE')
  })

  it('the limit of consumers is that of the mode (quotas page: 20, and 50 for on-demand Advantage)', async () => {
    expect(consumerLimitText('PROVISIONED', 'ENABLED')).toBe('20 are the limit of a provisioned stream')
    expect(consumerLimitText('ON_DEMAND', 'ENABLED')).toContain('50 are the limit')
    expect(consumerLimitText('ON_DEMAND', 'ENABLED_UNTIL_EARLIEST_ALLOWED_END')).toContain('50 are')
    expect(consumerLimitText('ON_DEMAND', 'DISABLED')).toContain('20 are the limit of an on-demand stream')
    expect(consumerLimitText('ON_DEMAND', undefined)).toContain('which is not known here')
    const { stdout } = await here(['register', 'orders', 'reader', '--dry-run'])
    expect(stdout).toContain('0 registered so far; 20 are the limit of a provisioned stream.')
  })

  it('a used-up quota frees 24 hours after the oldest of ten calls, and nothing is said before', () => {
    const at = Date.UTC(2026, 0, 2, 12)
    const minutes = (count: number) =>
      Array.from({ length: count }, (_, index) => at - (count - index) * 60_000)
    // Ten calls from 11:50 on: the first of them leaves the window at 11:50 of the next day.
    expect(freedText(minutes(10), at)).toContain('the next one frees at 2026-01-03T11:50Z at the earliest')
    // Of eleven the oldest of the last ten decides.
    expect(freedText(minutes(11), at)).toContain('2026-01-03T11:50Z')
    expect(freedText(minutes(9), at)).toBe('')
    expect(freedText([], at)).toBe('')
  })

  it('a split where the heat says that none helps asks with a warning', () => {
    const stream = { streamName: 'orders' }
    const advice = new Map([
      ['shardId-000000000000', { kind: 'no-split-helps', partitionKey: 'tenant-7', saltedKeyCount: 3 }],
    ])
    const model = {
      ...modelAfter(STREAMS_LISTED),
      heat: { stream, source: 'observed', snapshot: { advice } },
    } as unknown as ReturnType<typeof modelAfter>
    const split = COMMANDS.find(({ id }) => id === 'shard.split')
    const lines = (shard: string) => split?.confirm?.({ stream, shard } as never, model).lines.join('\n')
    expect(lines('shardId-000000000000')).toContain(
      'WARNING: no split helps here: key "tenant-7" takes most of the load, and a key is never divided. Spread it over 3 keys.',
    )
    expect(lines('shardId-000000000001')).not.toContain('WARNING')
  })
})
