#!/usr/bin/env bash
# Package + version: aws-kinesis-agg 4.2.8 and lifion-kinesis 1.3.3 (both read), bytes made by hand after the KPL format
# Expected (guess): a user record without explicit_hash_key_index is reported as having no explicit hash key.
# Seen: both readers report the FIRST entry of the explicit hash key table for it. An absent protobuf index reads as 0,
#   and 0 is a valid row. One neighbour with an explicit hash key is enough to give it to every record of the aggregate.
# Why it matters to a Kinesis tool: routing is worked out from "explicit hash key, else MD5 of the key". With the borrowed
#   key the record appears to belong to another shard, or to be out of its shard's range, when it is not.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws-kinesis-agg@4.2.8 lifion-kinesis@1.3.3 >/dev/null 2>&1
cat >probe.cjs <<'JS'
const assert = require('node:assert/strict')
const { createHash } = require('node:crypto')
const agg = require('aws-kinesis-agg')
const lifionSplit = require('lifion-kinesis/lib/deaggregate')

// field number + wire type 2, then length, then bytes; all lengths here stay below 128
const bytes = (field, value) => Buffer.concat([Buffer.from([(field << 3) | 2, value.length]), Buffer.from(value)])
const number = (field, value) => Buffer.from([field << 3, value])
const top = '170141183460469231731687303715884105728'
const message = Buffer.concat([
  bytes(1, 'plain'), bytes(1, 'pinned'), bytes(2, top),
  bytes(3, Buffer.concat([number(1, 0), bytes(3, 'no explicit key')])),
  bytes(3, Buffer.concat([number(1, 1), number(2, 0), bytes(3, 'explicit key')])),
])
const record = Buffer.concat([Buffer.from('f3899ac2', 'hex'), message, createHash('md5').update(message).digest()])

agg.deaggregateSync({ partitionKey: 'a', sequenceNumber: '1', data: record.toString('base64') }, true, async (error, rows) => {
  assert.ifError(error)
  const own = rows.map((r) => [r.partitionKey, r.explicitPartitionKey])
  const other = (await lifionSplit([{ Data: record, PartitionKey: 'a', SequenceNumber: '1' }])).map((r) => [r.PartitionKey, r.ExplicitPartitionKey])
  console.log('aws-kinesis-agg', JSON.stringify(own))
  console.log('lifion-kinesis ', JSON.stringify(other))
  assert.deepEqual(own, [['plain', top], ['pinned', top]])
  assert.deepEqual(other, own)
  const hash = BigInt(`0x${createHash('md5').update('plain').digest('hex')}`)
  console.log(`true hash of "plain": ${hash}, reported: ${top}`)
})
JS
timeout 50 node probe.cjs
