#!/usr/bin/env bash
# Package + version: moto 5.2.5 (server), boto3 1.44.8
# Expected (guess): DeregisterStreamConsumer with StreamARN and ConsumerName removes that consumer and no other; an unknown name is
#   refused with ResourceNotFoundException.
# Seen: the filter is the wrong way round. Of alpha, beta and gamma, deregistering "alpha" leaves only alpha; deregistering a name
#   that was never registered answers 200 and removes every consumer of the stream. By ConsumerARN the call is right. Registering
#   a name twice is accepted too and gives two consumers with one and the same ARN (the ARN has no creation time at its end).
# Why it matters to a Kinesis tool: a tool that registers its own fan-out consumer and cleans up by name on exit takes everybody
#   else's away on moto and leaves its own behind. Deregister by ARN, and list once more before saying that it worked.
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
stream = kinesis.describe_stream_summary(StreamName="orders")["StreamDescriptionSummary"]["StreamARN"]
def names():
    return [c["ConsumerName"] for c in kinesis.list_stream_consumers(StreamARN=stream)["Consumers"]]
arns = {n: kinesis.register_stream_consumer(StreamARN=stream, ConsumerName=n)["Consumer"]["ConsumerARN"] for n in ("alpha", "beta", "gamma")}
kinesis.deregister_stream_consumer(StreamARN=stream, ConsumerName="alpha")
after_name = names()
print("registered alpha, beta, gamma; deregistered alpha by name; left:", after_name)
assert after_name == ["alpha"]
kinesis.deregister_stream_consumer(StreamARN=stream, ConsumerName="never-registered")
print("deregistered an unknown name; left:", names())
assert names() == []
again = [kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="twin")["Consumer"]["ConsumerARN"] for _ in range(2)]
print("registered twin twice:", again, names())
assert again[0] == again[1] and names() == ["twin", "twin"] and again[0].endswith("/consumer/twin")
kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="delta")
kinesis.deregister_stream_consumer(ConsumerARN=again[0])
print("deregistered twin by ARN; left:", names())
assert names() == ["delta"]
server.stop()
PY
