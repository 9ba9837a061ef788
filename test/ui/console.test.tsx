import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect } from '../../source/aws/connect.ts'
import type { Connection } from '../../source/aws/connection.ts'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import { sandboxSettings } from '../../source/aws/settings.ts'
import { FailureError } from '../../source/domain/failure.ts'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { KEYS, startConsole, type TestConsoleOptions } from '../support/render-screen.tsx'
import { controlsIn, isOurControl } from '../support/terminal.ts'

// Long walks, each step of which waits for the screen; a loaded machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

let sandbox: Sandbox
let connection: Connection
const open: ReturnType<typeof startConsole>[] = []

beforeAll(async () => {
  sandbox = await startSandbox({
    port: 0,
    durations: { creatingMillis: 0, updatingMillis: 0, deletingMillis: 0 } as never,
  })
  connection = await connect({ settings: sandboxSettings(sandbox.url), arming: { armed: true } })
  await connection.api.createStream('orders', { mode: 'PROVISIONED', shardCount: 2 })
  await connection.api.createStream('payments', { mode: 'PROVISIONED', shardCount: 1 })
  for (const streamName of ['orders', 'payments']) await untilActive(streamName)
})

afterEach(async () => {
  for (const console of open.splice(0)) {
    console.signal('SIGTERM')
    await console.exitCode
  }
})

afterAll(async () => {
  connection.close()
  await sandbox.stop()
})

async function untilActive(streamName: string): Promise<void> {
  for (;;) {
    const { streamStatus } = await connection.api.describeStreamSummary({ streamName })
    if (streamStatus === 'ACTIVE') return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

function start(options: Partial<TestConsoleOptions> = {}) {
  const console = startConsole({ api: connection.api, ...options })
  open.push(console)
  return console
}

const put = (payload: string, partitionKey = 'k') =>
  connection.api.putRecord(
    { streamName: 'orders' },
    { data: new TextEncoder().encode(payload), partitionKey },
  )

describe('a walk', () => {
  test('to the tail, where a record put by somebody else arrives, and into the record', async () => {
    const console = start()
    await console.waitFor(/> orders +ACTIVE +provisioned +2 +24 h/)
    console.press('t')
    await console.waitFor('FOLLOWING')
    await put('{"order":1,"state":"paid"}', 'user-1')
    await console.waitFor(/> .*user-1 +26 B {2}\{"order":1,"state":"paid"\}/)
    console.press(KEYS.enter)
    await console.waitFor('  "order": 1,')
    console.press('x')
    await console.waitFor('00000000  7b 22 6f 72 64 65 72')
    console.press(KEYS.escape)
    await console.waitFor('STAYING')
    console.press('q')
    expect(await console.exitCode).toBe(0)
    await console.terminal.text()
    expect(console.terminal.isOnAlternateScreen).toBe(false)
    expect(console.isRaw).toBe(false)
    expect(console.listenersLeft()).toBe(0)
  })

  test('back and forth with keys that arrive together', async () => {
    const console = start()
    await console.waitFor('> orders')
    console.press('jjjkjj')
    await console.waitFor('> payments')
    console.press(`${KEYS.up}${KEYS.up}${KEYS.up}`)
    await console.waitFor('> orders')
    console.press('/pay\r')
    await console.waitFor('1 of 2 streams')
    console.press('\r')
    await console.waitFor('Streams > payments')
    console.press(KEYS.escape)
    await console.waitFor('1 of 2 streams')
    console.press(KEYS.escape)
    await console.waitFor(/^Streams +2 streams/m)
  })

  test('by name, where listing is denied', async () => {
    const denied = new FailureError({
      kind: 'denied',
      action: 'ListStreams',
      message: 'not authorized to perform: kinesis:ListStreams',
      retryable: false,
    })
    const api: KinesisApi = {
      ...connection.api,
      // biome-ignore lint/correctness/useYield: a listing that is refused
      async *listStreams() {
        throw denied
      },
    }
    const console = start({ api })
    await console.waitFor('! Not allowed: ListStreams')
    console.press('@orders\r')
    await console.waitFor('> shardId-000000000000')
  })

  test('by ARN, pasted', async () => {
    const console = start()
    await console.waitFor('> orders')
    console.press('@')
    await console.waitFor('Open a stream by its name or ARN')
    console.press(KEYS.paste('arn:aws:kinesis:us-east-1:000000000000:stream/payments\n'))
    await console.waitFor('stream/payments_')
    console.press(KEYS.enter)
    await console.waitFor('> shardId-000000000000')
  })
})

describe('acts', () => {
  test('a put from the form shows shard and sequence number', async () => {
    const console = start()
    await console.waitFor('> orders')
    console.press('p')
    await console.waitFor('+- Put one record')
    console.press('user-9')
    console.press(KEYS.tab)
    console.press(KEYS.paste('{"a":\n1}'))
    await console.waitFor('{"a":\\n1}')
    console.press(KEYS.enter)
    await console.waitFor('y do it')
    console.press('y')
    const text = await console.waitFor(/ok: orders: written to shardId-00000000000\d/)
    expect(text.replaceAll(/\s+/g, '')).toMatch(/sequencenumber\d{56}/)
  })

  test('a split of a closed shard is refused with its reason', async () => {
    await connection.api.createStream('closing', { mode: 'PROVISIONED', shardCount: 1 })
    await untilActive('closing')
    await connection.api.splitShard({ streamName: 'closing' }, 'shardId-000000000000', 1n << 127n)
    await untilActive('closing')
    const console = start()
    await console.waitFor('> closing')
    console.press('\r')
    await console.waitFor('2 open, 1 closed shard')
    console.press('cG')
    await console.waitFor('> shardId-000000000000')
    console.press('s')
    await console.waitFor(/! Split an open shard into two: .*closed/)
    console.press('q')
    await console.exitCode
    await connection.api.deleteStream({ streamName: 'closing' })
  })

  test('with the tail beneath: a split, and the tail goes on in the children', async () => {
    const console = start({ size: [140, 40] })
    await console.waitFor('> orders')
    console.press('t')
    await console.waitFor('2 at tip')
    console.press('s')
    await console.waitFor(/shardId-000000000000 .*at tip/)
    console.press('s\r')
    await console.waitFor('y do it')
    console.press('y')
    await console.waitFor('3 open, 1 closed shard')
    console.press(KEYS.escape)
    await console.waitFor('3 at tip, 1 ended')
    // The hash key of "a" begins with 0c by md5sum: it lies in the first quarter, that is in the lower child.
    await put('into a child', 'a')
    await console.waitFor(/> .* 2 {2}a .*into a child/)
  })
})

describe('the session', () => {
  const production = {
    endpointUrl: {
      value: 'https://kinesis.eu-west-1.amazonaws.com',
      origin: { kind: 'default', reason: 'region' },
    },
    isCustomEndpoint: false,
    region: { value: 'eu-west-1', origin: { kind: 'profile', name: 'prod' } },
    profile: { value: 'prod', origin: { kind: 'chosen' } },
    accountId: { value: '123456789012', origin: { kind: 'profile', name: 'prod' } },
  } as const

  test('on AWS is armed by a typed word only, and disarmed by a key', async () => {
    const console = start({ session: production, isArmed: false })
    await console.waitFor(/^AWS {2}read-only {2}eu-west-1/)
    console.press('p')
    await console.waitFor('this session is read-only. W arms it.')
    console.press('Wy\r')
    await console.waitFor('Type arm and Enter to do it:')
    console.press(`${KEYS.ctrl('u')}arm\r`)
    await console.waitFor(/^AWS {3}ARMED/)
    console.press('W')
    await console.waitFor(/^AWS {2}read-only/)
  })

  test('switched to another profile shows its streams, read-only, and nothing of the one before', async () => {
    const api: KinesisApi = {
      ...connection.api,
      async *listStreams() {
        yield [{ streamName: 'prod-orders' }]
      },
    }
    const console = start({ profiles: ['dev', 'prod'], other: { api, session: production } })
    await console.waitFor('> orders')
    console.press('P')
    await console.waitFor('    dev')
    console.press(`pr${KEYS.down}${KEYS.enter}`)
    await console.waitFor('> prod-orders')
    const text = await console.waitFor('Now on profile prod, eu-west-1, account 123456789012, read-only.')
    expect(text).not.toContain('payments')
    expect(text).toMatch(/^AWS {2}read-only {2}eu-west-1/)
  })

  test('whose new profile wants a code asks for it on the plain terminal, and comes back', async () => {
    const asked: [string, boolean][] = []
    const console = start({
      profiles: ['prod'],
      other: { api: connection.api, session: production, mfaSerial: 'arn:aws:iam::123456789012:mfa/op' },
      answer: async (serial, terminal) => {
        await terminal.text()
        asked.push([serial, terminal.isOnAlternateScreen])
        return '123456'
      },
    })
    await console.waitFor('> orders')
    console.press('Pprod\r')
    await console.waitFor(/^AWS {2}read-only/)
    expect(asked).toEqual([['arn:aws:iam::123456789012:mfa/op', false]])
    expect(console.terminal.isOnAlternateScreen).toBe(true)
  })

  test('whose switch fails stays as it is, with what was typed', async () => {
    const console = start({ profiles: ['dev'] })
    await console.waitFor('> orders')
    console.press('Pdev\r')
    await console.waitFor('no other connection in this test')
    const text = await console.waitFor('> profile *  dev_')
    expect(text).toMatch(/^SANDBOX {2}ARMED/)
  })
})

describe('expired credentials', () => {
  test('are said once on screen, and a wish for fresh data comes through when they are renewed', async () => {
    let isExpired = true
    const api: KinesisApi = {
      ...connection.api,
      async *listStreams(options) {
        if (isExpired) {
          throw new FailureError({
            kind: 'expired-token',
            action: 'ListStreams',
            message: 'The security token included in the request is expired',
            nextStep: 'Run aws sso login, then press r.',
            retryable: false,
          })
        }
        yield* connection.api.listStreams(options)
      },
    }
    const console = start({ api })
    await console.waitFor('! Token expired: ListStreams')
    await console.waitFor('Next: Run aws sso login, then press r.')
    isExpired = false
    console.press('r')
    await console.waitFor('> orders')
  })
})

describe('the terminal', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ])('is given back after %s', async (signal, code) => {
    const console = start()
    await console.waitFor('> orders')
    expect(console.terminal.isOnAlternateScreen).toBe(true)
    console.signal(signal)
    expect(await console.exitCode).toBe(code)
    await console.terminal.text()
    expect(console.terminal.isOnAlternateScreen).toBe(false)
    expect(console.isRaw).toBe(false)
  })

  test('is given back after Ctrl-C, from within a dialog too', async () => {
    const console = start()
    await console.waitFor('> orders')
    console.press(':')
    await console.waitFor('+- Commands')
    console.press(KEYS.ctrl('c'))
    expect(await console.exitCode).toBe(130)
  })

  test('is given back after a crash, and the error is told on the plain screen', async () => {
    const console = start()
    await console.waitFor('> orders')
    console.signal('uncaughtException', new Error('told to fail'))
    expect(await console.exitCode).toBe(1)
    expect(await console.terminal.text()).toContain('shardscope: Error: told to fail')
    expect(console.terminal.isOnAlternateScreen).toBe(false)
  })

  test('is given back after a fault in drawing', async () => {
    const api: KinesisApi = {
      ...connection.api,
      async *listStreams() {
        yield [{ streamName: 42 as never }]
      },
    }
    const console = start({ api })
    // In a program of its own the timer of the store would throw; here the test stands in for the process.
    const thrown = new Promise<unknown>(resolve => {
      const taken = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      process.once('uncaughtException', error => {
        for (const listener of taken) process.on('uncaughtException', listener)
        resolve(error)
      })
    })
    console.signal('uncaughtException', await thrown)
    expect(await console.exitCode).toBe(1)
    expect(await console.terminal.text()).toContain('shardscope: TypeError')
    expect(console.terminal.isOnAlternateScreen).toBe(false)
  })

  test('follows its size, to too small and back', async () => {
    const console = start()
    await console.waitFor('> orders')
    console.resize([30, 8])
    await console.waitFor('Too small: 30x8.')
    console.resize([120, 30])
    const text = await console.waitFor('> orders')
    expect(text.split('\n').at(-1)).toMatch(/q quit$/)
  })

  test('is drawn anew by Ctrl-L, and stopped by Ctrl-Z', async () => {
    const console = start()
    await console.waitFor('> orders')
    console.terminal.write('\x1b[2J\x1b[Hgarbage')
    await console.waitFor('garbage')
    console.press(KEYS.ctrl('l'))
    await console.waitFor(text => text.includes('> orders') && !text.includes('garbage'))
    console.press(KEYS.ctrl('z'))
    await console.waitFor(() => console.stopCount === 1)
  })

  test('gets what libraries print nowhere but in the log', async () => {
    const console = start()
    await console.waitFor('> orders')
    globalThis.console.warn('a library says %s', 'hello')
    process.emitWarning('old thing', 'DeprecationWarning')
    console.press('L')
    const text = await console.waitFor('DeprecationWarning: old thing')
    expect(text).toContain('a library says hello')
    expect(console.terminal.raw).not.toContain('\na library')
  })

  test('gets nothing when nothing changes', async () => {
    const console = start()
    await console.waitFor(/> orders +ACTIVE +provisioned +\d/)
    await console.waitFor(/payments +ACTIVE +provisioned +\d/)
    const before = console.terminal.raw.length
    // Long enough for several ticks of the clock and a fetch or two; the ages on screen do not move.
    await new Promise(resolve => setTimeout(resolve, 3_000))
    expect(console.terminal.raw.slice(before)).toBe('')
  })
})

test('nothing in a name, a key, a payload or an error reaches the terminal as a control', async () => {
  const hostile = '\x1b]0;pwned\x07\x1b[2J\u202e\x9b31m\r\nevil\u200b'
  await put(hostile, hostile)
  await put(JSON.stringify({ a: '\u202eevil\u200b\u2066' }), '\ud83d\ude00\u0301')
  const api: KinesisApi = {
    ...connection.api,
    async *listStreams() {
      yield [{ streamName: 'orders' }, { streamName: hostile, streamStatus: hostile }]
    },
    async describeStreamSummary(stream, options) {
      if (stream.streamName === 'orders') return connection.api.describeStreamSummary(stream, options)
      throw new FailureError({
        kind: 'service',
        action: hostile,
        message: hostile,
        nextStep: hostile,
        retryable: true,
      })
    },
  }
  const console = start({ api, size: [140, 40] })
  await console.waitFor('\\e]0;pwned\\x07\\e[2J\\u202e')
  console.press('jkT')
  await console.waitFor('Tail from a place')
  console.press('oldest\r')
  await console.waitFor('{"a":"\\u202eevil\\u200b\\u2066"}')
  console.press('\r')
  await console.waitFor('Hash key of it')
  console.press('L')
  await console.waitFor('Calls and messages')
  const foreign = controlsIn(console.terminal.raw).filter(control => !isOurControl(control))
  expect(foreign).toEqual([])
})
