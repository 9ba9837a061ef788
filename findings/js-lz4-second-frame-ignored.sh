#!/usr/bin/env bash
# Package + version: lz4js 0.2.0 and lz4-napi 2.10.0
# Expected (guess): two LZ4 frames back to back (allowed by the LZ4 frame format, as with gzip members) decode to both texts or
#   raise an error; the pure JS one may be weak, the native one is right.
# Seen: both return the first frame only and say nothing about the rest. Both also cannot read each other's default output:
#   lz4-napi's plain compress() is a bare block with a 4-byte length, which lz4js refuses ("invalid magic number").
# Why it matters to a Kinesis tool: producers that buffer and append frames lose every record after the first in the viewer.
#   "lz4" in a producer's settings names two formats; only one has a magic number to sniff.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund lz4js@0.2.0 lz4-napi@2.10.0 >/dev/null 2>&1
cat >probe.cjs <<'JS'
const assert = require('node:assert/strict')
const js = require('lz4js')
const native = require('lz4-napi')
const first = Buffer.from('{"n":1}'.repeat(30)), second = Buffer.from('{"n":2}'.repeat(30))
const joined = Buffer.concat([first, second].map((part) => native.compressFrameSync(part)))
const byJs = Buffer.from(js.decompress(joined)), byNative = Buffer.from(native.decompressFrameSync(joined))
console.log(`two frames of ${first.length} + ${second.length} bytes: lz4js gives ${byJs.length}, lz4-napi gives ${byNative.length}`)
assert.ok(byJs.equals(first))
assert.ok(byNative.equals(first))
const bare = native.compressSync(first)
console.log('compress() of lz4-napi starts', bare.subarray(0, 8).toString('hex'))
assert.equal(bare.readUInt32LE(0), first.length)
assert.throws(() => js.decompress(bare), /invalid magic number/)
JS
timeout 50 node probe.cjs
