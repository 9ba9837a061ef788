#!/usr/bin/env bash
# Package + version: kinesis 1.2.2 (stream reader) on kinesis-local 0.6.2 (emulator), checked with @aws-sdk/client-kinesis 3.1143.0
# Expected (guess): reading a closed shard from TRIM_HORIZON yields its 5 records, then the stream ends.
# Seen: 0 records. The emulator may send the last records and the absence of NextShardIterator in ONE answer (the API allows
#   it); the reader looks at the missing iterator first and throws the page away. With a shard that fits in one page that
#   is everything. The SDK sees 5 records in the same answer.
# Why it matters to a Kinesis tool: "missing iterator = shard finished" must be acted on after the page's records are kept.
#   A tail that follows a reshard loses exactly the records next to the split.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund kinesis@1.2.2 kinesis-local@0.6.2 @aws-sdk/client-kinesis@3.1143.0 @smithy/node-http-handler@4.14.2 >/dev/null 2>&1
cat >probe.cjs <<'JS'
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
const assert = require('node:assert/strict')
const net = require('node:net')
const path = require('node:path')
const { spawn } = require('node:child_process')
const { Kinesis } = require('@aws-sdk/client-kinesis')
const { NodeHttpHandler } = require('@smithy/node-http-handler')
const reader = require('kinesis')
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const freePort = () => new Promise((done) => { const s = net.createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)) }) })
const credentials = { accessKeyId: 'example', secretAccessKey: 'example' }

;(async () => {
  const plain = await freePort(), tls = await freePort()
  const home = path.dirname(require.resolve('kinesis-local/package.json'))
  const emulator = spawn(process.execPath, [path.join(home, 'main.js')], {
    env: { ...process.env, KINESIS_MOCK_PLAIN_PORT: String(plain), KINESIS_MOCK_TLS_PORT: String(tls), KINESIS_MOCK_CERT_PATH: path.join(home, 'server.json') },
    stdio: 'ignore',
  })
  try {
    for (let i = 0; i < 80; i += 1) { if (await fetch(`http://127.0.0.1:${plain}/healthcheck`).then((r) => r.ok, () => false)) break; await pause(250) }
    const sdk = new Kinesis({ endpoint: `http://127.0.0.1:${plain}`, region: 'us-east-1', credentials, requestHandler: new NodeHttpHandler({}) })
    const active = async () => { while ((await sdk.describeStreamSummary({ StreamName: 'orders' })).StreamDescriptionSummary.StreamStatus !== 'ACTIVE') await pause(100) }
    await sdk.createStream({ StreamName: 'orders', ShardCount: 1 }); await active()
    for (let n = 0; n < 5; n += 1) await sdk.putRecord({ StreamName: 'orders', PartitionKey: `k${n}`, Data: Buffer.from(`r${n}`) })
    await sdk.splitShard({ StreamName: 'orders', ShardToSplit: 'shardId-000000000000', NewStartingHashKey: '170141183460469231731687303715884105728' }); await active()
    const { ShardIterator } = await sdk.getShardIterator({ StreamName: 'orders', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' })
    const page = await sdk.getRecords({ ShardIterator })
    let got = 0
    reader.stream({ name: 'orders', host: '127.0.0.1', port: tls, region: 'us-east-1', credentials, oldest: true, shards: ['shardId-000000000000'] })
      .on('data', () => { got += 1 }).on('error', (e) => { throw e })
    await pause(4000)
    console.log(`SDK: ${page.Records.length} records, NextShardIterator ${page.NextShardIterator}; kinesis 1.2.2: ${got} records`)
    assert.equal(page.Records.length, 5)
    assert.equal(page.NextShardIterator, undefined)
    assert.equal(got, 0)
  } finally { emulator.kill('SIGKILL') }
  process.exit(0)
})().catch((error) => { console.error(error); process.exit(1) })
JS
timeout 55 node --no-deprecation probe.cjs
