#!/usr/bin/env bash
# Package + version: kinesis-local 0.6.2 and kinesalite 3.3.3, SDK v3 client 3.1143.0
# Expected (guess): a shard iterator made by one emulator is refused by the other (InvalidArgumentException), as it would be
#   garbage there.
# Seen: kinesalite accepts kinesis-local's iterator: both encrypt the same text layout in the same way. It then reads by the
#   sequence number inside: a TRIM_HORIZON iterator of a stream born 3 s later gives 0 of 3 stored records with
#   MillisBehindLatest 0 and a next iterator, so the tail looks healthy and caught up, for ever. The other way round
#   kinesis-local also opens the iterator, but answers ResourceNotFoundException about a record.
# Why it matters to a Kinesis tool: after swapping the emulator behind one port, kept iterators do not fail, they go quiet.
#   Iterators must be dropped whenever the endpoint or the stream's creation time changes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional kinesis-local@0.6.2 kinesalite@3.3.3 @aws-sdk/client-kinesis@3.1143.0 @smithy/node-http-handler@4.14.2 >/dev/null 2>&1
cat >probe.cjs <<'JS'
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
const assert = require('node:assert/strict')
const net = require('node:net')
const path = require('node:path')
const { spawn } = require('node:child_process')
const { Kinesis } = require('@aws-sdk/client-kinesis')
const { NodeHttpHandler } = require('@smithy/node-http-handler')
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const freePort = () => new Promise((done) => { const s = net.createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)) }) })
const connect = (port) => new Kinesis({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials: { accessKeyId: 'example', secretAccessKey: 'example' }, requestHandler: new NodeHttpHandler({}) })
async function fill(sdk, mark) {
  await sdk.createStream({ StreamName: 'orders', ShardCount: 1 })
  while ((await sdk.describeStreamSummary({ StreamName: 'orders' })).StreamDescriptionSummary.StreamStatus !== 'ACTIVE') await pause(50)
  for (let n = 0; n < 3; n += 1) await sdk.putRecord({ StreamName: 'orders', PartitionKey: 'k', Data: Buffer.from(`${mark}${n}`) })
}
const oldest = async (sdk) => (await sdk.getShardIterator({ StreamName: 'orders', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' })).ShardIterator

;(async () => {
  const plain = await freePort(), tls = await freePort(), other = await freePort()
  const home = path.dirname(require.resolve('kinesis-local/package.json'))
  const local = spawn(process.execPath, [path.join(home, 'main.js')], {
    env: { ...process.env, KINESIS_MOCK_PLAIN_PORT: String(plain), KINESIS_MOCK_TLS_PORT: String(tls), KINESIS_MOCK_CERT_PATH: path.join(home, 'server.json') },
    stdio: 'ignore',
  })
  require('kinesalite')({ createStreamMs: 50 }).listen(other, '127.0.0.1')
  try {
    for (let i = 0; i < 80; i += 1) { if (await fetch(`http://127.0.0.1:${plain}/healthcheck`).then((r) => r.ok, () => false)) break; await pause(250) }
    const kinesalite = connect(other), kinesisLocal = connect(plain)
    await fill(kinesalite, 'lite'); await pause(3000); await fill(kinesisLocal, 'local')
    const control = await kinesalite.getRecords({ ShardIterator: await oldest(kinesalite) })
    const crossed = await kinesalite.getRecords({ ShardIterator: await oldest(kinesisLocal) })
    const back = await kinesisLocal.getRecords({ ShardIterator: await oldest(kinesalite) }).then(() => 'accepted', (e) => `${e.name}: ${e.message}`)
    console.log(`kinesalite with its own iterator: ${control.Records.length} records; with kinesis-local's: ${crossed.Records.length} records, MillisBehindLatest ${crossed.MillisBehindLatest}, next iterator ${crossed.NextShardIterator ? 'given' : 'missing'}`)
    console.log(`kinesis-local with kinesalite's iterator: ${back}`)
    assert.equal(control.Records.length, 3)
    assert.deepEqual([crossed.Records.length, crossed.MillisBehindLatest, typeof crossed.NextShardIterator], [0, 0, 'string'])
    assert.match(back, /^ResourceNotFoundException: Record for provided SequenceNumber not found/)
  } finally { local.kill('SIGKILL') }
  process.exit(0)
})().catch((error) => { console.error(error); process.exit(1) })
JS
timeout 55 node --no-deprecation probe.cjs
