#!/usr/bin/env bash
# Package + version: aws-kcl 2.3.2 (the Node.js Kinesis Client Library), spoken to as its Java daemon speaks: JSON lines
# Expected (guess): a record processor that gets subSequenceNumber with each de-aggregated record can checkpoint inside an aggregate, as
#   the Java and Python libraries can: checkpoint(sequenceNumber, subSequenceNumber, callback).
# Seen: the number is delivered with every record but never goes back. The only form is checkpoint(sequenceNumber, callback), and the
#   line written to the daemon holds the sequence number alone, whichever of the aggregate's records was the last one done.
# Why it matters to a Kinesis tool: in the lease table of a Node application checkpointSubSequenceNumber says nothing about progress
#   inside an aggregate of hundreds of records. After a lease moves, all of the aggregate comes again: expected, not a fault.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts aws-kcl@2.3.2 >/dev/null 2>&1
cat >probe.cjs <<'JS'
const assert = require('node:assert/strict')
const { PassThrough } = require('node:stream')
const kcl = require('aws-kcl')
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

async function run(checkpoint) {
  const input = new PassThrough(), output = new PassThrough(), seen = { written: [], subNumbers: [], called: false }
  let text = ''
  output.on('data', (chunk) => { text += chunk })
  const process = kcl({
    initialize: (_, done) => done(),
    processRecords: (batch, done) => { seen.subNumbers = batch.records.map((r) => r.subSequenceNumber); seen.parameters = batch.checkpointer.checkpoint.length; checkpoint(batch, () => { seen.called = true; done() }) },
    leaseLost: (_, done) => done(), shardEnded: (_, done) => done(),
  }, input, output, new PassThrough())
  process.run()
  const say = (action) => input.write(`${JSON.stringify(action)}\n`)
  say({ action: 'initialize', shardId: 'shardId-000000000000', sequenceNumber: 'TRIM_HORIZON' })
  await pause(100)
  const row = (sub) => ({ action: 'record', data: Buffer.from(`r${sub}`).toString('base64'), partitionKey: 'k', sequenceNumber: '495', subSequenceNumber: sub, approximateArrivalTimestamp: 1796000000123 })
  say({ action: 'processRecords', records: [row(0), row(1), row(2)], millisBehindLatest: 0 })
  await pause(100)
  seen.written = text.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((line) => line.action === 'checkpoint')
  return { input, say, seen, process }
}

;(async () => {
  const normal = await run((batch, done) => batch.checkpointer.checkpoint('495', done))
  normal.say({ action: 'checkpoint', sequenceNumber: '495' }); await pause(100)
  console.log('sub-sequence numbers received:', normal.seen.subNumbers)
  console.log('checkpoint lines written:', JSON.stringify(normal.seen.written))
  assert.deepEqual(normal.seen.subNumbers, [0, 1, 2])
  assert.equal(normal.seen.called, true)
  assert.equal(normal.seen.parameters, 2)
  assert.deepEqual(normal.seen.written, [{ action: 'checkpoint', sequenceNumber: '495' }])
  process.exit(0)
})().catch((error) => { console.error(error); process.exit(1) })
JS
timeout 50 node probe.cjs
