#!/usr/bin/env bash
# Package + version: moto 5.2.5 (server), boto3 1.44.8
# Expected (guess): StreamNames and StreamSummaries describe the same page of streams, and the paginator walks all of them.
# Seen: with 25 streams every answer holds 10 names and all 25 summaries, HasMoreStreams true and no NextToken. boto3's paginator
#   needs NextToken, so it stops after one page without an error: 10 names and 25 summaries. Walking by ExclusiveStartStreamName
#   does give the 25 names, but repeats all 25 summaries on each of the three pages: 75 rows.
# Why it matters to a Kinesis tool: counting streams by names and by summaries gives 10, 25 or 75 for the same account. Loop on
#   HasMoreStreams with NextToken or else ExclusiveStartStreamName, and collect summaries by name, not by position or count.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5' boto3==1.44.8 botocore==1.44.8
"$dir/venv/bin/python" - 2>"$dir/err" <<'PY' || { tail -5 "$dir/err"; exit 1; }
import logging
import boto3
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
options = dict(endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", aws_access_key_id="example", aws_secret_access_key="example")
kinesis = boto3.client("kinesis", **options)
for number in range(25):
    kinesis.create_stream(StreamName=f"stream-{number:02}", ShardCount=1)
first = kinesis.list_streams()
print("one call:", len(first["StreamNames"]), "names,", len(first["StreamSummaries"]), "summaries, more:", first["HasMoreStreams"], "token:", first.get("NextToken"))
assert (len(first["StreamNames"]), len(first["StreamSummaries"]), first["HasMoreStreams"], first.get("NextToken")) == (10, 25, True, None)
whole = kinesis.get_paginator("list_streams").paginate().build_full_result()
print("paginator:", len(whole["StreamNames"]), "names,", len(whole["StreamSummaries"]), "summaries")
assert (len(whole["StreamNames"]), len(whole["StreamSummaries"])) == (10, 25)
names, summaries, more = list(first["StreamNames"]), list(first["StreamSummaries"]), first["HasMoreStreams"]
for _ in range(5):
    if not more:
        break
    page = kinesis.list_streams(ExclusiveStartStreamName=names[-1])
    names += page["StreamNames"]; summaries += page["StreamSummaries"]; more = page["HasMoreStreams"]
print("by last name:", len(names), "names,", len(summaries), "summaries,", len({s["StreamName"] for s in summaries}), "different")
assert (len(names), len(summaries), more) == (25, 75, False)
server.stop()
PY
