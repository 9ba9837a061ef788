#!/usr/bin/env bash
# Package + version: aws-kinesis-agg 4.2.8, given records shaped as AWS SDK for JavaScript v3 returns them
# Expected (guess): Data is a Uint8Array on the way in, so it is a Uint8Array on the way out.
# Seen: a plain record keeps its Uint8Array, a record taken out of an aggregate has Data as a base64 STRING.
#   In one batch the type of Data changes from record to record, and TextDecoder or Buffer.from(Data) still "work"
#   on the string, giving the base64 letters as the payload.
# Why it matters to a Kinesis tool: mixed streams (KPL and plain writers) are normal. Code tested on one kind shows
#   base64 text as data, or sizes a third too large, for the other.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws-kinesis-agg@4.2.8 >/dev/null 2>&1
cat >probe.cjs <<'JS'
const assert = require('node:assert/strict')
const agg = require('aws-kinesis-agg')
const aggregator = new agg.RecordAggregator()
aggregator.addUserRecord({ partitionKey: 'k', data: '{"n":1}' })
const aggregated = new Uint8Array(aggregator.build().data)
const plain = new TextEncoder().encode('{"n":1}')
const take = (Data) =>
  new Promise((done, fail) =>
    agg.deaggregateSync({ Data, PartitionKey: 'k', SequenceNumber: '1' }, true, (e, r) => (e ? fail(e) : done(r[0].Data))),
  )
;(async () => {
  const fromPlain = await take(plain)
  const fromAggregate = await take(aggregated)
  console.log('plain     :', fromPlain.constructor.name, JSON.stringify(Buffer.from(fromPlain).toString()))
  console.log('aggregate :', fromAggregate.constructor.name, JSON.stringify(Buffer.from(fromAggregate).toString()))
  assert.ok(fromPlain instanceof Uint8Array)
  assert.equal(fromAggregate, 'eyJuIjoxfQ==')
})()
JS
timeout 50 node probe.cjs
