#!/usr/bin/env bash
# Package + version: lifion-aws-event-stream 1.0.7 (Parser), frames encoded with @smithy/core 3.41.1
# Expected (guess): a streaming parser of SubscribeToShard frames does not care how TCP cut the bytes: 4 frames in, 4 events out.
# Seen: one frame per chunk gives 4 events; all 4 frames in one chunk give 1 event, and the other three stay in the buffer, also
#   after end(), without an error. Equal-sized frames arriving two by two lose half of them silently.
# Why it matters to a Kinesis tool: small, close events travel in one segment exactly when traffic is high. An emulator's
#   one-write-per-frame habit hides it; test event-stream readers with merged and with split chunks.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund lifion-aws-event-stream@1.0.7 @smithy/core@3.41.1 >/dev/null 2>&1
cat >probe.mjs <<'JS'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import lifion from 'lifion-aws-event-stream'
import { EventStreamCodec } from '@smithy/core/event-streams'
import { fromUtf8, toUtf8 } from '@smithy/core/serde'

const codec = new EventStreamCodec(toUtf8, fromUtf8)
const text = (value) => ({ type: 'string', value })
const frame = (n) =>
  Buffer.from(codec.encode({
    headers: { ':message-type': text('event'), ':event-type': text('SubscribeToShardEvent'), ':content-type': text('application/json') },
    body: fromUtf8(JSON.stringify({ n, Records: [], MillisBehindLatest: 0 })),
  }))
const frames = [1, 2, 3, 4].map(frame)

async function read(chunks) {
  const parser = new lifion.Parser()
  const seen = []
  parser.on('data', (event) => seen.push(event.payload.n))
  parser.on('error', (error) => seen.push(error.message))
  for (const chunk of chunks) parser.write(chunk)
  parser.end()
  await once(parser, 'end')
  return seen
}

const single = await read(frames)
const merged = await read([Buffer.concat(frames)])
const pairs = await read([Buffer.concat(frames.slice(0, 2)), Buffer.concat(frames.slice(2))])
console.log('one frame a chunk', single, '| four in one chunk', merged, '| two and two', pairs)
assert.deepEqual(single, [1, 2, 3, 4])
assert.deepEqual(merged, [1])
assert.deepEqual(pairs, [1, 2])
JS
timeout 50 node probe.mjs
