#!/usr/bin/env bash
# Package + version: ink 8.0.0 with react 19.3.1 (Node 22 or newer; node 26.10.0 is installed for it)
# Expected (guess): an arrow key whose bytes are parted by a slow link (ESC [ now, A a little later) is still an arrow, or at worst an
#   Escape key followed by text.
# Seen: useInput reports two typed characters, "[" and then a capital "A" flagged as shift, and no Escape. Left arrow becomes "[" and "D".
#   In one piece the same bytes are proper keys. The wait is 20 ms; a gap of 150 ms was used here.
# Why it matters to a Kinesis tool: over a laggy SSH session moving the cursor can press single-letter commands. Nothing destructive
#   may hang on a bare A, B, C, D, H or F, and a lone "[" is a sign to ignore what follows shortly after.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
build="node-$(node -p 'process.platform + "-" + process.arch')"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "n26@npm:$build@26.10.0" ink@8.0.0 react@19.3.1 >/dev/null 2>&1
cat >probe.mjs <<'JS'
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { render, Text, useInput } from 'ink'
import { createElement } from 'react'
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
stdout.resume()
const stdin = Object.assign(new PassThrough(), { isTTY: true })
for (const name of ['setRawMode', 'ref', 'unref']) stdin[name] = () => stdin
let keys = []
function App() {
  useInput((input, key) => keys.push([input, ...Object.keys(key).filter((flag) => key[flag] === true)].join('+')))
  return createElement(Text, null, 'ready')
}
const app = render(createElement(App), { stdout, stdin, interactive: true, exitOnCtrlC: false, patchConsole: false })
await pause(300)
async function type(...parts) {
  keys = []
  for (const part of parts) { stdin.write(part); await pause(150) }
  return keys
}
const seen = { whole: await type('\x1b[A'), partedUp: await type('\x1b[', 'A'), partedLeft: await type('\x1b[', 'D'), afterEsc: await type('\x1b', '[D') }
app.unmount()
console.log(JSON.stringify(seen))
assert.deepEqual(seen.whole, ['+upArrow'])
assert.deepEqual(seen.partedUp, ['[', 'A+shift'])
assert.deepEqual(seen.partedLeft, ['[', 'D+shift'])
assert.deepEqual(seen.afterEsc, ['+escape', '[D'])
process.exit(0)
JS
NODE_ENV=production timeout 50 node_modules/n26/bin/node probe.mjs 2>/dev/null
