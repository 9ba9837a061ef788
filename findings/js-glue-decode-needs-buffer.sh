#!/usr/bin/env bash
# Package + version: @meinestadt.de/glue-schema-registry 4.0.0, fed as AWS SDK v3 delivers records; loopback stand-in for Glue
# Expected (guess): the decoder of a 2026 library built on SDK v3 takes the Uint8Array that SDK v3 puts in Record.Data; and encode()
#   with an empty options object behaves like encode() without options.
# Seen: decode() and analyzeMessage() of a Uint8Array raise "message.readInt8 is not a function" (a TypeError about the tool, not a
#   verdict on the record). encode(id, value) compresses (second byte 05) but encode(id, value, {}) does not (second byte 00).
# Why it matters to a Kinesis tool: "cannot decode" may mean the view type, so wrap Data with Buffer.from(buffer, offset, length)
#   first. And one producer can mix both compression bytes in one stream: decide record by record.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @meinestadt.de/glue-schema-registry@4.0.0 avsc@5.7.9 >/dev/null 2>&1
cat >probe.cjs <<'JS'
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
const assert = require('node:assert/strict')
const http = require('node:http')
const avro = require('avsc')
const { GlueSchemaRegistry } = require('@meinestadt.de/glue-schema-registry')
const schema = { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'long' }] }
const server = http.createServer((request, response) => {
  request.resume().on('end', () => { response.setHeader('content-type', 'application/x-amz-json-1.1'); response.end(JSON.stringify({ SchemaDefinition: JSON.stringify(schema), Status: 'AVAILABLE', DataFormat: 'AVRO' })) })
})
server.listen(0, '127.0.0.1', async () => {
  const registry = new GlueSchemaRegistry('example', { endpoint: `http://127.0.0.1:${server.address().port}`, region: 'us-east-1', credentials: { accessKeyId: 'example', secretAccessKey: 'example' } })
  const type = avro.Type.forSchema(schema)
  const id = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63'
  const bare = await registry.encode(id, { id: 5 })
  const empty = await registry.encode(id, { id: 5 }, {})
  const viaBuffer = await registry.decode(bare, type)
  const viaBytes = await registry.decode(new Uint8Array(bare), type).catch((error) => `${error.name}: ${error.message}`)
  const analysed = await registry.analyzeMessage(new Uint8Array(bare)).catch((error) => `${error.name}: ${error.message}`)
  console.log({ bare: bare.subarray(0, 2).toString('hex'), empty: empty.subarray(0, 2).toString('hex'), viaBuffer: { ...viaBuffer }, viaBytes, analysed })
  assert.deepEqual([bare[1], empty[1], viaBuffer.id], [5, 0, 5])
  assert.equal(viaBytes, 'TypeError: message.readInt8 is not a function')
  assert.equal(analysed, viaBytes)
  process.exit(0)
})
JS
timeout 50 node --no-warnings probe.cjs
