#!/usr/bin/env bash
# Package + version: moto 5.2.5 (server), boto3 1.44.8
# Expected (guess): PutRecords appends, so a batch of 500 takes as long into a full shard as into an empty one; reading is what slows.
# Seen: the other way round. At about 30,000 records a batch of 500 takes over 4 times as long as at the start (6 to 8 times when
#   measured alone): each single record copies the list of all sequence numbers of its shard to find the last one. Filling a shard
#   therefore takes quadratic time, and a million records are out of reach. Reading 10 records from the start of the same shard stays
#   faster than one put batch.
# Why it matters to a Kinesis tool: a load test against moto measures moto. Seed many shards with few records each, keep a shard under
#   some thousand records, and do not read a falling write rate as throttling.
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
import time
kinesis.create_stream(StreamName="orders", ShardCount=1)
batch = [{"PartitionKey": "k", "Data": b"x" * 50}] * 500
def best(repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        kinesis.put_records(StreamName="orders", Records=batch)
        times.append(time.perf_counter() - start)
    return min(times)
best(2)
empty = best(3)
for _ in range(55):
    kinesis.put_records(StreamName="orders", Records=batch)
full = best(3)
place = kinesis.get_shard_iterator(StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
start = time.perf_counter()
assert len(kinesis.get_records(ShardIterator=place, Limit=10)["Records"]) == 10
reading = time.perf_counter() - start
print(f"best of 3 batches of 500: {empty * 1000:.0f} ms at 1,000 records, {full * 1000:.0f} ms at 30,000, ratio {full / empty:.1f}; reading 10 records {reading * 1000:.0f} ms")
assert full / empty > 3 and reading < full
server.stop()
PY
