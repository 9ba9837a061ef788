#!/usr/bin/env bash
# Package + version: @aws-sdk/client-kinesis 3.1143.0 on Node 20.20.2 and Node 26.10.0
# Expected (guess): a filtered tail that keeps 300 matching records of 24 bytes (one of each page of 1,000) holds about 7 KB, at worst
#   300 x the well-known 8 KiB buffer pool.
# Seen: every kept Data is a view into a shared pool, and the pool is 64 KiB on Node 26 (8 KiB on Node 20). 2.5 MB stay alive on Node 20
#   and 10 MB on Node 26 for 7.5 KB of data: 1,400 times (here two pages share a pool; with fuller pages each match pins its own, so
#   5,000 kept records can hold 320 MB). Copying each kept Data ends it.
# Why it matters to a Kinesis tool: a rare filter over a busy stream is the normal use of a tail, and the memory grows with the number
#   of matches, not with their size. Copy Data when a record is kept for longer than its page.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
build="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "n20@npm:$build@20.20.2" "n26@npm:$build@26.10.0" @aws-sdk/client-kinesis@3.1143.0 @smithy/node-http-handler@4.14.2 >/dev/null 2>&1
cat >probe.mjs <<'JS'
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
const http = await import('node:http')
const { Kinesis } = await import('@aws-sdk/client-kinesis')
const { NodeHttpHandler } = await import('@smithy/node-http-handler')
const page = JSON.stringify({
  MillisBehindLatest: 0, NextShardIterator: 'next',
  Records: Array.from({ length: 1000 }, (_, n) => ({ SequenceNumber: String(n + 1), PartitionKey: `k${n}`, ApproximateArrivalTimestamp: 1796000000.1, Data: Buffer.from(`{"id":${String(n).padStart(4, '0')},"v":"abcdefg"}`).toString('base64') })),
})
const server = http.createServer((request, response) => { request.resume().on('end', () => { response.setHeader('content-type', 'application/x-amz-json-1.1'); response.end(page) }) })
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const sdk = new Kinesis({ endpoint: `http://127.0.0.1:${server.address().port}`, region: 'us-east-1', credentials: { accessKeyId: 'example', secretAccessKey: 'example' }, requestHandler: new NodeHttpHandler({}) })
const settle = async () => { for (let i = 0; i < 3; i += 1) { gc(); await new Promise((done) => setTimeout(done, 100)) } return process.memoryUsage().arrayBuffers }
await sdk.getRecords({ ShardIterator: 'first' })
const before = await settle()
const kept = []
for (let n = 0; n < 300; n += 1) kept.push((await sdk.getRecords({ ShardIterator: 'x' })).Records[500].Data)
const payload = kept.reduce((sum, data) => sum + data.byteLength, 0)
const views = await settle() - before
for (const [n, data] of kept.entries()) kept[n] = Uint8Array.from(data)
const copies = await settle() - before
console.log(JSON.stringify({ version: process.version, poolBytes: Buffer.poolSize, payload, views, copies, ratio: Math.round(views / payload) }))
process.exit(0)
JS
for runtime in n20 n26; do timeout 40 "node_modules/$runtime/bin/node" --expose-gc probe.mjs; done | tee seen.txt
node -e '
const assert = require("node:assert/strict")
const [old, recent] = require("node:fs").readFileSync("seen.txt", "utf8").trim().split("\n").map((line) => JSON.parse(line))
assert.deepEqual([old.version, old.poolBytes, recent.version, recent.poolBytes], ["v20.20.2", 8192, "v26.10.0", 65536])
assert.ok(old.ratio > 200 && old.ratio < 600, "ratio on 20")
assert.ok(recent.ratio > 1000, "ratio on 26")
assert.ok(recent.copies < recent.views / 10, "copies release the pools")
'
