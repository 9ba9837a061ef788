#!/usr/bin/env bash
# Package + version: moto 5.2.5 (server), boto3 1.44.8
# Expected (guess): ExclusiveStartTagKey is exclusive: the next page of ListTagsForStream starts after that tag.
# Seen: it is inclusive. With 4 tags and Limit 2 the three pages give t0 t1, t1 t2, t2 t3 (six rows), and with Limit 1 the same tag
#   comes back with HasMoreTags true however often one asks: the usual loop never ends (this script stops it after 10 calls).
# Why it matters to a Kinesis tool: a loop "while HasMoreTags, start after the last key" must stop when a page brings nothing new, and
#   must collect tags by key. Limit 1 is not exotic: it is what a probe for "has any tag" sends.
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
kinesis.create_stream(StreamName="orders", ShardCount=1)
kinesis.add_tags_to_stream(StreamName="orders", Tags={f"t{n}": "v" for n in range(4)})
def walk(limit):
    seen, start = [], {}
    for calls in range(1, 11):
        page = kinesis.list_tags_for_stream(StreamName="orders", Limit=limit, **start)
        seen += [t["Key"] for t in page["Tags"]]
        if not page["HasMoreTags"]:
            return seen, "ended"
        start = {"ExclusiveStartTagKey": seen[-1]}
    return seen, "still HasMoreTags after 10 calls"
print("Limit 2:", walk(2))
print("Limit 1:", walk(1))
assert walk(2) == (["t0", "t1", "t1", "t2", "t2", "t3"], "ended")
assert walk(1) == (["t0"] * 10, "still HasMoreTags after 10 calls")
server.stop()
PY
