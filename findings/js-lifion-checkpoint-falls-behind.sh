#!/usr/bin/env bash
# Package + version: lifion-kinesis 1.3.3 with aws-kinesis-agg 4.2.8 records, on kinesalite 3.3.3 and dynalite 4.0.0
# Expected (guess): after one page with 3 KPL aggregates of 4 records each, the checkpoint stored in DynamoDB is the sequence
#   number of the third aggregate, the last one delivered.
# Seen: all 12 user records are delivered, the stored checkpoint is the FIRST aggregate. The position is taken from the list of
#   split records by the count of unsplit ones (index 2 of 12), and stays there while the shard is idle.
# Why it matters to a Kinesis tool: a lag computed from that table is wrong (it says 8 of 12 records are unread) and a restart
#   reads two aggregates again. A stored checkpoint tells where a reader would resume, not what it has processed.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional lifion-kinesis@1.3.3 aws-kinesis-agg@4.2.8 kinesalite@3.3.3 dynalite@4.0.0 aws-sdk@2.1693.0 >/dev/null 2>&1
cat >probe.cjs <<'JS'
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1'
const assert = require('node:assert/strict')
const AWS = require('aws-sdk')
const agg = require('aws-kinesis-agg')
const Lifion = require('lifion-kinesis')
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done({ endpoint: `http://127.0.0.1:${server.address().port}`, region: 'us-east-1', accessKeyId: 'example', secretAccessKey: 'example' })))

;(async () => {
  const stream = await listen(require('kinesalite')({ createStreamMs: 20 }))
  const table = await listen(require('dynalite')({ createTableMs: 20 }))
  const sdk = new AWS.Kinesis(stream)
  await sdk.createStream({ StreamName: 'orders', ShardCount: 1 }).promise(); await pause(500)
  for (let batch = 0; batch < 3; batch += 1) {
    const aggregator = new agg.RecordAggregator()
    for (let n = 0; n < 4; n += 1) aggregator.addUserRecord({ partitionKey: `key-${n}`, data: JSON.stringify({ batch, n }) })
    await sdk.putRecord({ StreamName: 'orders', PartitionKey: 'a', Data: aggregator.build().data }).promise()
  }
  const { ShardIterator } = await sdk.getShardIterator({ StreamName: 'orders', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' }).promise()
  const sequences = (await sdk.getRecords({ ShardIterator }).promise()).Records.map((r) => r.SequenceNumber)
  const quiet = { debug() {}, warn() {}, error: console.error }
  const reader = new Lifion({ ...stream, streamName: 'orders', consumerGroup: 'g', dynamoDb: table, shouldDeaggregate: true, initialPositionInStream: 'TRIM_HORIZON', pollDelay: 100, noRecordsPollDelay: 200, logger: quiet })
  let delivered = 0
  reader.on('data', (page) => { delivered += page.records.length })
  await reader.startConsumer()
  for (let i = 0; i < 100 && delivered < 12; i += 1) await pause(100)
  await pause(2000)
  const { Items } = await new AWS.DynamoDB.DocumentClient(table).scan({ TableName: 'lifion-kinesis-state' }).promise()
  const { checkpoint } = Items[0].shards['shardId-000000000000']
  console.log(`delivered ${delivered} user records from ${sequences.length} aggregates; checkpoint is aggregate ${sequences.indexOf(checkpoint) + 1} of ${sequences.length}`)
  assert.equal(delivered, 12); assert.equal(sequences.length, 3); assert.equal(checkpoint, sequences[0])
  process.exit(0)
})().catch((error) => { console.error(error); process.exit(1) })
JS
timeout 50 node --no-deprecation --no-warnings probe.cjs
