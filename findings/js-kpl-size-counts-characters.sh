#!/usr/bin/env bash
# Package + version: aws-kinesis-agg 4.2.8
# Expected (guess): RecordAggregator stops before the aggregate passes the 1 MiB record limit; that is what
#   checkIfUserRecordFits is for.
# Seen: partition keys are counted in UTF-16 units, not bytes. With 240-letter Cyrillic keys (480 bytes each, within the
#   256-character limit of Kinesis) it says "fits" until the built record is more than 1.8 MiB. The error therefore
#   comes from the service, for the whole aggregate, long after the caller was told that every record fitted.
# Why it matters to a Kinesis tool: a size column or limit check must count UTF-8 bytes, and an oversized aggregate
#   refused by a default stream is not a sign of a changed MaxRecordSizeInKiB.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws-kinesis-agg@4.2.8 >/dev/null 2>&1
cat >probe.cjs <<'JS'
const assert = require('node:assert/strict')
const { RecordAggregator } = require('aws-kinesis-agg')
const limit = 1024 * 1024
function fill(letter) {
  const aggregator = new RecordAggregator()
  for (let n = 0; ; n += 1) {
    const record = { partitionKey: letter.repeat(240) + String(n).padStart(6, 'k'), data: Buffer.alloc(20) }
    if (!aggregator.checkIfUserRecordFits(record)) return { records: n, bytes: aggregator.build().data.length }
    aggregator.addUserRecord(record)
  }
}
const latin = fill('d')
const cyrillic = fill('д')
console.log('latin keys   ', latin, `limit ${limit}`)
console.log('cyrillic keys', cyrillic, `${(cyrillic.bytes / limit).toFixed(2)} x the limit`)
assert.ok(latin.bytes <= limit)
assert.ok(cyrillic.bytes > 1.8 * limit)
JS
timeout 50 node probe.cjs
