#!/usr/bin/env bash
# Package + version: moto 5.2.5 (server), boto3 1.44.8
# Expected (guess): one size rule for both calls: a record above 1 MiB is refused by PutRecord and by PutRecords alike, and since
#   October 2025 a PutRecords request may hold 10 MiB.
# Seen: PutRecord has no size rule: it stores 3 MiB, and 9 MiB. PutRecords refuses a record above 1,048,576 bytes and a request above
#   5,242,880 bytes (the limit before 2025). Its sum counts the characters of the partition key, not its bytes. GetRecords has no cap
#   either: it hands over all 12,000 records of a shard in one answer (AWS: 10,000 records or 10 MiB).
# Why it matters to a Kinesis tool: batching code tuned to 10 MiB fails here although each record passes alone, so "retry them one by
#   one" hides the cause; and a reader tested here meets pages larger than the service will ever send, or smaller memory than it needs.
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
import botocore.exceptions
kinesis.create_stream(StreamName="orders", ShardCount=1)
def refused(call):
    try:
        call()
        return None
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Message"]
MIB = 1 << 20
single = {n: refused(lambda: kinesis.put_record(StreamName="orders", PartitionKey="k", Data=b"x" * (n * MIB))) for n in (1, 3, 9)}
print("PutRecord of 1, 3 and 9 MiB, refused:", single)
assert single == {1: None, 3: None, 9: None}
record = refused(lambda: kinesis.put_records(StreamName="orders", Records=[{"PartitionKey": "k", "Data": b"x" * (MIB + 1)}]))
batch = refused(lambda: kinesis.put_records(StreamName="orders", Records=[{"PartitionKey": "k", "Data": b"x" * (900 << 10)}] * 6))
print("PutRecords with one record of 1 MiB + 1:", record)
print("PutRecords with 6 x 900 KiB:", batch)
assert "1048576" in record and "5 MB" in batch
fits = [{"PartitionKey": "\N{GRINNING FACE}" * 256, "Data": b"x" * (MIB - 256)}]
print("PutRecords of 1 MiB - 256 data and a key of 256 characters, 1,024 bytes, refused:", refused(lambda: kinesis.put_records(StreamName="orders", Records=fits)))
assert refused(lambda: kinesis.put_records(StreamName="orders", Records=fits)) is None
kinesis.create_stream(StreamName="many", ShardCount=1)
for _ in range(24):
    kinesis.put_records(StreamName="many", Records=[{"PartitionKey": "k", "Data": b"x"}] * 500)
place = kinesis.get_shard_iterator(StreamName="many", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
got = len(kinesis.get_records(ShardIterator=place)["Records"])
print("one GetRecords answer:", got, "records")
assert got == 12000
server.stop()
PY
