#!/usr/bin/env bash
# Package + version: vitest 5.1.2 with vite 8.4.0 (run on node 26.10.0)
# Expected (guess): expect(bufferOfRecordA).toEqual(bufferOfRecordB) fails when the bytes differ, for ArrayBuffer and DataView as it does
#   for Uint8Array.
# Seen: toEqual passes for any two ArrayBuffers and any two DataViews, whatever they hold and however long they are. toStrictEqual
#   does compare ArrayBuffers. In the other direction toEqual fails for a Buffer against a Uint8Array of the same bytes.
# Why it matters to a Kinesis tool: payload tests that compare ".buffer" of a record, or what came out of a decompressor or a worker,
#   cannot fail. Compare Uint8Arrays, or hex.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
build="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "n26@npm:$build@26.10.0" vitest@5.1.2 vite@8.4.0 >/dev/null 2>&1
cat >payload.test.mjs <<'JS'
import { expect, test } from 'vitest'
const bytes = (...values) => new Uint8Array(values)
test('what vitest calls equal', () => {
  const passes = (run) => { try { run(); return true } catch { return false } }
  const seen = {
    arrayBuffers: passes(() => expect(bytes(1, 2, 3).buffer).toEqual(bytes(9, 9, 9).buffer)),
    arrayBuffersOfOtherLength: passes(() => expect(bytes(1).buffer).toEqual(bytes(1, 2, 3).buffer)),
    dataViews: passes(() => expect(new DataView(bytes(1).buffer)).toEqual(new DataView(bytes(2).buffer))),
    strictArrayBuffers: passes(() => expect(bytes(1, 2, 3).buffer).toStrictEqual(bytes(9, 9, 9).buffer)),
    typedArrays: passes(() => expect(bytes(1)).toEqual(bytes(2))),
    bufferAndUint8Array: passes(() => expect(Buffer.from([1])).toEqual(bytes(1))),
  }
  console.log(JSON.stringify(seen))
  expect(seen).toEqual({ arrayBuffers: true, arrayBuffersOfOtherLength: true, dataViews: true, strictArrayBuffers: false, typedArrays: false, bufferAndUint8Array: false })
})
JS
timeout 55 node_modules/n26/bin/node node_modules/vitest/vitest.mjs run --reporter=default 2>&1 | grep -v '^$'
