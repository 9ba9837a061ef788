#!/usr/bin/env bash
# Package + version: async-kinesis 3.0.1 (kinesis.testing), moto 5.2.5 as server, boto3 1.43.117
# Expected (guess): the in-memory stream, documented as routing keys by MD5 as real Kinesis does, puts a key on the shard that the same
#   number of equal shards would.
# Seen: it takes MD5 modulo the number of shards, that is the LAST bits of the hash; Kinesis divides the range, that is the first bits.
#   Of 400 keys over 4 shards 107 land on the shard of the same number: pure chance. Sequence numbers are 20 digits
#   and restart at 1 in each shard.
# Why it matters to a Kinesis tool: tests of "these two keys share a shard", of ordering across keys, or of a key that must be on a
#   given shard pass here and fail in production (or the reverse). Work the shard out from HashKeyRange.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5' boto3==1.43.117 botocore==1.43.117 aiobotocore==3.10.0 async-kinesis==3.0.1
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
import asyncio, logging, os
logging.disable(logging.CRITICAL)
os.environ.update(AWS_ACCESS_KEY_ID="example", AWS_SECRET_ACCESS_KEY="example", AWS_DEFAULT_REGION="us-east-1")

from kinesis.testing import MemoryStream
kinesis.create_stream(StreamName="orders", ShardCount=4)
memory = MemoryStream("orders", shard_count=4)
keys = [f"user-{n}" for n in range(400)]
answer = kinesis.put_records(StreamName="orders", Records=[{"PartitionKey": k, "Data": b"x"} for k in keys])["Records"]
ranges = [int(r["ShardId"][-12:]) for r in answer]
mock = []
for key in keys:
    before = [s.record_count for s in memory.shards]
    sequence = memory.put(b"x", key)
    mock.append(next(n for n, s in enumerate(memory.shards) if s.record_count > before[n]))
same = sum(a == b for a, b in zip(ranges, mock))
print("400 keys, 4 shards: same shard for", same, "; user-0 to user-7 by range", ranges[:8], "by the mock", mock[:8], "; last sequence number", sequence)
import hashlib
numbers = [int(hashlib.md5(k.encode()).hexdigest(), 16) for k in keys]
assert mock == [n % 4 for n in numbers] and ranges == [n >> 126 for n in numbers]
assert same == 107 and len(sequence) == 20
server.stop()
PY
