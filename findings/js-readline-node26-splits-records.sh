#!/usr/bin/env bash
# Package + version: node:readline of Node 20.20.2 and Node 26.10.0 (npm packages node-<platform>-<arch>)
# Expected (guess): readline over newline-delimited JSON yields one line per record, whatever the payload text; both runtimes agree.
# Seen: Node 26 also breaks lines at U+2028 (and U+2029), which JSON.stringify writes unescaped. 3 records give 3 lines on Node 20 and
#   4 on Node 26, two of them halves that do not parse.
# Why it matters to a Kinesis tool: "tail --json | node script" is the standard way to consume a tail, and chat or CMS text holds
#   these characters. The producer of the lines should write them as backslash-u escapes; the JSON stays equal.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
build="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "n20@npm:$build@20.20.2" "n26@npm:$build@26.10.0" >/dev/null 2>&1
cat >probe.mjs <<'JS'
import readline from 'node:readline'
import { Readable } from 'node:stream'
const records = [{ seq: '1', data: 'a' }, { seq: '2', data: 'two\u2028lines' }, { seq: '3', data: 'c' }]
const count = async (text) => {
  const out = { lines: 0, broken: 0 }
  for await (const line of readline.createInterface({ input: Readable.from([Buffer.from(text)]) })) {
    out.lines += 1
    try { JSON.parse(line) } catch { out.broken += 1 }
  }
  return out
}
const plain = records.map((r) => `${JSON.stringify(r)}\n`).join('')
const escaped = plain.replaceAll('\u2028', '\\u2028')
console.log(JSON.stringify({ version: process.version, plain: await count(plain), escaped: await count(escaped) }))
JS
for runtime in n20 n26; do timeout 25 "node_modules/$runtime/bin/node" probe.mjs; done | tee seen.txt
node -e '
const assert = require("node:assert/strict")
const [old, recent] = require("node:fs").readFileSync("seen.txt", "utf8").trim().split("\n").map((line) => JSON.parse(line))
assert.deepEqual(old, { version: "v20.20.2", plain: { lines: 3, broken: 0 }, escaped: { lines: 3, broken: 0 } })
assert.deepEqual(recent, { version: "v26.10.0", plain: { lines: 4, broken: 2 }, escaped: { lines: 3, broken: 0 } })
'
