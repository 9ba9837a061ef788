#!/usr/bin/env bash
# Package + version: DecompressionStream of Node 20.20.2 and Node 26.10.0 (npm packages node-<platform>-<arch>)
# Expected (guess): a web-standard gunzip behaves the same in both, and either joins the members or stops after the first.
# Seen: two gzip members back to back give the joined text on Node 20 and a TypeError "Trailing junk found after the end of the
#   compressed stream" on Node 26. On 26 the first member's text has already been delivered when the error comes.
#   zlib.gunzipSync still joins them on both.
# Why it matters to a Kinesis tool: the same record decodes on one machine and is "corrupt" on the next after a runtime update.
#   Appended gzip members are valid; use node:zlib for them.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
build="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "n20@npm:$build@20.20.2" "n26@npm:$build@26.10.0" >/dev/null 2>&1
cat >probe.mjs <<'JS'
import zlib from 'node:zlib'
const record = Buffer.concat([zlib.gzipSync('{"n":1}'), zlib.gzipSync('{"n":2}')])
let text = '', failure = ''
try {
  for await (const chunk of new Blob([record]).stream().pipeThrough(new DecompressionStream('gzip'))) text += Buffer.from(chunk).toString()
} catch (error) { failure = `${error.name}: ${error.message}` }
console.log(JSON.stringify({ version: process.version, text, failure, zlib: zlib.gunzipSync(record).toString() }))
JS
for runtime in n20 n26; do timeout 25 "node_modules/$runtime/bin/node" probe.mjs; done | tee seen.txt
node -e '
const assert = require("node:assert/strict")
const [old, recent] = require("node:fs").readFileSync("seen.txt", "utf8").trim().split("\n").map((line) => JSON.parse(line))
assert.deepEqual([old.version, old.text, old.failure], ["v20.20.2", "{\"n\":1}{\"n\":2}", ""])
assert.equal(recent.version, "v26.10.0")
assert.match(recent.failure, /^TypeError: Trailing junk/)
assert.equal(recent.text, "{\"n\":1}")
assert.equal(recent.zlib, old.zlib)
'
