#!/usr/bin/env bash
# Package + version: yargs 18.2.0
# Expected (guess): a lone "-" as the value of a string option or positional arrives as "-", the usual word for standard input
#   (and a valid partition key); an empty value for a number option is refused or NaN.
# Seen: both the option (--data -) and the positional arrive as "" (an array option arrives empty), without an error even under strict(); only
#   --data=- gives "-". And
#   --limit "" (an unset shell variable in quotes) arrives as the number 0. Values such as 0x10, 1e3 or 000000000012, which one
#   would worry about, stay the text they are.
# Why it matters to a Kinesis tool: "put --data -" would write an empty record, "--key -" would route by the MD5 of nothing, and
#   "--limit $UNSET" means zero instead of the default. Both need an explicit check after parsing.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund yargs@18.2.0 >/dev/null 2>&1
cat >probe.mjs <<'JS'
import assert from 'node:assert/strict'
import yargs from 'yargs'
const parse = (...words) =>
  yargs(['put', ...words]).exitProcess(false).strict().fail((message, error) => { throw error ?? new Error(message) })
    .command('put [stream]', '', (command) =>
      command.positional('stream', { type: 'string' }).option('data', { type: 'string' }).option('keys', { type: 'string', array: true }).option('limit', { type: 'number' }))
    .parse()
const seen = {
  option: (await parse('--data', '-')).data, withEquals: (await parse('--data=-')).data, positional: (await parse('-')).stream,
  array: (await parse('--keys', '-')).keys, emptyNumber: (await parse('--limit', '')).limit,
  hex: (await parse('--data', '0x10')).data, padded: (await parse('000000000012')).stream,
}
console.log(seen)
assert.deepEqual(seen, { option: '', withEquals: '-', positional: '', array: [], emptyNumber: 0, hex: '0x10', padded: '000000000012' })
JS
timeout 50 node probe.mjs
