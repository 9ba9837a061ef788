#!/usr/bin/env bash
# Package + version: aws-kinesis-agg 4.2.8 (writer), read back by itself and by lifion-kinesis 1.3.3
# Expected (guess): a KPL aggregate gives every user record back with the partition key it was added with.
# Seen: when keys look like small integers ("1002", "7", "55") the records come back under each other's keys:
#   the record added with key 1002 is read as key 7, and so on. The wrong order is in the bytes, so every reader
#   agrees on the wrong answer and the MD5 trailer is fine. A JS object lists integer-like names in number order,
#   while the record indices were counted in the order of arrival.
# Why it matters to a Kinesis tool: numeric user, order or device ids are the commonest partition keys. Inside an
#   aggregate made by this library the key shown for a record may belong to its neighbour; no decoder can tell.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund aws-kinesis-agg@4.2.8 lifion-kinesis@1.3.3 >/dev/null 2>&1
cat >probe.cjs <<'JS'
const assert = require('node:assert/strict')
const agg = require('aws-kinesis-agg')
const lifionSplit = require('lifion-kinesis/lib/deaggregate')

async function roundTrip(keys) {
  const aggregator = new agg.RecordAggregator()
  for (const key of keys) aggregator.addUserRecord({ partitionKey: key, data: `written for ${key}` })
  const { data } = aggregator.build()
  const own = await new Promise((done, fail) =>
    agg.deaggregateSync({ partitionKey: 'a', sequenceNumber: '1', data: data.toString('base64') }, true, (e, r) => (e ? fail(e) : done(r))),
  )
  const other = await lifionSplit([{ Data: data, PartitionKey: 'a', SequenceNumber: '1' }])
  return {
    own: own.map((r) => [r.partitionKey, Buffer.from(r.data, 'base64').toString()]),
    other: other.map((r) => [r.PartitionKey, Buffer.from(r.Data).toString()]),
  }
}

;(async () => {
  const words = await roundTrip(['user-b', 'user-a'])
  assert.deepEqual(words.own, [['user-b', 'written for user-b'], ['user-a', 'written for user-a']])
  const numbers = await roundTrip(['1002', '7', 'user-a', '55'])
  console.log('key read back | what was written', JSON.stringify(numbers.own))
  assert.deepEqual(numbers.own, [
    ['7', 'written for 1002'],
    ['55', 'written for 7'],
    ['1002', 'written for user-a'],
    ['user-a', 'written for 55'],
  ])
  assert.deepEqual(numbers.other, numbers.own)
  console.log('second reader agrees; checksum accepted')
})()
JS
timeout 50 node probe.cjs
