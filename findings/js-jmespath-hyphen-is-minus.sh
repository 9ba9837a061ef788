#!/usr/bin/env bash
# Package + version: @jmespath-community/jmespath 1.3.0, jmespath 0.16.0, @aws-lambda-powertools/jmespath 2.36.0
# Expected (guess): the unquoted path  detail-type  (EventBridge field) is a syntax error in every JMESPath library, so a filter box
#   can check the text once, when it is typed, and tell the user to write "detail-type" with quotes.
# Seen: the community library has arithmetic and takes it as  detail minus type.  Compiling succeeds. Against a record it raises
#   "not-a-number" for an ordinary event, and gives a number (9 - 4 = 5) when a record happens to have numeric "detail" and "type",
#   whatever its "detail-type" says. The other two libraries refuse the text itself.
# Why it matters to a Kinesis tool: hyphens are common (detail-type, record-type of DMS, x-request-id). With this library a bad filter
#   passes the check and then fails, or matches the wrong thing, record by record in the middle of a tail.
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
const attempt = (run) => { try { return { value: run() ?? null } } catch (error) { return { error: error.message } } }
const event = { 'detail-type': 'Order Placed', source: 'shop', detail: { id: 7 } }
const numeric = { 'detail-type': 'Order Placed', detail: 9, type: 4 }
const seen = {
  communityCompiles: Boolean(community.compile('detail-type')),
  community: attempt(() => community.search(event, 'detail-type')),
  communityFilter: attempt(() => community.search([event], "[?detail-type == 'Order Placed'].source")),
  communityNumeric: attempt(() => community.search(numeric, 'detail-type')),
  communityQuoted: attempt(() => community.search(event, '"detail-type"')),
  classic: attempt(() => classic.search(event, 'detail-type')),
  powertools: attempt(() => powertools('detail-type', event)),
}
console.log(seen)
assert.equal(seen.communityNumeric.value, 5)
assert.equal(seen.communityQuoted.value, 'Order Placed')
assert.ok(seen.classic.error && seen.powertools.error)
assert.equal(seen.communityCompiles, true)
assert.deepEqual([seen.community, seen.communityFilter], [{ error: 'not-a-number' }, { error: 'not-a-number' }])
assert.throws(() => classic.compile('detail-type'))
JS
timeout 50 node probe.mjs
