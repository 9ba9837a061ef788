#!/usr/bin/env bash
# Package + version: json-bigint 1.0.0 (default and useNativeBigInt), compared with lossless-json 4.3.3
# Expected (guess): the library made for big integers prints a 56-digit sequence number or a 39-digit hash key back as digits, and
#   with useNativeBigInt it leaves ordinary decimals alone.
# Seen: String(), a template string and its own stringify() all give exponent form, 4.959...898e+55, which no Kinesis call accepts
#   (BigInt() refuses it too). With useNativeBigInt a perfectly ordinary epoch time with nine decimals in the same document is a
#   SyntaxError, as any number of more than 15 characters is handed to BigInt. lossless-json keeps both as written.
# Why it matters to a Kinesis tool: checkpoints and shard ranges dumped as JSON numbers survive parsing and are then spoiled on
#   the way out. The digits are still there, so a test that compares values passes and one that prints them fails.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund json-bigint@1.0.0 lossless-json@4.3.3 >/dev/null 2>&1
cat >probe.mjs <<'JS'
import assert from 'node:assert/strict'
import jsonBigint from 'json-bigint'
import * as lossless from 'lossless-json'
const text = '{"seq":49590338271490256608559692538361571095921575989136588898,"hash":340282366920938463463374607431768211455,"at":1796000000.123456789}'
const parsed = jsonBigint.parse(text)
const seen = { string: `${parsed.seq}`, stringify: jsonBigint.stringify(parsed), lossless: lossless.stringify(lossless.parse(text)) }
console.log(seen)
assert.equal(seen.string, '4.9590338271490256608559692538361571095921575989136588898e+55')
assert.ok(seen.stringify.includes('3.40282366920938463463374607431768211455e+38'))
assert.throws(() => BigInt(seen.string), SyntaxError)
assert.throws(() => jsonBigint({ useNativeBigInt: true }).parse(text), (error) => { console.log(error.message); return /Cannot convert 1796000000.123456789 to a BigInt/.test(error.message) })
assert.equal(seen.lossless, text)
JS
timeout 50 node probe.mjs
