import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { startSandbox } from '../../source/sandbox/sandbox.ts'
import { type Reply, type SeenRequest, scriptedServer } from '../aws/scripted-server.ts'
import { type PtyProgram, ptyConsole } from '../support/pty-program.ts'
import { strangersIn } from '../support/terminal.ts'

// Thousands of keys in a real terminal; a loaded machine takes its time.
vi.setConfig({ testTimeout: 180_000 })

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Numerical Recipes' generator: the same keys on every run. */
function chance(seed: number) {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const one = <Value>(values: readonly Value[]): Value => values[Math.floor(next() * values.length)] as Value
  return { next, one }
}

/** What no terminal may get as it is: C0, C1, CSI, OSC, DCS, bidi, zero width, lone halves, tags, lengths. */
const EVIL = [
  '\x1b]0;title\x07',
  '\x1b[2J\x1b[H',
  '\x1b[?1049l',
  '\x1bP+q\x1b\\',
  '\x9b31m',
  '\x80\x85\x8d\x90\x9d\x9f\x7f',
  '\x00\x07\x08\r\n\t\x0b\x0c',
  '\u202eright\u2066',
  'z\u200bw\u200d\ufeff',
  '\ud800lone\udfff',
  '\u{e0041}\ufff9\u2028\u2029',
  'e\u0301\u0301\u0301',
  '\u65e5\u672c\u8a9e'.repeat(40),
  '\u{1f469}\u200d\u{1f467}'.repeat(40),
  'x'.repeat(5_000),
  '__proto__',
  '<script>',
  '',
]

/** Every key but those that confirm (y), leave (q, Ctrl-C, Ctrl-Z) or go to another endpoint (@ P R W). */
const KEYS = [
  ...'abcdefghijklmnoprstuvwxzABCDEFGHIJKLMNOSTUVXYZ0123456789/:?[]{}#-=_+*.,;<>|~^&%$!',
  ...['\r', '\x1b', '\t', ' ', '\x7f', '\x1b[A', '\x1b[B', '\x1b[C', '\x1b[D', '\x1b[5~', '\x1b[6~'],
  ...['\x1b[H', '\x1b[F', '\x1b[Z', '\x1b[3~', '\x07', '\x15', '\x0b', '\x17', '\x01', '\x05', '\x12'],
  ...['\x1bb', '\x1bOP', '\x1b[I', '\x1b[<0;5;5M', '\x1b[?1;2c', '\x1b[', '\x1bO', '\x1b[1;', '\x1b\x1b'],
  ...['\x1b[200~paste\x1b[31m\ry\r\x1b[201~', '\u65e5', '\u{1f469}\u200d\u{1f467}', '\u202e', '\x00'],
]

/** Presses keys and resizes the window at random; the console must be alive after it. */
async function mash(console: PtyProgram, seed: number, count: number): Promise<void> {
  const { next, one } = chance(seed)
  for (let press = 0; press < count && !console.isOver; press += 1) {
    console.press(one(KEYS))
    if (next() < 0.03) console.resize(20 + Math.floor(next() * 381), 5 + Math.floor(next() * 116))
    if (next() < 0.3) await new Promise(resolve => setTimeout(resolve, next() * 40))
  }
  console.resize(100, 30)
  // What is open now is anybody's guess; leaving works from everywhere.
  expect(console.isOver).toBe(false)
  console.press('\x03')
  expect((await console.exit).exitCode).toBe(130)
  await console.terminal.text()
  expect(console.terminal.isOnAlternateScreen).toBe(false)
  expect([...new Set(strangersIn(console.terminal.raw))]).toEqual([])
}

test('keys and sizes at random over live data: no crash, no act that was not confirmed, only our own controls', async () => {
  const sandbox = await startSandbox({ port: 0, traffic: 'demo' })
  ends.push(() => sandbox.stop())
  const acts: string[] = []
  const between = createServer((incoming, outgoing) => {
    const operation =
      String(incoming.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? ''
    if (!/^(List|Describe|Get|Subscribe|$)/.test(operation)) acts.push(operation)
    const onward = httpRequest(
      `${sandbox.url}${incoming.url}`,
      { method: incoming.method ?? 'POST', headers: incoming.headers },
      answer => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>(resolve => between.listen(0, '127.0.0.1', resolve))
  ends.push(() => between.closeAllConnections() ?? between.close())
  const { port } = between.address() as AddressInfo
  const console = ptyConsole(['--endpoint-url', `http://127.0.0.1:${port}`], { columns: 100, rows: 30 })
  ends.push(() => console.kill())
  await console.waitFor('clickstream')
  await mash(console, 7, 3_000)
  expect(acts).toEqual([])
})

test('an endpoint whose every word is hostile reaches the terminal as text only', async () => {
  const { next, one } = chance(11)
  let number = 0
  const evil = () => `${one(EVIL)}${one(EVIL)}`
  const answer = ({ operation }: SeenRequest): Reply => {
    if (next() < 0.15) return { status: 400, json: { __type: evil(), message: evil() } }
    number += 100
    switch (operation) {
      case 'ListStreams':
        return { json: { StreamNames: EVIL.filter(name => name !== ''), HasMoreStreams: false } }
      case 'DescribeStreamSummary':
        return {
          json: {
            StreamDescriptionSummary: {
              StreamName: evil(),
              StreamStatus: evil(),
              EncryptionType: evil(),
              KeyId: evil(),
              StreamModeDetails: { StreamMode: evil() },
              OpenShardCount: one([1, -1, 1e300, 'x', null]),
            },
          },
        }
      case 'ListShards':
        return {
          json: {
            Shards: [0, 1, 2].map(index => ({
              ShardId: `${one(EVIL)}${index}`,
              ParentShardId: one(EVIL),
              HashKeyRange: { StartingHashKey: '0', EndingHashKey: '9'.repeat(38) },
              SequenceNumberRange: { StartingSequenceNumber: `${one(EVIL)}1` },
            })),
          },
        }
      case 'GetShardIterator':
        return { json: { ShardIterator: `i${evil()}` } }
      case 'GetRecords':
        return {
          json: {
            NextShardIterator: 'i',
            MillisBehindLatest: one([0, -1, 1e300, null]),
            Records: Array.from({ length: 20 }, (_, index) => ({
              SequenceNumber: String(number + index),
              PartitionKey: evil(),
              Data: Buffer.from(evil()).toString('base64'),
              ApproximateArrivalTimestamp: one([1_764_500_000, '2026-11-30T00:00:00Z', 1e300, -1e300, null]),
            })),
          },
        }
      default:
        return { status: 400, json: { __type: evil(), message: evil() } }
    }
  }
  const server = await scriptedServer(answer)
  ends.push(() => server.close())
  const console = ptyConsole(['--endpoint-url', server.url], { columns: 100, rows: 30 })
  ends.push(() => console.kill())
  await console.waitFor('__proto__')
  console.press('t')
  await console.waitFor(/SHARD +KEY/)
  await mash(console, 5, 2_000)
})

test('the grammar of our own output knows what is not of it', () => {
  const ours = '\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l\x1b[1;38;5;214mtext\x1b[0m\x1b[m\r\n\x1b[3A\x1b[12G\x1b[K'
  expect(strangersIn(ours)).toEqual([])
  const strangers = [
    ...[
      '\x1b]0;title\x07',
      '\x1b]52;c;QQ==\x1b\\',
      '\x1bP+q\x1b\\',
      '\x9b31m',
      '\x1b[6n',
      '\x1b[c',
      '\x1bc',
      '\x07',
      '\x00',
    ],
    ...[
      '\x1b[?1003h',
      '\x1b[99999;1H',
      '\x1b[5m',
      '\x1b[3J',
      '\x1b[8;24;80t',
      'a\u202eb',
      'a\u00a0b',
      '\ud800',
      '\u2028',
      '\t',
    ],
  ]
  for (const stranger of strangers) expect(strangersIn(`${ours}${stranger}${ours}`)).not.toEqual([])
})
