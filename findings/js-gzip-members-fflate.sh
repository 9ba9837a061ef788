#!/usr/bin/env bash
# Package + version: fflate 0.8.3, compared with pako 3.0.3 and node:zlib
# Expected (guess): gunzipSync of two gzip members back to back (valid by RFC 1952, made by appending log shippers) returns both
#   texts, or at least the whole first one, or throws.
# Seen: fflate returns a PIECE of the first member, cut to the length of the LAST member, without an error: it trusts the size
#   field in the final 4 bytes for the whole file. 35 + 7 bytes in, 7 bytes out. With equal-sized members the loss looks like a
#   clean first half. fflate's own streaming Gunzip, pako and node:zlib return all 42 bytes.
# Why it matters to a Kinesis tool: such records shown through the one-call API lose data with no sign of it, and the piece may
#   even be valid JSON. Decode with a member loop and compare the consumed length.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund fflate@0.8.3 pako@3.0.3 >/dev/null 2>&1
cat >probe.mjs <<'JS'
import assert from 'node:assert/strict'
import zlib from 'node:zlib'
import { Gunzip, gunzipSync } from 'fflate'
import { ungzip } from 'pako'
const first = '{"n":1}'.repeat(5), second = '{"n":2}'
const record = Buffer.concat([zlib.gzipSync(first), zlib.gzipSync(second)])
const text = (bytes) => Buffer.from(bytes).toString()
const streamed = []
new Gunzip((chunk) => streamed.push(Buffer.from(chunk))).push(record, true)
const seen = { zlib: text(zlib.gunzipSync(record)), pako: text(ungzip(record)), fflateStream: text(Buffer.concat(streamed)), fflateSync: text(gunzipSync(record)) }
console.log(seen)
assert.equal(seen.zlib, first + second)
assert.equal(seen.pako, first + second)
assert.equal(seen.fflateStream, first + second)
assert.equal(seen.fflateSync, first.slice(0, second.length))
JS
timeout 50 node probe.mjs
