// 500 quiet shards polled over TLS: CPU of a headless tail a read, beside a loop on the SDK's client as it comes (HTTP/2). The
// server lies in this process and answers with empty pages; it counts what it was asked.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { selfSignedCertificate } from '../source/sandbox/wire/certificate.ts'
import { BENCH_ENVIRONMENT, BUNDLE, buildProgram } from './parts/programs.ts'
import { cpuMillis, sleep } from './parts/pty-probe.ts'
import { inTurn, median, row } from './parts/turns.ts'

const SHARDS = 500
const SECONDS = 10
const ROUNDS = 2

const width = 2n ** 128n / BigInt(SHARDS)
const shards = Array.from({ length: SHARDS }, (_, index) => ({
  ShardId: `shardId-${String(index).padStart(12, '0')}`,
  HashKeyRange: {
    StartingHashKey: String(BigInt(index) * width),
    EndingHashKey: String(index === SHARDS - 1 ? 2n ** 128n - 1n : BigInt(index + 1) * width - 1n),
  },
  SequenceNumberRange: { StartingSequenceNumber: '49590338271490256608559692538361571095921575989136588898' },
}))
const iterator = 'A'.repeat(228)
const ANSWERS: Readonly<Record<string, string>> = {
  ListShards: JSON.stringify({ Shards: shards }),
  GetShardIterator: JSON.stringify({ ShardIterator: iterator }),
  GetRecords: JSON.stringify({ Records: [], NextShardIterator: iterator, MillisBehindLatest: 0 }),
}
let readCount = 0
const { cert: certificate, key: privateKey } = selfSignedCertificate(Date.now())
const server = createSecureServer(
  { cert: certificate, key: privateKey, allowHTTP1: true },
  (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    request.resume()
    request.on('end', () => {
      if (operation === 'GetRecords') readCount += 1
      const answer = ANSWERS[operation]
      response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(answer ?? JSON.stringify({ __type: 'UnknownOperationException' }))
    })
  },
)
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
const trusted = join(BENCH_ENVIRONMENT.HOME ?? '', 'certificate.pem')
writeFileSync(trusted, certificate)

const readers = {
  ours: [BUNDLE, 'tail', 'wide', '--json', '--endpoint-url', url],
  sdk: [fileURLToPath(new URL('poll-tls-sdk.ts', import.meta.url)), url],
} as const

async function watch(side: keyof typeof readers): Promise<{ reads: number; cpu: number }> {
  const child = spawn(process.execPath, readers[side], {
    env: { ...BENCH_ENVIRONMENT, NODE_EXTRA_CA_CERTS: trusted },
    stdio: 'ignore',
  })
  const gone = new Promise(resolve => child.once('exit', resolve))
  const pid = child.pid ?? 0
  // Connections, iterators and compiling belong to the start.
  await sleep(8_000)
  const before = { reads: readCount, cpu: cpuMillis(pid) }
  await sleep(SECONDS * 1_000)
  const figures = { reads: readCount - before.reads, cpu: cpuMillis(pid) - before.cpu }
  child.kill('SIGKILL')
  await gone
  return figures
}

buildProgram()
const figures = await inTurn(['sdk', 'ours'], ROUNDS, watch)
const of = (side: 'ours' | 'sdk') => ({
  microsPerRead: median(figures[side].map(({ cpu, reads }) => (cpu * 1_000) / reads)),
  perSecond: median(figures[side].map(({ reads }) => reads / SECONDS)),
})
const [own, sdk] = [of('ours'), of('sdk')]
const ratio = own.microsPerRead / sdk.microsPerRead
row(
  '500 shards over TLS, CPU a read',
  `${own.microsPerRead.toFixed(0)} us at ${own.perSecond.toFixed(0)} reads/s / ${sdk.microsPerRead.toFixed(0)} us at ${sdk.perSecond.toFixed(0)} reads/s = ${ratio.toFixed(2)}x`,
  '<= 0.4x',
  ratio <= 0.4,
)
process.exit(0)
