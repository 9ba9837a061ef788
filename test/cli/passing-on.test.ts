import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeOutput } from '../../source/cli/write-output.ts'
import { type JsonLine, jsonLines, Program, run, SandboxProgram } from './program.ts'

const sandbox = new SandboxProgram()
const { json } = sandbox
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shardscope-passing-'))
  await sandbox.start()
  await json('create', 'orders', '--shards', '1')
  await json(
    'put',
    'orders',
    '--partition-key',
    'user-1',
    '--data',
    '{"id":12345678901234567890,"status":"failed","tags":["a","b"]}',
  )
  await json('put', 'orders', '--partition-key', 'user-2', '--data', 'plain \u001b[31mtext')
  await json('split', 'orders', '0')
  await json('put', 'orders', '--partition-key', 'user-1', '--data', '{"id":2,"status":"paid"}')
  await json('put', 'orders', '--partition-key', 'user-2', '--data', '{"id":3,"status":"failed"}')
})
afterAll(async () => {
  await sandbox.program.stop()
  await rm(folder, { recursive: true, force: true })
})

const tail = async (...args: string[]) => {
  const { stdout } = await sandbox.run(['tail', 'orders', '--from', 'oldest', '--exit-at-tip', ...args])
  return stdout.split('\n').filter(line => line !== '')
}

describe('what a tail prints', () => {
  it('template: fields, paths with the digits of their source, escapes, nothing for what is absent', async () => {
    const lines = await tail(
      '--template',
      '{partitionKey}|{decoded.id}|{decoded.tags[1]}|{decoded.nope}|{{x}}',
    )
    expect(lines.slice(0, 2)).toEqual(['user-1|12345678901234567890|b||{x}', 'user-2||||{x}'])
    const [, text] = await tail('--output', 'template', '--template', '{text}')
    expect(text).toBe('plain \\e[31mtext')
  })

  it('raw and hex: the bytes as read, ended as asked', async () => {
    const { stdout } = await sandbox.run([
      ...['tail', 'orders', '--from', 'oldest', '--limit', '2', '--key', 'user-2'],
      ...['--output', 'raw', '--separator', 'nul'],
    ])
    expect(stdout).toBe('plain \u001b[31mtext\0{"id":3,"status":"failed"}\0')
    expect((await tail('--output', 'hex', '--key', 'user-2'))[1]).toBe(
      Buffer.from('{"id":3,"status":"failed"}').toString('hex'),
    )
  })

  it('refuses what does not go together, before anything is connected', async () => {
    for (const [args, message] of [
      [['--template', '{nope}'], 'there is no field "{nope}" (column 2)'],
      [['--output', 'template'], '--output template needs --template TEXT'],
      [['--output', 'raw', '--json'], '--json and --output raw exclude each other'],
      [['--separator', 'nul'], '--separator does not go with --output text'],
      [['--output', 'raw', '--template', 'x'], '--template goes with --output template'],
    ] as const) {
      const finished = await sandbox.run(['tail', 'orders', ...args])
      expect(finished).toMatchObject({ code: 2, stdout: '' })
      expect(finished.stderr).toContain(message)
    }
  })

  it('several shards: named with repeated flags, commas, or both', async () => {
    expect(await tail('--shard', '1', '--shard', '2')).toHaveLength(2)
    expect(await tail('--shard', '0,1')).toHaveLength(4)
    expect(await tail('--shard', '2')).toHaveLength(1)
  })

  it('the filter language', async () => {
    expect(await tail('--filter', "?status == 'failed'", '--template', '{partitionKey}')).toEqual([
      'user-1',
      'user-2',
    ])
    expect(await tail('--filter', 'key:user-1 /paid/')).toHaveLength(1)
    const refused = await sandbox.run(['tail', 'orders', '--filter', 'x ?a.b.['])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/the filter cannot be read at column \d+: JMESPath/)
  })
})

describe('find', () => {
  it('finds a key through a split, and says what it costs', async () => {
    const found = await sandbox.run(['find', 'orders', '--key', 'user-1', '--from', '10m', '--json'])
    expect(found.code).toBe(0)
    expect(jsonLines(found.stdout).map(({ decoded }) => (decoded as JsonLine).status)).toEqual([
      'failed',
      'paid',
    ])
    // The parent and one of its two children.
    expect(found.stderr).toContain('2 shards to read')
    const [estimate] = await json('find', 'orders', '--key', 'user-1', '--from', '10m', '--dry-run')
    expect(estimate).toMatchObject({ v: 1, streamName: 'orders', shardCount: 2, leastCalls: 4 })
  })

  it('ends with 18 where nothing is, and with 15 where the calls were used up', async () => {
    const nothing = await sandbox.run(['find', 'orders', '--key', 'nobody', '--from', '10m'])
    expect(nothing).toMatchObject({ code: 18, stdout: '' })
    const bounded = await sandbox.run([
      'find',
      'orders',
      '--filter',
      'failed',
      '--from',
      '10m',
      '--max-calls',
      '1',
    ])
    expect(bounded).toMatchObject({ code: 15, stdout: '' })
    expect(bounded.stderr).toMatch(/Go on with --from \d{4}-/)
  })

  it('leaves out what came after --to, and needs something to look for', async () => {
    const before = await sandbox.run(['find', 'orders', '--key', 'user-1', '--from', '20m', '--to', '10m'])
    expect(before.code).toBe(18)
    expect((await sandbox.run(['find', 'orders', '--from', '20m'])).code).toBe(2)
  })
})

describe('replay', () => {
  const exported = async (streamName: string) => {
    const lines = await json('tail', streamName, '--from', 'oldest', '--exit-at-tip')
    return lines.map(({ partitionKey, data }) => `${String(partitionKey)} ${String(data)}`).toSorted()
  }

  it('export, replay, export again: the same keys and bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            partitionKey: fc
              .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
              .filter(key => key.isWellFormed()),
            data: fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes).toString('base64')),
          }),
          { minLength: 1, maxLength: 60 },
        ),
        fc.nat(),
        async (records, number) => {
          const [first, second] = [
            `a-${number}-${randomBytes(4).toString('hex')}`,
            `b-${number}-${randomBytes(4).toString('hex')}`,
          ]
          await json('create', first, '--shards', '2')
          await json('create', second, '--shards', '3')
          const input = join(folder, 'in.jsonl')
          await writeFile(input, records.map(record => `${JSON.stringify(record)}\n`).join(''))
          await json('replay', input, first)
          const { stdout } = await sandbox.run(['tail', first, '--from', 'oldest', '--exit-at-tip', '--json'])
          const output = join(folder, 'out.jsonl')
          await writeFile(output, stdout)
          const [row] = await json('replay', output, second)
          expect(row).toMatchObject({ writtenCount: records.length, reorderedKeyCount: 0 })
          expect(await exported(second)).toEqual(await exported(first))
          expect(await exported(second)).toEqual(
            records.map(({ partitionKey, data }) => `${partitionKey} ${data}`).toSorted(),
          )
        },
      ),
      { numRuns: 3 },
    )
  })

  it('keeps records without a key, on a stream that distributes them itself', async () => {
    for (const name of ['auto-a', 'auto-b']) {
      await json('create', name, '--mode', 'on-demand')
      const answer = await fetch(sandbox.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'Kinesis_20131202.UpdateStreamRecordDistributionStrategy',
          authorization:
            'AWS4-HMAC-SHA256 Credential=x/20261130/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0',
          'x-amz-date': '20261130T000000Z',
        },
        body: JSON.stringify({
          StreamARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`,
          RecordDistributionStrategy: 'AUTO',
        }),
      })
      expect(answer.status, await answer.text()).toBe(200)
    }
    const input = join(folder, 'keyless.jsonl')
    await writeFile(input, `${JSON.stringify({ data: 'AAECAw==' })}\n${JSON.stringify({ data: '' })}\n`)
    // The switch takes a moment to be ACTIVE again.
    for (let code: number | null = 1; code !== 0; )
      code = (await sandbox.run(['replay', input, 'auto-a'])).code
    expect(await exported('auto-a')).toEqual(['undefined ', 'undefined AAECAw=='])
    const { stdout } = await sandbox.run(['tail', 'auto-a', '--from', 'oldest', '--exit-at-tip', '--json'])
    await writeFile(input, stdout)
    for (let code: number | null = 1; code !== 0; )
      code = (await sandbox.run(['replay', input, 'auto-b'])).code
    expect(await exported('auto-b')).toEqual(await exported('auto-a'))
  })

  it('keeps explicit hash keys: each record goes to the shard that its hash key names, not its key', async () => {
    await json('create', 'hashed', '--shards', '2')
    const highest = (2n ** 128n - 1n).toString()
    const input = join(folder, 'hashed.jsonl')
    const records = ['0', highest, '0', highest].map((explicitHashKey, index) => ({
      partitionKey: 'one-key',
      explicitHashKey,
      data: randomBytes(20 + index).toString('base64'),
    }))
    await writeFile(input, records.map(record => `${JSON.stringify(record)}\n`).join(''))
    await json('replay', input, 'hashed')
    const lines = await json('tail', 'hashed', '--from', 'oldest', '--exit-at-tip')
    const shardOf = (index: number) => lines.find(({ data }) => data === records[index]?.data)?.shardId
    expect([0, 1, 2, 3].map(shardOf)).toEqual([0, 1, 0, 1].map(shard => `shardId-00000000000${shard}`))
  })

  it('killed in the middle, goes on with the same command and loses nothing', async () => {
    await json('create', 'killed', '--shards', '1')
    const input = join(folder, 'killed.jsonl')
    const sent = Array.from({ length: 400 }, (_, index) => `${index}-${randomBytes(8).toString('hex')}`)
    const lines = sent.map(text =>
      JSON.stringify({ partitionKey: text, data: Buffer.from(text).toString('base64') }),
    )
    await writeFile(input, `${lines.join('\n')}\n`)
    const state = { XDG_STATE_HOME: join(folder, 'state') }
    const command = ['replay', input, 'killed', '--json', '--endpoint-url', sandbox.url]
    const killed = new Program([...command, '--rate', '50'], state)
    const places = join(folder, 'state/shardscope/replays')
    const doneCount = async (): Promise<number> => {
      const [name] = await readdir(places).catch(() => [])
      if (name === undefined) return 0
      return JSON.parse(await readFile(join(places, name), 'utf8').catch(() => '{}')).doneCount ?? 0
    }
    while ((await doneCount()) < 100) await new Promise(resolve => setTimeout(resolve, 20))
    expect((await killed.stop('SIGKILL')).signal).toBe('SIGKILL')
    const before = await doneCount()
    expect(before).toBeLessThan(sent.length)
    const again = await run(command, { env: state })
    expect(again.code, again.stderr).toBe(0)
    const [row] = jsonLines(again.stdout)
    expect(row).toMatchObject({ skippedCount: before, writtenCount: sent.length - before })
    expect(await readdir(places)).toEqual([])
    const read = (await json('tail', 'killed', '--from', 'oldest', '--exit-at-tip')).map(({ data }) =>
      Buffer.from(String(data), 'base64').toString(),
    )
    expect([...new Set(read)].toSorted()).toEqual(sent.toSorted())
    // At most the one batch whose answer was not noted down before the end came twice.
    expect(read.length - sent.length).toBeLessThanOrEqual(50)
  })

  it('is refused on AWS without --write, and says what a file lacks', async () => {
    const missing = await sandbox.run(['replay', join(folder, 'nope.jsonl'), 'orders'])
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('cannot be read')
    const dry = await sandbox.run(
      ['replay', '-', 'orders', '--dry-run'],
      '{"partitionKey":"k","data":"YQ=="}\n',
    )
    expect(dry).toMatchObject({ code: 0, stdout: '' })
    expect(dry.stderr).toContain('1 records, 2 bytes with their keys would be written; nothing was')
  })
})

describe('an exported file', () => {
  it('is for its owner alone, and never takes the place of another', async () => {
    const path = join(folder, 'export.jsonl')
    await writeOutput(path, 'one')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await expect(writeOutput(path, 'two')).rejects.toThrow('is there already')
    expect(await readFile(path, 'utf8')).toBe('one')
  })
})
