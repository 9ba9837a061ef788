import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../source/config.ts'
import { namesEndpoint } from '../../source/open-connection.ts'
import { jsonLines, Program, run, SandboxProgram } from './program.ts'

const sandbox = new SandboxProgram()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shardscope-test-'))
  await sandbox.start()
})
afterAll(async () => {
  await sandbox.program.stop()
  await rm(folder, { recursive: true, force: true })
})

const { json } = sandbox

describe('JSON lines', () => {
  it('streams: DescribeStreamSummary in camelCase, one stream a line, absent stays absent', async () => {
    // A name that looks like a number stays what was typed.
    await json('create', '0123', '--shards', '2')
    const [line] = (await json('streams')).filter(({ streamName }) => streamName === '0123')
    expect(line).toMatchObject({
      v: 1,
      streamName: '0123',
      streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/0123',
      streamStatus: 'ACTIVE',
      streamMode: 'PROVISIONED',
      openShardCount: 2,
      retentionPeriodHours: 24,
      consumerCount: 0,
    })
    expect(line?.streamCreationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(line).not.toHaveProperty('keyId')
    expect(Object.keys(line ?? {})[0]).toBe('v')
  })

  it('shards: ranges and sequence numbers as strings, with state, share and children', async () => {
    await json('create', 'lineage', '--shards', '1')
    await json('split', 'lineage', '0', '--at', '10')
    const lines = await json('shards', 'lineage')
    expect(lines.map(({ sequenceNumberRange, ...line }) => line)).toEqual([
      {
        v: 1,
        streamName: 'lineage',
        shardId: 'shardId-000000000000',
        state: 'closed',
        hashKeyRange: { startingHashKey: '0', endingHashKey: '340282366920938463463374607431768211455' },
        shareOfHashSpace: 1,
        childShardIds: ['shardId-000000000001', 'shardId-000000000002'],
      },
      {
        v: 1,
        streamName: 'lineage',
        shardId: 'shardId-000000000001',
        state: 'open',
        hashKeyRange: { startingHashKey: '0', endingHashKey: '9' },
        shareOfHashSpace: expect.any(Number),
        parentShardId: 'shardId-000000000000',
        childShardIds: [],
      },
      {
        v: 1,
        streamName: 'lineage',
        shardId: 'shardId-000000000002',
        state: 'open',
        hashKeyRange: { startingHashKey: '10', endingHashKey: '340282366920938463463374607431768211455' },
        shareOfHashSpace: expect.any(Number),
        parentShardId: 'shardId-000000000000',
        childShardIds: [],
      },
    ])
    const ranges = lines.map(line => line.sequenceNumberRange)
    expect(ranges[0]).toEqual({
      startingSequenceNumber: expect.stringMatching(/^\d{56}$/),
      endingSequenceNumber: expect.stringMatching(/^\d{56}$/),
    })
    expect(ranges[1]).not.toHaveProperty('endingSequenceNumber')
  })

  it('put and tail: the bytes as read, in base64, whatever they are', async () => {
    await json('create', 'bytes')
    const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)
    const file = join(folder, 'payload.bin')
    writeFileSync(file, everyByte)
    const put = async (args: readonly string[], input?: string | Uint8Array) => {
      const finished = await sandbox.run(['put', 'bytes', '--partition-key', 'k', ...args, '--json'], input)
      expect(finished.stderr).toMatch(/Done: \S+: written to shardId-000000000000/)
      expect(finished.code).toBe(0)
      return jsonLines(finished.stdout)[0]
    }
    const receipts = [
      await put(['-'], everyByte),
      await put(['--file', file]),
      await put(['--data', '']),
      await put(['--data=-5']),
      await put(['--data', '00012']),
    ]
    const empty = await sandbox.run(['put', 'bytes', '--partition-key', 'k', '-'], '')
    expect(empty.stderr).toContain('standard input was empty')
    expect(empty.code).toBe(2)
    expect(receipts[0]).toEqual({
      v: 1,
      streamName: 'bytes',
      shardId: 'shardId-000000000000',
      sequenceNumber: expect.stringMatching(/^\d{56}$/),
    })
    const lines = await json('tail', 'bytes', '--from', 'oldest', '--exit-at-tip')
    expect(lines.map(line => line.sequenceNumber)).toEqual(receipts.map(receipt => receipt?.sequenceNumber))
    expect(lines.map(line => Buffer.from(String(line.data), 'base64').toString('latin1'))).toEqual(
      [everyByte, everyByte, '', '-5', '00012'].map(data =>
        typeof data === 'string' ? data : Buffer.from(data).toString('latin1'),
      ),
    )
    for (const line of lines) {
      expect(line).toMatchObject({
        v: 1,
        streamName: 'bytes',
        shardId: 'shardId-000000000000',
        partitionKey: 'k',
      })
      expect(line.approximateArrivalTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    }
  })

  it('decoded: what the bytes say, with the digits of the source; absent where they say nothing', async () => {
    await json('create', 'decoded')
    // Two user records as the producer library packs them: keys user-1 and user-2, data {"n":1} and {"n":2}.
    const aggregate = '84mawgoGdXNlci0xCgZ1c2VyLTIaCwgAGgd7Im4iOjF9GgsIARoHeyJuIjoyfTpkMZqoY/n7taqiM0G1IuQ='
    const broken = Buffer.from(aggregate, 'base64')
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1
    for (const payload of [
      '{"id": 12345678901234567890, "x": 1.10}',
      '{"a":1}{"a":2}',
      gzipSync('{"z":true}'),
      'plain text',
      Buffer.from(aggregate, 'base64'),
      broken,
      Uint8Array.of(0, 255),
    ]) {
      const { code } = await sandbox.run(['put', 'decoded', '--partition-key', 'a', '-'], payload)
      expect(code).toBe(0)
    }
    const read = ['tail', 'decoded', '--from', 'oldest', '--exit-at-tip']
    const { stdout } = await sandbox.run([...read, '--json'])
    expect(stdout).toContain('"decoded":{"id":12345678901234567890,"x":1.10}')
    const lines = jsonLines(stdout)
    expect(lines.slice(1, 5).map(({ stages, decoded }) => [stages, decoded])).toEqual([
      [['json'], [{ a: 1 }, { a: 2 }]],
      [['gzip', 'json'], { z: true }],
      [['text'], 'plain text'],
      [
        ['kpl'],
        [
          { subSequenceNumber: 0, partitionKey: 'user-1', decoded: { n: 1 } },
          { subSequenceNumber: 1, partitionKey: 'user-2', decoded: { n: 2 } },
        ],
      ],
    ])
    expect(lines[4]?.data).toBe(aggregate)
    expect(lines[5]?.notes).toEqual([expect.stringContaining('kpl')])
    expect(lines[6]).not.toHaveProperty('decoded')
    expect(lines[6]).not.toHaveProperty('stages')
    const text = await sandbox.run(read)
    const keys = text.stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split(/ +/)[2])
    expect(keys).toEqual(['a', 'a', 'a', 'a', 'user-1', 'user-2', 'a', 'a'])
    expect(text.stdout).toContain('[KPL 2/2] {"n":2}')
  })

  it('untrusted text reaches neither a terminal nor a parser as anything but text', async () => {
    await json('create', 'hostile')
    const key = 'a\u001b[2Jb\u009b31mc\u202ed\ud83d\ude42'
    await json('put', 'hostile', '--partition-key', key, '--data', `line1\nline2\t${key}`)
    const [line] = await json('tail', 'hostile', '--from', 'oldest', '--exit-at-tip')
    expect(line?.partitionKey).toBe(key)
    const asJson = await sandbox.run(['tail', 'hostile', '--from', 'oldest', '--exit-at-tip', '--json'])
    const asText = await sandbox.run(['tail', 'hostile', '--from', 'oldest', '--exit-at-tip'])
    for (const { stdout } of [asJson, asText]) {
      expect(stdout.trimEnd().split('\n')).toHaveLength(1)
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
    expect(asText.stdout).toContain('a\\e[2Jb\\x9b31mc\\u202ed🙂')
  })

  it('split, merge and reshard print what they made', async () => {
    await json('create', 'acts', '--shards', '2')
    const children = await json('split', 'acts', 'shardId-000000000001')
    expect(children.map(line => [line.shardId, line.parentShardId, line.state])).toEqual([
      ['shardId-000000000002', 'shardId-000000000001', 'open'],
      ['shardId-000000000003', 'shardId-000000000001', 'open'],
    ])
    const [merged] = await json('merge', 'acts', '3', '2')
    expect(merged).toMatchObject({
      shardId: 'shardId-000000000004',
      parentShardId: 'shardId-000000000002',
      adjacentParentShardId: 'shardId-000000000003',
      shareOfHashSpace: 0.5,
    })
    expect(await json('reshard', 'acts', '4')).toEqual([
      { v: 1, streamName: 'acts', currentShardCount: 2, targetShardCount: 4, openShardCount: 4 },
    ])
    expect((await json('shards', 'acts')).filter(line => line.state === 'open')).toHaveLength(4)
  })

  it('retention, tags and delete', async () => {
    await json('create', 'settings')
    expect(await json('retention', 'settings', '48')).toEqual([
      { v: 1, streamName: 'settings', retentionPeriodHours: 48 },
    ])
    await json('tag', 'settings', 'team', 'a=b')
    expect(await json('tags', 'settings')).toEqual([
      { v: 1, streamName: 'settings', key: 'team', value: 'a=b' },
    ])
    await json('untag', 'settings', 'team')
    expect(await json('tags', 'settings')).toEqual([])
    expect(await json('delete', 'settings', '--yes', 'settings')).toEqual([{ v: 1, streamName: 'settings' }])
    expect((await json('streams')).map(line => line.streamName)).not.toContain('settings')
  })

  it('lists all of 250 shards, in order of their ranges', async () => {
    await json('create', 'wide', '--shards', '250')
    const lines = await json('shards', 'wide')
    expect(lines).toHaveLength(250)
    const starts = lines.map(line =>
      BigInt((line.hashKeyRange as { startingHashKey: string }).startingHashKey),
    )
    expect(starts).toEqual([...starts].sort((a, b) => (a < b ? -1 : 1)))
  })
})

describe('tables', () => {
  it('are aligned, and never cut where nobody looks at them', async () => {
    await json('create', 'a-stream-with-a-long-name-'.padEnd(128, 'x'))
    const { stdout } = await sandbox.run(['streams'])
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^STREAM +STATUS +MODE +OPEN SHARDS +RETENTION +CONSUMERS +ENCRYPTION$/)
    const statusAt = lines[0]?.indexOf('STATUS')
    expect(lines.slice(1).every(line => line.slice(statusAt).startsWith('ACTIVE'))).toBe(true)
    expect(stdout).toContain('x'.repeat(90))
    expect(stdout).not.toContain('…')
  })
})

describe('put', () => {
  it('names both sizes for a record above the maximum of the stream, before anything is sent', async () => {
    await json('create', 'sized')
    const put = (bytes: number, key: string) =>
      sandbox.run(['put', 'sized', '--partition-key', key, '-'], new Uint8Array(bytes))
    // Data alone one byte too long; then data and key together (1,048,570 + 10).
    for (const [bytes, key, total] of [
      [1_048_577, 'k', '1048578'],
      [1_048_570, '0123456789', '1048580'],
    ] as const) {
      const { code, stderr, stdout } = await put(bytes, key)
      expect(code).toBe(9)
      expect(stderr).toContain(total)
      expect(stderr).toContain('1048576')
      expect(stdout).toBe('')
    }
    expect((await put(1_048_575, 'k')).code).toBe(0)
    expect(await json('tail', 'sized', '--from', 'oldest', '--exit-at-tip')).toHaveLength(1)
  })
})

describe('where a session goes', () => {
  it('follows the endpoint variables of the environment and of .env, a flag before both', async () => {
    await json('create', 'found')
    const names = async (options: { env?: Record<string, string>; cwd?: string }, ...flags: string[]) => {
      const { stdout, stderr } = await run(['streams', '--json', '--names-only', ...flags], options)
      return stderr === '' ? jsonLines(stdout).map(line => line.streamName) : stderr
    }
    const nowhere = 'http://127.0.0.1:1'
    expect(await names({ env: { AWS_ENDPOINT_URL: sandbox.url } })).toContain('found')
    expect(
      await names({ env: { AWS_ENDPOINT_URL: nowhere, AWS_ENDPOINT_URL_KINESIS: sandbox.url } }),
    ).toContain('found')
    writeFileSync(join(folder, '.env'), `AWS_ENDPOINT_URL_KINESIS=${sandbox.url}\n`)
    expect(await names({ cwd: folder })).toContain('found')
    expect(await names({ cwd: folder, env: { AWS_ENDPOINT_URL_KINESIS: nowhere } })).toContain('ECONNREFUSED')
    expect(await names({ env: { AWS_ENDPOINT_URL: nowhere } }, '--endpoint-url', sandbox.url)).toContain(
      'found',
    )
  })

  it('takes an ARN wherever a name does', async () => {
    await json('create', 'by-arn')
    const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/by-arn'
    await json('put', arn, '--partition-key', 'k', '--data', 'x')
    expect(await json('tail', arn, '--from', 'oldest', '--exit-at-tip')).toMatchObject([
      { streamName: 'by-arn', partitionKey: 'k' },
    ])
    expect(await json('shards', arn)).toHaveLength(1)
  })

  it.each([
    ['nothing', {}, {}, false],
    [
      'a profile, a region and keys that a shell has set',
      {},
      { AWS_PROFILE: 'prod', AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'x' },
      false,
    ],
    ['a profile by flag', { profile: 'prod' }, {}, true],
    ['a region by flag', { region: 'eu-west-1' }, {}, true],
    ['an endpoint by flag', { endpointUrl: 'http://127.0.0.1:1' }, {}, true],
    ['an endpoint variable', {}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, true],
  ])('the console leaves the sandbox for %s: %#', (_, flags, environment, isNamed) => {
    expect(namesEndpoint(readConfig({ flags, environment }).aws)).toBe(isNamed)
  })
})

describe('sandbox', () => {
  it('says that a port is taken, and how to go on', async () => {
    const port = new URL(sandbox.url).port
    const { code, stderr, stdout } = await run(['sandbox', '--port', port])
    expect(code).toBe(8)
    expect(stderr).toBe(
      `shardscope: sandbox: port ${port} of 127.0.0.1 is taken by another program.\n` +
        '  Next: Choose another with --port, or --port 0 for any free one.\n',
    )
    expect(stdout).toBe('')
  })

  it('keeps its streams in a directory, and one process at a time uses it', async () => {
    const data = join(folder, 'data')
    const begin = async () => {
      const program = new Program(['sandbox', '--port', '0', '--no-traffic', '--data', data])
      await program.until('its URL', ({ stdout }) => stdout.includes('\n'))
      return { program, at: ['--endpoint-url', program.stdout.trim()] }
    }
    const first = await begin()
    await run(['create', 'kept', ...first.at])
    await run(['put', 'kept', '--partition-key', 'k', '--data', 'still here', ...first.at])
    const second = await run(['sandbox', '--port', '0', '--data', data])
    expect(second.code).toBe(8)
    expect(second.stderr).toContain('in use')
    expect((await first.program.stop()).code).toBe(0)
    const again = await begin()
    const { stdout } = await run(['tail', 'kept', '--from', 'oldest', '--exit-at-tip', ...again.at])
    expect(stdout).toContain('still here')
    await again.program.stop()
  })

  it('plays a scenario and goes wrong on purpose', async () => {
    const scenario = join(folder, 'scenario.json')
    const chaos = join(folder, 'chaos.json')
    writeFileSync(scenario, '{"streams":[{"name":"mine","shardCount":2,"producers":[]}]}')
    writeFileSync(chaos, '{"seed":1,"faults":[{"fault":"access-denied","operations":["ListShards"]}]}')
    const flags = [
      '--scenario',
      scenario,
      '--chaos',
      chaos,
      '--speed',
      '10',
      '--limits',
      'off',
      '--seed',
      '7',
    ]
    const certificate = join(folder, 'certificate.pem')
    const program = new Program(['sandbox', '--port', '0', ...flags, '--certificate', certificate])
    await program.until('its URL', ({ stdout }) => stdout.includes('\n'))
    const at = ['--endpoint-url', program.stdout.trim()]
    expect(jsonLines((await run(['streams', '--json', ...at])).stdout)).toMatchObject([
      { streamName: 'mine', openShardCount: 2 },
    ])
    expect((await run(['shards', 'mine', ...at])).code).toBe(4)
    expect(readFileSync(certificate, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/)
    await program.stop()
  })

  it.each([
    [['--scenario', 'no-such-scenario'], 'Give a file, or one of demo,'],
    [['--chaos', '/no/such/file'], '"/no/such/file" cannot be used'],
    [['--no-traffic', '--scenario', 'demo'], 'exclude each other'],
    [['--speed', '0'], 'must be a whole number from 1 to'],
  ])('refuses %j', async (flags, text) => {
    const { code, stderr, stdout } = await run(['sandbox', '--port', '0', ...flags])
    expect(stderr).toContain(text)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('serves one command from an embedded sandbox with demo streams', async () => {
    const { code, stdout } = await run(['streams', '--sandbox', '--json'])
    expect(code).toBe(0)
    expect(jsonLines(stdout).length).toBeGreaterThan(1)
  })
})
