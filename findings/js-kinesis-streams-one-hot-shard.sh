#!/usr/bin/env bash
# Package + version: kinesis-streams 0.7.0 (KinesisWritable) on kinesalite 3.3.3
# Expected (guess): records written without a chosen partition key spread over the shards, as other writers do (random or
#   content-hashed keys).
# Seen: every record gets the partition key "0": 200 of 200 land on one of four shards (the one holding MD5("0")).
# Why it matters to a Kinesis tool: a heat map with one glowing shard and a single key named "0" is the signature of a writer's
#   default, not of skewed data. Splitting that shard cannot help: one key cannot be divided.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional kinesis-streams@0.7.0 kinesalite@3.3.3 @aws-sdk/client-kinesis@3.1143.0 @smithy/node-http-handler@4.14.2 >/dev/null 2>&1
cat >probe.cjs <<'JS'
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
const assert = require('node:assert/strict')
const { Kinesis } = require('@aws-sdk/client-kinesis')
const { NodeHttpHandler } = require('@smithy/node-http-handler')
const { KinesisWritable } = require('kinesis-streams')
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const server = require('kinesalite')({ createStreamMs: 50 })
server.listen(0, '127.0.0.1', async () => {
  const sdk = new Kinesis({ endpoint: `http://127.0.0.1:${server.address().port}`, region: 'us-east-1', credentials: { accessKeyId: 'example', secretAccessKey: 'example' }, requestHandler: new NodeHttpHandler({}) })
  await sdk.createStream({ StreamName: 'clicks', ShardCount: 4 })
  while ((await sdk.describeStreamSummary({ StreamName: 'clicks' })).StreamDescriptionSummary.StreamStatus !== 'ACTIVE') await pause(50)
  const keys = new Set(), perShard = {}
  // the library expects the older SDK's .promise() style
  const client = { putRecords: (input) => ({ promise: () => { for (const r of input.Records) keys.add(r.PartitionKey); return sdk.putRecords(input) } }) }
  const writable = new KinesisWritable(client, 'clicks', { wait: 50 })
  writable.on('kinesis.putRecords', (answer) => { for (const r of answer.Records) perShard[r.ShardId] = (perShard[r.ShardId] ?? 0) + 1 })
  for (let n = 0; n < 200; n += 1) writable.write({ user: `user-${n}` })
  writable.end()
  for (let i = 0; i < 100 && Object.values(perShard).reduce((a, b) => a + b, 0) < 200; i += 1) await pause(100)
  console.log('partition keys used:', [...keys], 'records per shard:', perShard)
  assert.deepEqual([...keys], ['0'])
  assert.deepEqual(perShard, { 'shardId-000000000003': 200 })
  process.exit(0)
})
JS
timeout 50 node --no-deprecation probe.cjs
