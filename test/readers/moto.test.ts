import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type JsonLine, jsonLines, run } from '../cli/program.ts'
import { type Emulator, startMoto } from '../contract/peers/emulators.ts'
import { ptyConsole } from '../support/pty-program.ts'
import { PYTHON } from '../support/python.ts'

// Leases are watched for longer than their fail-over time.
vi.setConfig({ testTimeout: 90_000 })

const prepare = fileURLToPath(new URL('prepare_moto.py', import.meta.url))

function declare(python: string | undefined): void {
  if (python === undefined) {
    describe('readers on moto', () => {
      test.skip('the built program (needs a Python with moto, named by SHARDSCOPE_PYTHON; .ci/run makes one)', () => {})
    })
    return
  }
  describe('readers on moto', () => {
    let moto: Emulator
    let made: Record<string, string>
    let lines: JsonLine[]

    beforeAll(async () => {
      moto = await startMoto(python)
      const { stdout } = await promisify(execFile)(python, [prepare, moto.url])
      made = JSON.parse(stdout) as Record<string, string>
      const told = await run(['readers', 'orders', '--json', '--watch', '11', '--endpoint-url', moto.url])
      if (told.code !== 0) throw new Error(told.stderr)
      lines = jsonLines(told.stdout)
    })
    afterAll(() => moto.stop())

    const readers = () => lines.filter(({ type }) => type === 'reader')
    const reader = (name: string) => readers().find(line => line.name === name)
    const source = (kind: string) => lines.find(line => line.type === 'source' && line.kind === kind)

    test('consumer, function, delivery stream and application are found, and nobody else', () => {
      expect(readers().map(({ kind, name }) => `${kind} ${name}`)).toEqual([
        'fan-out fan',
        'lambda to-mail',
        'firehose to-s3',
        'kcl my-app',
      ])
      expect(reader('fan')).toMatchObject({ state: 'ACTIVE', arn: made.consumerArn })
      expect(lines[0]).toMatchObject({ consumerSlots: { used: 1, of: 20, isCertain: false } })
    })

    test('a mapping has its settings, and its missing guards by name', () => {
      const { state, warnings, facts } = reader('to-mail') as JsonLine
      expect(state).toBe('Enabled')
      expect(facts).toContainEqual({ name: 'BatchSize', value: '77' })
      expect((warnings as string[]).some(text => text.includes('BisectBatchOnFunctionError'))).toBe(true)
    })

    test('leases: silent after standing still, unowned, lag by a probe, and the leader is no shard', () => {
      const shards = lines.filter(({ type }) => type === 'shard')
      expect(shards).toMatchObject([
        { shardId: made.first, state: 'silent', owner: 'worker-1', lag: { source: 'probe' } },
        { shardId: made.second, state: 'unowned', lag: { millis: 0 }, unreadExpires: { kind: 'none' } },
      ])
      const { millis } = (shards[0] as JsonLine).lag as { millis: number }
      expect(millis).toBeGreaterThan(10_000)
      expect(shards[0]?.unreadExpires).toMatchObject({ kind: 'in', isAtPresentRate: true })
    })

    test('what moto lacks fails alone, with its action and resource', () => {
      expect(source('channel')).toMatchObject({
        state: 'failed',
        failure: 'unsupported',
        action: 'kinesis:ListChannels',
        resource: made.streamArn,
      })
      for (const kind of ['fan-out', 'lambda', 'firehose', 'kcl'])
        expect(source(kind)).toMatchObject({ state: 'told' })
    })

    test('services: both delivery streams; a test record goes to the direct one only, and not in a read-only session', async () => {
      const listed = await run(['services', '--json', '--endpoint-url', moto.url])
      const items = jsonLines(listed.stdout).filter(({ type }) => type === 'item')
      expect(items.map(({ name, streamArns }) => [name, streamArns])).toEqual([
        ['direct', []],
        ['to-s3', [made.streamArn]],
      ])
      const put = (...more: string[]) =>
        run(['firehose-put', ...more, '--data', 'x', '--json', '--endpoint-url', moto.url])
      const taken = await put('direct')
      expect(taken.code).toBe(0)
      expect(jsonLines(taken.stdout)[0]).toMatchObject({
        deliveryStreamName: 'direct',
        recordId: expect.stringMatching(/./),
      })
      expect((await put('to-s3')).code).toBe(8)
      expect((await put('direct', '--read-only')).code).toBe(10)
    })

    test('a service that is not there degrades its row alone: nothing leaves for another endpoint', async () => {
      const env = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' }
      const told = await run(['readers', 'orders', '--json', '--watch', '0', '--endpoint-url', moto.url], {
        env,
      })
      expect(told.code).toBe(0)
      const rows = jsonLines(told.stdout)
      expect(rows.find(line => line.kind === 'kcl')).toMatchObject({
        state: 'failed',
        failure: 'unreachable',
        action: 'dynamodb:ListTables',
      })
      expect(rows.filter(({ type }) => type === 'reader')).toHaveLength(3)
    })

    test('on screen: C shows who reads the selected stream, enter a reader from near, V the services', async () => {
      const console = ptyConsole(['--endpoint-url', moto.url], { columns: 140, rows: 30 })
      try {
        await console.waitFor('orders')
        console.press('C')
        await console.waitFor(screen => /to-mail +lambda +Enabled/.test(screen) && /my-app +kcl/.test(screen))
        await console.waitFor(screen => /shardId-000000000000 +worker-1 +silent/.test(screen))
        console.press('jjj')
        await console.waitFor(screen => /> my-app/.test(screen))
        console.press('\r')
        await console.waitFor(
          screen => screen.includes('Lease table:') && screen.includes('Leader: worker-1'),
        )
        console.press('\x1b')
        await console.waitFor(screen => /READER +KIND/.test(screen))
        console.press('V')
        await console.waitFor(screen => screen.includes('2 Data Firehose') && /to-s3 +ACTIVE/.test(screen))
      } finally {
        console.kill()
      }
    })
  })
}

declare(PYTHON)
