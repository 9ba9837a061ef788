#!/usr/bin/env bash
# Package + version: kinesis-readable 1.2.0 on kinesis-local 0.6.2 and on kinesalite 3.3.3, SDK v3 client 3.1143.0
# Expected (guess): a reader of a closed shard delivers its 5 records once and emits "end", on any emulator.
# Seen: the same reader on the same topology does two different wrong things.
#   kinesis-local: after the last page it falls back to its very first request and replays the shard from the start, for
#   ever (over 50 records from 5 in 3 s), never "end". kinesalite: one pass, then the request without an iterator is
#   refused ("Value null at 'shardIterator'"), no "end" either. The emulators differ by one empty page at the shard end.
# Why it matters to a Kinesis tool: a reader's behaviour at the end of a shard cannot be tested on one emulator; duplicates
#   with identical sequence numbers in a tail can come from the reader rather than from the producer's retries.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional kinesis-readable@1.2.0 kinesis-local@0.6.2 kinesalite@3.3.3 @aws-sdk/client-kinesis@3.1143.0 @smithy/node-http-handler@4.14.2 >/dev/null 2>&1
cat >probe.cjs <<'JS'
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
const assert = require('node:assert/strict')
const net = require('node:net')
const path = require('node:path')
const { spawn } = require('node:child_process')
const { Kinesis } = require('@aws-sdk/client-kinesis')
const { NodeHttpHandler } = require('@smithy/node-http-handler')
const kinesisReadable = require('kinesis-readable')
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const freePort = () => new Promise((done) => { const s = net.createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)) }) })

async function readClosedShard(port) {
  const sdk = new Kinesis({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials: { accessKeyId: 'example', secretAccessKey: 'example' }, requestHandler: new NodeHttpHandler({}) })
  const active = async () => { while ((await sdk.describeStreamSummary({ StreamName: 'orders' })).StreamDescriptionSummary.StreamStatus !== 'ACTIVE') await pause(100) }
  await sdk.createStream({ StreamName: 'orders', ShardCount: 1 }); await active()
  for (let n = 0; n < 5; n += 1) await sdk.putRecord({ StreamName: 'orders', PartitionKey: `k${n}`, Data: Buffer.from(`r${n}`) })
  await sdk.splitShard({ StreamName: 'orders', ShardToSplit: 'shardId-000000000000', NewStartingHashKey: '170141183460469231731687303715884105728' }); await active()
  const seen = { records: 0, distinct: new Set(), ended: false, error: '' }
  kinesisReadable(sdk, 'orders', { shardId: 'shardId-000000000000', readInterval: 50 })
    .on('data', (rows) => { for (const row of rows) { seen.records += 1; seen.distinct.add(row.SequenceNumber) } })
    .on('end', () => { seen.ended = true }).on('error', (e) => { seen.error = e.message })
  await pause(3000)
  return { records: seen.records, distinct: seen.distinct.size, ended: seen.ended, error: seen.error }
}

;(async () => {
  const plain = await freePort(), tls = await freePort(), other = await freePort()
  const home = path.dirname(require.resolve('kinesis-local/package.json'))
  const local = spawn(process.execPath, [path.join(home, 'main.js')], {
    env: { ...process.env, KINESIS_MOCK_PLAIN_PORT: String(plain), KINESIS_MOCK_TLS_PORT: String(tls), KINESIS_MOCK_CERT_PATH: path.join(home, 'server.json') },
    stdio: 'ignore',
  })
  require('kinesalite')({ createStreamMs: 50, updateStreamMs: 50 }).listen(other, '127.0.0.1')
  try {
    for (let i = 0; i < 80; i += 1) { if (await fetch(`http://127.0.0.1:${plain}/healthcheck`).then((r) => r.ok, () => false)) break; await pause(250) }
    const a = await readClosedShard(plain), b = await readClosedShard(other)
    console.log('kinesis-local', JSON.stringify(a))
    console.log('kinesalite   ', JSON.stringify(b))
    assert.equal(a.distinct, 5); assert.ok(a.records > 25 && a.records % 5 === 0 && !a.ended && a.error === '')
    assert.equal(b.distinct, 5); assert.equal(b.records, 5); assert.equal(b.ended, false); assert.match(b.error, /Value null at 'shardIterator'/)
  } finally { local.kill('SIGKILL') }
  process.exit(0)
})().catch((error) => { console.error(error); process.exit(1) })
JS
timeout 55 node --no-deprecation probe.cjs
