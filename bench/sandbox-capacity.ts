/**
 * What the sandbox holds and how soon it is there: memory with a million records, large streams, time to be ready when
 * bundled, and the SDK with and without a socket.
 *
 *     node bench/sandbox-capacity.ts
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { build } from 'esbuild'
import { startSandbox } from '../source/sandbox/sandbox.ts'

const serverFile = fileURLToPath(new URL('sandbox-server.ts', import.meta.url))

async function start(file: string): Promise<{ url: string; child: ChildProcess; readyMs: number }> {
  const began = performance.now()
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  return { url: String(line).trim(), child, readyMs: performance.now() - began }
}

async function call(url: string, operation: string, input: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Kinesis_20131202.${operation}`,
    },
    body: JSON.stringify(input),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text === '' ? {} : JSON.parse(text)
}

const residentMiB = (child: ChildProcess) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024

async function active(url: string, StreamName: string): Promise<void> {
  const { StreamDescriptionSummary } = await call(url, 'DescribeStreamSummary', { StreamName })
  if (StreamDescriptionSummary.StreamStatus !== 'ACTIVE') {
    await new Promise(resolve => setTimeout(resolve, 20))
    await active(url, StreamName)
  }
}

async function capacity(): Promise<Record<string, number>> {
  const { url, child } = await start(serverFile)
  const idle = residentMiB(child)
  const createBegin = performance.now()
  await call(url, 'CreateStream', { StreamName: 'thousand', ShardCount: 1000 })
  const create = performance.now() - createBegin
  await call(url, 'CreateStream', { StreamName: 'ten-thousand', ShardCount: 10_000 })
  await active(url, 'ten-thousand')
  const listBegin = performance.now()
  let shards = 0
  let page = await call(url, 'ListShards', { StreamName: 'ten-thousand' })
  while (true) {
    shards += page.Shards.length
    if (page.NextToken === undefined) break
    page = await call(url, 'ListShards', { NextToken: page.NextToken })
  }
  const list = performance.now() - listBegin
  if (shards !== 10_000) throw new Error(`${shards} shards listed`)
  await call(url, 'DeleteStream', { StreamName: 'ten-thousand' })

  await call(url, 'CreateStream', { StreamName: 'million', ShardCount: 4 })
  await active(url, 'million')
  const Data = Buffer.alloc(200, 'x').toString('base64')
  for (let batch = 0; batch < 2000; batch++) {
    const Records = Array.from({ length: 500 }, (_, n) => ({
      PartitionKey: `key-${(batch * 500 + n) % 5000}`,
      Data,
    }))
    await call(url, 'PutRecords', { StreamName: 'million', Records })
  }
  const full = residentMiB(child)
  child.kill('SIGKILL')
  return {
    'RSS idle MiB': idle,
    'RSS 1M x 200 B MiB': full,
    'create 1,000 shards ms': create,
    'list 10,000 shards ms': list,
  }
}

async function readyWhenBundled(): Promise<number> {
  const outfile = join(tmpdir(), `sandbox-bench-${process.pid}.mjs`)
  await build({
    entryPoints: [serverFile],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'error',
  })
  const times: number[] = []
  for (let run = 0; run < 7; run++) {
    const { child, readyMs } = await start(outfile)
    times.push(readyMs)
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(outfile)
  return times.sort((a, b) => a - b)[3] ?? Number.NaN
}

/** GetRecords of 100 records by the SDK, calls a second, one at a time. */
async function sdkCalls(): Promise<Record<string, number>> {
  const sandbox = await startSandbox({ limits: 'off', durations: { creating: 0 } })
  sandbox.service.handle('CreateStream', { StreamName: 's', ShardCount: 1 })
  const Records = Array.from({ length: 100 }, () => ({ PartitionKey: 'k', Data: Buffer.alloc(200) }))
  sandbox.service.handle('PutRecords', { StreamName: 's', Records })
  const handlers = {
    'SDK calls/s over loopback HTTP/1.1': new NodeHttpHandler(),
    'SDK calls/s without a socket': sandbox.requestHandler as unknown as NodeHttpHandler,
  }
  const result: Record<string, number> = {}
  for (const [name, requestHandler] of Object.entries(handlers)) {
    const client = new KinesisClient({
      endpoint: sandbox.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
      requestHandler,
    })
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: 's',
        ShardId: 'shardId-000000000000',
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    )
    for (let warm = 0; warm < 200; warm++) await client.send(new GetRecordsCommand({ ShardIterator }))
    const begin = performance.now()
    for (let count = 0; count < 1000; count++) await client.send(new GetRecordsCommand({ ShardIterator }))
    result[name] = 1_000_000 / (performance.now() - begin)
    client.destroy()
  }
  await sandbox.stop()
  return result
}

const figures = {
  ...(await capacity()),
  'ready when bundled ms (median)': await readyWhenBundled(),
  ...(await sdkCalls()),
}
console.table(Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value)])))
