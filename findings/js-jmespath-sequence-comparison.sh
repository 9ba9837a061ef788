#!/usr/bin/env bash
# Package + version: jmespath 0.16.0, @jmespath-community/jmespath 1.3.0, @aws-lambda-powertools/jmespath 2.36.0
# Expected (guess): [?SequenceNumber > 'X'] either compares the strings in all three libraries or is refused in all three.
# Seen: jmespath 0.16.0 compares them letter by letter (so '9' > '10' and a 56-digit number is "less" than '5'), the other two
#   treat any string comparison as not true and return an empty list. to_number() does not help in any: neighbouring sequence
#   numbers become the same float.
# Why it matters to a Kinesis tool: "everything after this sequence number" cannot be written in JMESPath. The same filter text
#   gives wrong rows in one tool and no rows, without an error, in the next. Sequence filters need their own big-integer operator.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @jmespath-community/jmespath@1.3.0 jmespath@0.16.0 @aws-lambda-powertools/jmespath@2.36.0 >/dev/null 2>&1
cat >probe.mjs <<'JS'
import assert from 'node:assert/strict'
import * as community from '@jmespath-community/jmespath'
import { search as powertools } from '@aws-lambda-powertools/jmespath'
import classic from 'jmespath'
// two real-shaped neighbours (56 digits) and one short number as an emulator with plain counters gives
const page = { Records: ['49590338271490256608559692538361571095921575989136588898', '49590338271490256608559692538361571095921575989136588899', '5'].map((SequenceNumber) => ({ SequenceNumber })) }
const engines = { classic: (q) => classic.search(page, q), community: (q) => community.search(page, q), powertools: (q) => powertools(q, page) }
const after = "Records[?SequenceNumber > '49590338271490256608559692538361571095921575989136588898'].SequenceNumber"
const same = 'to_number(Records[0].SequenceNumber) == to_number(Records[1].SequenceNumber)'
const seen = {}
for (const [name, run] of Object.entries(engines)) seen[name] = { after: run(after), neighboursEqual: run(same) }
console.log(JSON.stringify(seen, null, 1))
assert.deepEqual(seen.classic.after, ['49590338271490256608559692538361571095921575989136588899', '5'])
assert.deepEqual(seen.community.after, [])
assert.deepEqual(seen.powertools.after, [])
for (const name of Object.keys(engines)) assert.equal(seen[name].neighboursEqual, true)
JS
timeout 50 node probe.mjs
