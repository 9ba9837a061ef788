#!/usr/bin/env bash
# Package + version: @aws-lambda-powertools/parser 2.35.0 with zod 4.6.7 (KinesisDataStreamSchema, the AWS library for Lambda readers)
# Expected (guess): the schema of a Kinesis event decodes base64 to bytes or to text, one type for all records.
# Seen: the type follows the content of each record. JSON text becomes an object, gzip of JSON is unzipped, "49590...898" becomes a
#   float with 16 digits, "null" becomes null, "0123" stays text, and anything else (gzip of plain text, a KPL aggregate, Avro) goes
#   through UTF-8 and comes out as text with replacement characters: the bytes cannot be recovered.
# Why it matters to a Kinesis tool: a Lambda consumer with this parser reports other payloads than the stream holds. When a user says
#   "the record is corrupt", compare with the raw view before blaming producer or stream.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @aws-lambda-powertools/parser@2.35.0 zod@4.6.7 >/dev/null 2>&1
cat >probe.mjs <<'JS'
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { KinesisDataStreamSchema } from '@aws-lambda-powertools/parser/schemas'
const event = (data) => ({
  Records: [{
    eventSource: 'aws:kinesis', eventVersion: '1.0', eventID: 'shardId-000000000000:1', eventName: 'aws:kinesis:record', awsRegion: 'us-east-1',
    invokeIdentityArn: 'arn:aws:iam::111122223333:role/example', eventSourceARN: 'arn:aws:kinesis:us-east-1:111122223333:stream/example',
    kinesis: { kinesisSchemaVersion: '1.0', partitionKey: 'k', sequenceNumber: '1', approximateArrivalTimestamp: 1796000000.123, data: Buffer.from(data).toString('base64') },
  }],
})
const parse = (data) => KinesisDataStreamSchema.parse(event(data)).Records[0].kinesis.data
const kpl = Buffer.from('84mawgoGdXNlci0xGgsIABoHeyJuIjoxfQ==', 'base64')
const seen = {
  json: parse('{"n":1}'), gzipJson: parse(gzipSync('{"n":1}')), sequence: parse('49590338271490256608559692538361571095921575989136588898'),
  nothing: parse('null'), padded: parse('0123'), gzipText: parse(gzipSync('hello')), kpl: parse(kpl),
}
for (const [name, value] of Object.entries(seen)) console.log(name.padEnd(9), typeof value, JSON.stringify(value))
assert.deepEqual([seen.json, seen.gzipJson, seen.nothing, seen.padded], [{ n: 1 }, { n: 1 }, null, '0123'])
assert.equal(seen.sequence, 4.959033827149026e55)
assert.ok(seen.gzipText.includes('\ufffd') && !seen.gzipText.includes('hello'))
assert.ok(seen.kpl.includes('\ufffd') && !Buffer.from(seen.kpl).equals(kpl))
JS
timeout 50 node probe.mjs
