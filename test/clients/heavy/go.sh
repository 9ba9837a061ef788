#!/usr/bin/env bash
# AWS's SDK for Go (aws-sdk-go-v2/service/kinesis 1.56.13), and kinesis-tailf and kinesis-cat v0.5.1 where a checkout of
# github.com/fujiwara/kinesis-tailf is named by TAILF_SOURCE. Needs Go 1.24; two to three minutes with nothing cached.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
say 'Go'
if [ -n "${SHARDSCOPE_CLIENTS_CACHE:-}" ]; then
  export GOPATH=$INSTALLED/go GOCACHE=$INSTALLED/go-build
else
  export GOPATH=$WORK/go GOCACHE=$WORK/go-build
fi
export GOFLAGS=-modcacherw
mkdir "$WORK/bin"
check 'build the walk' timeout 600 go build -C "$HEAVY/../go" -buildvcs=false -o "$WORK/bin/walk" . || conclude
check 'start the sandbox' start_sandbox || conclude
checks_of 'the walk' timeout --kill-after=10 120 "$WORK/bin/walk" "$SANDBOX"

# Tells the texts of a stream, a line each, in order.
lines_of() { console tail "$1" --from oldest --exit-at-tip --json 2>/dev/null | "$NODE" -e '
  const rows = require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean).map(JSON.parse)
  for (const row of rows) process.stdout.write(Buffer.from(row.data, "base64").toString())'; }

export AWS_ENDPOINT_URL_KINESIS=$SANDBOX

cat_writes() {
  "$WORK/bin/kinesis-cat" -stream lines -lf "$WORK/lines" || return 1
  diff <(lines_of lines | sort) <(sort "$WORK/lines") && [ "$(wc -l <"$WORK/lines")" = 200 ]
}

# An aggregate as the KPL's format has it, of three user records: hello-one, hello-two, hello-three.
aggregate() {
  "$NODE" -e '
    const { createHash } = require("node:crypto")
    const field = (tag, body) => Buffer.concat([Buffer.from([tag, body.length]), body])
    const records = ["hello-one\n", "hello-two\n", "hello-three\n"].map(text =>
      field(0x1a, Buffer.concat([Buffer.from([0x08, 0]), field(0x1a, Buffer.from(text))])))
    const body = Buffer.concat([field(0x0a, Buffer.from("a")), ...records])
    process.stdout.write(Buffer.concat([Buffer.from("f3899ac2", "hex"), body, createHash("md5").update(body).digest()]))'
}

tailf_reads() {
  local since
  since=$(date -u -d '1 hour ago' '+%Y-%m-%d %H:%M:%S')
  aggregate | console put lines - --partition-key a >/dev/null 2>&1 || return 1
  { cat "$WORK/lines"; printf 'hello-one\nhello-two\nhello-three\n'; } | sort >"$WORK/wanted"
  TZ=UTC timeout --kill-after=5 60 "$WORK/bin/kinesis-tailf" -stream lines -start "$since" >"$WORK/tailed" 2>"$WORK/tailf.err" &
  local reader=$!
  children+=("$reader")
  until_true 30 eval 'sort "$WORK/tailed" | cmp -s - "$WORK/wanted"' || { diff <(sort "$WORK/tailed") "$WORK/wanted" | head; cat "$WORK/tailf.err"; return 1; }
  # What comes while it reads.
  printf 'late\n' | "$WORK/bin/kinesis-cat" -stream lines -lf || return 1
  until_true 20 grep -qx late "$WORK/tailed" || return 1
  kill "$reader"
}

if [ -n "${TAILF_SOURCE:-}" ]; then
  seq -f 'line %03g' 200 >"$WORK/lines"
  check 'build kinesis-tailf and kinesis-cat' timeout 600 go build -C "$TAILF_SOURCE" -buildvcs=false -o "$WORK/bin/" ./cmd/... || conclude
  console create lines --shards 2 >/dev/null 2>"$WORK/create.err" || cat "$WORK/create.err"
  check 'kinesis-cat writes 200 lines' cat_writes
  check 'kinesis-tailf reads them, an aggregate, and what comes' tailf_reads
else
  skip 'kinesis-tailf and kinesis-cat (TAILF_SOURCE names a checkout of github.com/fujiwara/kinesis-tailf)'
fi
conclude
