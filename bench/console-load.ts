/**
 * The built console in a real terminal of 120x40 on 5,000 records a second over 64 shards: how long a key takes to its picture,
 * memory, and CPU. With --reshard-every it doubles as the soak: the stream is split and merged by turns while a headless tail
 * beside the console counts what arrives, and every record that was put must have been seen exactly once.
 *
 *     node bench/console-load.ts [--minutes 1] [--reshard-every SECONDS]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import {
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  type Shard,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { BENCH_ENVIRONMENT, BUNDLE, buildProgram, row, sandboxProcess } from './parts/programs.ts'
import { cpuMillis, PtyProbe, quantile, residentMegabytes, sleep } from './parts/pty-probe.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, 'reshard-every': { type: 'string' } },
})
const minutes = Number(values.minutes)
const reshardSeconds = values['reshard-every'] === undefined ? undefined : Number(values['reshard-every'])
if (!(minutes > 0) || (reshardSeconds !== undefined && !(reshardSeconds > 0))) {
  console.error('--minutes and --reshard-every take numbers above 0.')
  process.exit(2)
}
const WARM_UP_MILLIS = 10_000
const STREAM = 'load'
/** Top of the box that the key ? opens: it can be found in the raw output, where nothing else has it. */
const HELP_TITLE = ' Keys (1-'

buildProgram()
const sandbox = await sandboxProcess({
  streams: [
    {
      name: STREAM,
      shardCount: 64,
      producers: [
        {
          recordsPerSecond: 5_000,
          keys: { kind: 'zipf', prefix: 'customer-', count: 10_000 },
          payload: 'order',
        },
      ],
    },
  ],
})
const client = new KinesisClient({
  endpoint: sandbox.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  requestHandler: new NodeHttpHandler(),
})

async function openShards(): Promise<Shard[]> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: STREAM }))
  return Shards.filter(shard => shard.SequenceNumberRange?.EndingSequenceNumber === undefined)
}

/** Splits the widest shard, or merges two neighbours, so that there are 64 or 65. */
async function reshard(): Promise<void> {
  const shards = (await openShards()).toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1))
  if (shards.length <= 64) {
    const widest = shards.reduce((best, shard) => (widthOf(shard) > widthOf(best) ? shard : best))
    await client.send(
      new SplitShardCommand({
        StreamName: STREAM,
        ShardToSplit: widest.ShardId,
        NewStartingHashKey: String(startOf(widest) + widthOf(widest) / 2n),
      }),
    )
    return
  }
  const at = Math.floor(shards.length / 2)
  await client.send(
    new MergeShardsCommand({
      StreamName: STREAM,
      ShardToMerge: shards[at]?.ShardId,
      AdjacentShardToMerge: shards[at + 1]?.ShardId,
    }),
  )
}
const startOf = (shard: Shard) => BigInt(shard.HashKeyRange?.StartingHashKey ?? 0)
const widthOf = (shard: Shard) => BigInt(shard.HashKeyRange?.EndingHashKey ?? 0) - startOf(shard)

/** A headless run as JSON Lines, each line a row. */
function rows(args: readonly string[], onRow: (row: Record<string, unknown>) => void) {
  const child = spawn(process.execPath, [BUNDLE, ...args, '--json', '--endpoint-url', sandbox.url], {
    env: BENCH_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  createInterface({ input: child.stdout }).on('line', line => onRow(JSON.parse(line)))
  return child
}

const seen = { count: 0, twiceCount: 0, ids: new Set<string>() }
const identity = (record: Record<string, unknown>) => `${record.shardId}/${record.sequenceNumber}`
/** From the oldest record on, so that it needs no moment of its own to begin at. */
const counter =
  reshardSeconds === undefined
    ? undefined
    : rows(['tail', STREAM, '--from', 'oldest'], record => {
        const id = identity(record)
        seen.count += 1
        if (seen.ids.has(id)) seen.twiceCount += 1
        else seen.ids.add(id)
      })

const probe = new PtyProbe(process.execPath, [BUNDLE, '--endpoint-url', sandbox.url])
try {
  await probe.waitFor(/load +ACTIVE/)
  probe.press('t')
  await probe.waitFor(/load .*tail from latest +[1-9][\d,]* record/)
  await sleep(WARM_UP_MILLIS)
  const began = { at: performance.now(), cpu: cpuMillis(probe.pid), bytes: probe.byteCount }
  const millis = minutes * 60_000
  const delays: number[] = []
  const memory: number[] = []
  let reshards = 0
  let refused = 0
  while (performance.now() < began.at + millis) {
    // Not in step with the ten pictures a second of the tail.
    await sleep(400 + Math.random() * 500)
    const isShown = probe.untilSent(HELP_TITLE)
    probe.press('?')
    delays.push(await isShown)
    await sleep(150 + Math.random() * 100)
    probe.press('\x1b')
    memory.push(residentMegabytes(probe.pid))
    const due =
      reshardSeconds === undefined ? 0 : Math.floor((performance.now() - began.at) / 1e3 / reshardSeconds)
    if (due > reshards + refused) {
      await reshard().then(
        () => (reshards += 1),
        () => (refused += 1),
      )
    }
  }
  const seconds = (performance.now() - began.at) / 1e3
  const core = (cpuMillis(probe.pid) - began.cpu) / (seconds * 10)
  const third = Math.floor(memory.length / 3)
  const middle = quantile(memory.slice(third, 2 * third), 0.5)
  const last = quantile(memory.slice(2 * third), 0.5)
  const [p50, p99] = [quantile(delays, 0.5), quantile(delays, 0.99)]
  row(
    `key to paint, 5,000 records/s, 64 shards, ${minutes} min`,
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms of ${delays.length} keys`,
    '<= 16 / 50 ms',
    p50 <= 16 && p99 <= 50,
  )
  row(
    'memory of the same',
    `RSS ${Math.max(...memory).toFixed(0)} MB at most; thirds ${middle.toFixed(0)} and ${last.toFixed(0)} MB`,
    '<= 220 MB, last within 5 %',
    Math.max(...memory) <= 220 && Math.abs(last / middle - 1) <= 0.05,
  )
  row(
    'CPU of the same',
    `${core.toFixed(0)} % of one core, ${((probe.byteCount - began.bytes) / seconds / 1e3).toFixed(1)} kB/s`,
    '<= 30 %',
    core <= 30,
  )
  if (counter !== undefined) {
    row('soak: reshards', `${reshards} done, ${refused} refused; every key answered`, 'reported', undefined)
    const put = await settledCounts()
    const missing = [...put].filter(id => !seen.ids.has(id)).length
    row(
      'soak: records seen exactly once',
      `${put.size} put, ${missing} never seen, ${seen.twiceCount} seen twice`,
      '0 lost, 0 twice',
      missing === 0 && seen.twiceCount === 0,
    )
  }
} finally {
  await probe.close()
  counter?.kill('SIGKILL')
  client.destroy()
  await sandbox.close()
}

/** What the stream holds at one moment, read anew from the oldest to the tip, once the running tail has got as far. */
async function settledCounts(): Promise<ReadonlySet<string>> {
  const put = new Set<string>()
  const reader = rows(['tail', STREAM, '--from', 'oldest', '--exit-at-tip'], record =>
    put.add(identity(record)),
  )
  const [code] = await once(reader, 'close')
  if (code !== 0) throw new Error(`reading the stream anew ended with ${code}`)
  await sleep(5_000)
  return put
}
