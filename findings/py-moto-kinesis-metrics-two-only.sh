#!/usr/bin/env bash
# Package + version: moto 5.2.5 (server), boto3 1.44.8
# Expected (guess): no emulator has CloudWatch metrics for Kinesis: ListMetrics of AWS/Kinesis is empty and GetMetricData gives nothing.
# Seen: moto has two, IncomingBytes and IncomingRecords at stream level, on the spot (no minutes of delay). GetMetricData gives real
#   sums. There is nothing else: no throttling, no iterator age, no GetRecords.*, and
#   nothing per shard after EnableEnhancedMonitoring ALL, which is also read back as the one word ALL and not as seven names;
#   disabling one metric of ALL changes nothing.
#   IncomingBytes counts a key by characters: a record "x" with the key of one emoji (4 bytes) counts as 2 bytes.
# Why it matters to a Kinesis tool: a console sees a live write rate beside an empty throttle column, which must read "no data" and not
#   "0 throttled"; and reading back the enabled metrics must expand ALL before it is compared.
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
import datetime
cloudwatch = boto3.client("cloudwatch", **options)
kinesis.create_stream(StreamName="orders", ShardCount=2)
before = kinesis.enable_enhanced_monitoring(StreamName="orders", ShardLevelMetrics=["ALL"])["DesiredShardLevelMetrics"]
less = kinesis.disable_enhanced_monitoring(StreamName="orders", ShardLevelMetrics=["IncomingBytes"])["DesiredShardLevelMetrics"]
print("enabled ALL:", before, " disabled IncomingBytes:", less)
assert before == ["ALL"] and less == ["ALL"]
kinesis.put_record(StreamName="orders", PartitionKey="\N{GRINNING FACE}", Data=b"x")
place = kinesis.get_shard_iterator(StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
kinesis.get_records(ShardIterator=place)
metrics = sorted((m["MetricName"], [d["Name"] for d in m["Dimensions"]]) for m in cloudwatch.list_metrics(Namespace="AWS/Kinesis")["Metrics"])
print("metrics:", metrics)
assert metrics == [("IncomingBytes", ["StreamName"]), ("IncomingRecords", ["StreamName"])]
now = datetime.datetime.now(datetime.timezone.utc)
def total(name, dimensions):
    metric = {"Namespace": "AWS/Kinesis", "MetricName": name, "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()]}
    answer = cloudwatch.get_metric_data(StartTime=now - datetime.timedelta(minutes=5), EndTime=now + datetime.timedelta(minutes=2),
        MetricDataQueries=[{"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}])["MetricDataResults"][0]
    return sum(answer["Values"]) if answer["Values"] else None
sums = {"IncomingBytes": total("IncomingBytes", {"StreamName": "orders"}), "IncomingRecords": total("IncomingRecords", {"StreamName": "orders"}),
    "per shard": total("IncomingBytes", {"StreamName": "orders", "ShardId": "shardId-000000000000"}),
    "throttled": total("WriteProvisionedThroughputExceeded", {"StreamName": "orders"})}
print("sums of one record with 5 bytes of data and key:", sums)
assert sums == {"IncomingBytes": 2.0, "IncomingRecords": 1.0, "per shard": None, "throttled": None}
server.stop()
PY
