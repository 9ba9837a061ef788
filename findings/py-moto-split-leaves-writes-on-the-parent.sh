#!/usr/bin/env bash
# Package + version: moto 5.2.5 (server), boto3 1.44.8
# Expected (guess): after SplitShard the parent is closed and keeps its records as they were, new records go to the two children, and
#   OpenShardCount says 2.
# Seen: ShardIds and EndingSequenceNumber look right, but nothing else: new puts still land on the closed parent (the first shard
#   whose range fits), the children stay empty for ever, DescribeStreamSummary still says OpenShardCount 1, and the three old
#   records were written again with the arrival time of the split, 1.2 s after they arrived. The parent's EndingSequenceNumber then
#   stops being the end: it grows with each put, and GetRecords keeps giving a next iterator.
# Why it matters to a Kinesis tool: a reader that drains the parent and moves on to the children never finishes the parent and never
#   sees a record in a child; a count of open shards from the summary and one from ListShards disagree. Split tests need another server.
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
for number in range(3):
    kinesis.put_record(StreamName="orders", PartitionKey=f"key-{number}", Data=b"old")
def read(shard):
    place = kinesis.get_shard_iterator(StreamName="orders", ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    answer = kinesis.get_records(ShardIterator=place)
    return answer["Records"], answer.get("NextShardIterator")
parent, low, high = (f"shardId-00000000000{n}" for n in range(3))
before = [r["ApproximateArrivalTimestamp"] for r in read(parent)[0]]
time.sleep(1.2)
kinesis.split_shard(StreamName="orders", ShardToSplit=parent, NewStartingHashKey=str(2**127))
after = [r["ApproximateArrivalTimestamp"] for r in read(parent)[0]]
moved = [(b - a).total_seconds() for a, b in zip(before, after)]
shards = {s["ShardId"]: s for s in kinesis.list_shards(StreamName="orders")["Shards"]}
count = kinesis.describe_stream_summary(StreamName="orders")["StreamDescriptionSummary"]["OpenShardCount"]
open_now = sum("EndingSequenceNumber" not in s["SequenceNumberRange"] for s in shards.values())
print("arrival times moved by", moved, "s; OpenShardCount", count, "against", open_now, "open in ListShards")
assert len(moved) == 3 and all(m >= 1.2 for m in moved) and (count, open_now) == (1, 2)
end_before = shards[parent]["SequenceNumberRange"]["EndingSequenceNumber"]
landed = {kinesis.put_record(StreamName="orders", PartitionKey=f"new-{n}", Data=b"new")["ShardId"] for n in range(20)}
end_after = kinesis.list_shards(StreamName="orders")["Shards"][0]["SequenceNumberRange"]["EndingSequenceNumber"]
print("20 new records landed on", landed, "; children hold", [len(read(s)[0]) for s in (low, high)], "; end of the closed parent", end_before, "->", end_after)
assert landed == {parent} and [len(read(s)[0]) for s in (low, high)] == [0, 0] and (end_before, end_after) == ("3", "23")
assert read(parent)[1] is not None
server.stop()
PY
