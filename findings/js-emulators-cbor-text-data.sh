#!/usr/bin/env bash
# Package + version: kinesis-local 0.6.2 and kinesalite 3.3.3, asked in CBOR (application/x-amz-cbor-1.1), decoded with cbor 10.0.12
# Expected (guess): a CBOR answer carries Data as a byte string (that is what CBOR saves) and both emulators write times alike.
# Seen: both accept CBOR and answer in CBOR, with Data as base64 TEXT inside it. Arrival time is an untagged integer in milliseconds
#   from kinesis-local, an untagged float in seconds from kinesalite; StreamCreationTimestamp likewise (ms, and whole seconds).
#   In JSON both use seconds. Neither is the shape AWS is reported to send (tag 1 around integer milliseconds, byte strings).
# Why it matters to a Kinesis tool: a CBOR fast path tried on an emulator decodes to letters instead of bytes and to times wrong by
#   a factor of 1,000 on one of them. Content type alone does not tell the shape; check the CBOR major type of each field.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional kinesis-local@0.6.2 kinesalite@3.3.3 cbor@10.0.12 >/dev/null 2>&1
cat >probe.cjs <<'JS'
const assert = require('node:assert/strict')
const net = require('node:net')
const path = require('node:path')
const { spawn } = require('node:child_process')
const cbor = require('cbor')
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const freePort = () => new Promise((done) => { const s = net.createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)) }) })
async function call(port, operation, body, kind = 'cbor') {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST', body: kind === 'cbor' ? cbor.encode(body) : JSON.stringify(body),
    headers: { 'content-type': `application/x-amz-${kind}-1.1`, 'x-amz-target': `Kinesis_20131202.${operation}`, 'x-amz-date': '20261130T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=example/20261130/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=example' },
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  assert.equal(response.status, 200)
  if (bytes.length === 0) return {}
  assert.match(response.headers.get('content-type'), new RegExp(`x-amz-${kind}`))
  return kind === 'cbor' ? cbor.decodeFirstSync(bytes) : JSON.parse(bytes)
}
async function look(port) {
  await call(port, 'CreateStream', { StreamName: 'orders', ShardCount: 1 }, 'json'); await pause(1200)
  await call(port, 'PutRecord', { StreamName: 'orders', PartitionKey: 'k', Data: Buffer.from('hello').toString('base64') }, 'json')
  const at = { StreamName: 'orders', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' }
  const { ShardIterator } = await call(port, 'GetShardIterator', at)
  const inCbor = (await call(port, 'GetRecords', { ShardIterator })).Records[0]
  const inJson = (await call(port, 'GetRecords', { ShardIterator }, 'json')).Records[0]
  const { StreamCreationTimestamp } = (await call(port, 'DescribeStreamSummary', { StreamName: 'orders' })).StreamDescriptionSummary
  return { data: inCbor.Data, cborTime: inCbor.ApproximateArrivalTimestamp, jsonTime: inJson.ApproximateArrivalTimestamp, created: StreamCreationTimestamp }
}
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
    const a = await look(plain), b = await look(other), now = Date.now()
    console.log('kinesis-local', a); console.log('kinesalite   ', b)
    assert.equal(a.data, 'aGVsbG8='); assert.equal(b.data, 'aGVsbG8=')
    const near = (value, unit) => typeof value === 'number' && Math.abs(value * unit - now) < 120_000
    assert.ok(near(a.cborTime, 1) && near(a.created, 1) && near(a.jsonTime, 1000))
    assert.ok(near(b.cborTime, 1000) && near(b.created, 1000) && near(b.jsonTime, 1000))
  } finally { local.kill('SIGKILL') }
  process.exit(0)
})().catch((error) => { console.error(error); process.exit(1) })
JS
timeout 55 node --no-deprecation probe.cjs
