#!/usr/bin/env bash
# Package + version: aws-kinesis-writable 4.3.0
# Expected (guess): each stream object has its own buffer options; one without options uses the documented default of 10.
# Seen: options given to one stream become the defaults of every later one. After a stream with buffer.length 2, a second stream
#   without options flushes every 2 records instead of 10: five times the PutRecords calls.
# Why it matters to a Kinesis tool: records per PutRecords call (PutRecords.TotalRecords / call count) of one producer can jump
#   because another stream was opened earlier in the same process. Batch size is no fingerprint of one stream's settings.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws-kinesis-writable@4.3.0 >/dev/null 2>&1
cat >probe.cjs <<'JS'
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1'
const assert = require('node:assert/strict')
const KinesisWritable = require('aws-kinesis-writable')
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
function recorder(options) {
  const batches = []
  const kinesis = { putRecords: (input, done) => { batches.push(input.Records.length); setImmediate(done, null, { FailedRecordCount: 0, Records: input.Records.map(() => ({})) }) } }
  return { batches, stream: new KinesisWritable({ streamName: 'orders', objectMode: true, kinesis, ...options }) }
}
async function writeTwenty({ stream, batches }) {
  for (let n = 0; n < 20; n += 1) stream.write({ n })
  await pause(300)
  return batches
}
;(async () => {
  const before = await writeTwenty(recorder({}))
  const tuned = await writeTwenty(recorder({ buffer: { length: 2 } }))
  const after = await writeTwenty(recorder({}))
  console.log('default, alone      ', before.join(' '))
  console.log('tuned               ', tuned.join(' '))
  console.log('default, after tuned', after.join(' '))
  assert.deepEqual(before, [10, 10])
  assert.deepEqual(tuned, Array(10).fill(2))
  assert.deepEqual(after, tuned)
  process.exit(0)
})().catch((error) => { console.error(error); process.exit(1) })
JS
timeout 50 node --no-deprecation --no-warnings probe.cjs
