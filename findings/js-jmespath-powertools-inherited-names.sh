#!/usr/bin/env bash
# Package + version: @aws-lambda-powertools/jmespath 2.36.0
# Expected (guess): search('constructor', document) gives the member of that name, or null where there is none.
# Seen: the parser keeps what it has read in a plain object under the expression's own text, so the expression  constructor
#   (also toString, valueOf, hasOwnProperty) finds an inherited function in that cache and fails with "search is not a function".
#   With a blank in front it is parsed; then the field of a document without that member is the inherited function, not null.
# Why it matters to a Kinesis tool: a filter is typed by users and payloads are foreign. A filter on a field of such a name either
#   breaks the tail or matches every record.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @aws-lambda-powertools/jmespath@2.36.0 >/dev/null 2>&1
cat >probe.mjs <<'JS'
import assert from 'node:assert/strict'
import { search } from '@aws-lambda-powertools/jmespath'
const attempt = (run) => { try { return { value: run() } } catch (error) { return { error: error.message } } }
const seen = {
  cached: attempt(() => search('constructor', { constructor: 1 })),
  padded: attempt(() => search(' constructor', { constructor: 1 })),
  absent: attempt(() => typeof search(' toString', { a: 1 })),
}
console.log(seen)
assert.ok(seen.cached.error?.includes('is not a function'))
assert.equal(seen.padded.value, 1)
assert.equal(seen.absent.value, 'function')
JS
timeout 50 node probe.mjs
