#!/usr/bin/env bash
# Package + version: cbor-x 1.6.9 and msgpackr 2.1.4, compared with cbor 10.0.12 and @smithy/core 3.41.1
# Expected (guess): an integer below 2^53, such as a time in milliseconds, arrives as a JavaScript number; and the epoch-time tag
#   Kinesis uses in its CBOR answers (tag 1 around 64-bit milliseconds) gives some Date.
# Seen: cbor-x and msgpackr return a BigInt whenever the ENCODER chose 8 bytes, even for 5, so JSON.stringify of the decoded record
#   throws and === comparisons fail; around tag 1 cbor-x throws "Cannot mix BigInt and other types". cbor and @smithy/core give
#   numbers for the bare value; for the tag, cbor gives the year 58882 and @smithy/core an undecoded {tag, value}.
#   JavaScript writers hide it: cbor-x and msgpackr encode such times as floats themselves.
# Why it matters to a Kinesis tool: payloads from Java, Go or Rust producers hold 8-byte integers all the time. A viewer tested
#   with its own encoder's output fails, or changes types, on theirs.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cbor-x@1.6.9 msgpackr@2.1.4 cbor@10.0.12 @smithy/core@3.41.1 >/dev/null 2>&1
cat >probe.mjs <<'JS'
import assert from 'node:assert/strict'
import { cbor as smithy } from '@smithy/core/cbor'
import cbor from 'cbor'
import * as cborX from 'cbor-x'
import { pack, unpack } from 'msgpackr'
const eightBytes = (value) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(value); return b }
const millis = 1796000000123n
const bare = Buffer.concat([Buffer.from('a161741b', 'hex'), eightBytes(millis)])
const five = Buffer.concat([Buffer.from('a161741b', 'hex'), eightBytes(5n)])
const tagged = Buffer.concat([Buffer.from('a16174c11b', 'hex'), eightBytes(millis)])
const packed = Buffer.concat([Buffer.from('81a174cf', 'hex'), eightBytes(millis)])
const seen = {
  cborX: cborX.decode(bare).t, cborXFive: cborX.decode(five).t, msgpackr: unpack(packed).t,
  cbor: cbor.decodeFirstSync(bare).t, smithy: smithy.deserialize(bare).t,
  taggedCbor: cbor.decodeFirstSync(tagged).t.toISOString(), taggedSmithy: smithy.deserialize(tagged).t.tag,
  ownRoundTrip: [typeof cborX.decode(cborX.encode(Number(millis))), typeof unpack(pack(Number(millis)))],
}
console.log(seen)
assert.equal(seen.cborX, millis); assert.equal(seen.cborXFive, 5n); assert.equal(seen.msgpackr, millis)
assert.equal(seen.cbor, Number(millis)); assert.equal(seen.smithy, Number(millis))
assert.throws(() => JSON.stringify(cborX.decode(bare)), /BigInt/)
assert.throws(() => cborX.decode(tagged), /Cannot mix BigInt/)
assert.match(seen.taggedCbor, /^\+058882/); assert.equal(seen.taggedSmithy, 1)
assert.deepEqual(seen.ownRoundTrip, ['number', 'number'])
JS
timeout 50 node probe.mjs
