#!/usr/bin/env bash
# Package + version: moto 5.2.5 (server), boto3 1.44.8
# Expected (guess): a shard iterator stands for stream, shard and place, however the stream was named when it was asked for, and is
#   one line of text.
# Seen: asked for by StreamARN, the iterator holds the text "None" where the stream name belongs, so GetRecords with that iterator
#   alone fails with "Stream None under account ... not found" (ResourceNotFoundException); it works only when StreamARN is sent
#   again. Asked for by name it works alone. And where stream name and shard id are long together, the iterator contains line feeds
#   (base64 wrapped at 76 characters): a name of 38 characters is enough.
# Why it matters to a Kinesis tool: a tool that addresses streams by ARN and keeps only the iterator reports a deleted stream when
#   nothing was deleted. Send StreamARN with every GetRecords, and never log or split output on lines around an iterator.
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
import base64
import botocore.exceptions
kinesis.create_stream(StreamName="orders", ShardCount=1)
stream = kinesis.describe_stream_summary(StreamName="orders")["StreamDescriptionSummary"]["StreamARN"]
kinesis.put_record(StreamARN=stream, PartitionKey="k", Data=b"one")
place = dict(ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
by_name = kinesis.get_shard_iterator(StreamName="orders", **place)["ShardIterator"]
by_arn = kinesis.get_shard_iterator(StreamARN=stream, **place)["ShardIterator"]
print("decoded, by name:", base64.b64decode(by_name), " by ARN:", base64.b64decode(by_arn))
assert base64.b64decode(by_arn) == b"None:shardId-000000000000:0"
assert len(kinesis.get_records(ShardIterator=by_name)["Records"]) == 1
try:
    kinesis.get_records(ShardIterator=by_arn)
    raise SystemExit("the iterator alone now works")
except botocore.exceptions.ClientError as error:
    print("by ARN, iterator alone:", error.response["Error"])
    assert error.response["Error"]["Code"] == "ResourceNotFoundException" and "Stream None" in error.response["Error"]["Message"]
assert len(kinesis.get_records(ShardIterator=by_arn, StreamARN=stream)["Records"]) == 1
print("by ARN, iterator and StreamARN: 1 record")
long_name = "orders-production-eu-central-1-v2-audit"[:38]
kinesis.create_stream(StreamName=long_name, ShardCount=1)
wrapped = kinesis.get_shard_iterator(StreamName=long_name, **place)["ShardIterator"]
print("iterator of a 38 character name:", repr(wrapped))
assert wrapped.strip().count("\n") == 1
server.stop()
PY
