#!/usr/bin/env bash
# Package + version: boto3 1.44.8 with botocore 1.44.8, botocore 1.43.117, awscli 1.46.3 (all current within weeks), no configuration
# Expected (guess): the Python SDK and the AWS CLI retry a throttled Kinesis call alike: 5 attempts, the "legacy" mode they always had.
# Seen: botocore 1.44.8 is in "standard" mode without being asked: 3 attempts ("max retries: 2") where 1.43.117 made 5. awscli 1.46.3,
#   installed in the same environment as botocore 1.44.8, carries a copy of its own and still makes 5. SplitShard refused with
#   LimitExceededException is repeated just the same.
# Why it matters to a Kinesis tool: the same throttled shard gives up after about 1 second in one program and about 10 in another, so the
#   count of throttles in CloudWatch is multiplied by 3 or by 5 depending on the reader's minor release. Advice such as "your reader
#   retries 5 times" is out of date, and "same botocore" does not make CLI and SDK equal.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8 awscli==1.46.3
python3 -m venv "$dir/old"
"$dir/old/bin/pip" install --quiet --disable-pip-version-check botocore==1.43.117
"$dir/venv/bin/python" - 2>"$dir/err" <<'PY' || { tail -5 "$dir/err"; exit 1; }
import http.server, json, threading
def stub(status, body):
    """A loopback server that answers every call alike and keeps the request bodies."""
    seen = []
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def log_message(self, *_): pass
        def do_POST(self):
            seen.append(json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}"))
            out = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("content-length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}", seen

import os, subprocess, sys
import boto3, botocore
throttled = {"__type": "ProvisionedThroughputExceededException", "message": "Rate exceeded for shard shardId-000000000000"}
keys = dict(region_name="us-east-1", aws_access_key_id="example", aws_secret_access_key="example")
def attempts_of(url, seen, call):
    client = boto3.client("kinesis", endpoint_url=url, **keys)
    try:
        call(client)
    except Exception as error:
        return len(seen), client.meta.config.retries, str(error)[:150]
url, seen = stub(400, throttled)
new = attempts_of(url, seen, lambda c: c.get_records(ShardIterator="example"))
print("botocore", botocore.__version__, "GetRecords:", new)
url, seen = stub(400, {"__type": "LimitExceededException", "message": "shard limit reached"})
split = attempts_of(url, seen, lambda c: c.split_shard(StreamName="orders", ShardToSplit="shardId-000000000000", NewStartingHashKey="5"))
print("botocore", botocore.__version__, "SplitShard:", split)
environment = dict(os.environ, AWS_ACCESS_KEY_ID="example", AWS_SECRET_ACCESS_KEY="example", AWS_DEFAULT_REGION="us-east-1")
def elsewhere(*command):
    url, seen = stub(400, throttled)
    subprocess.run([*command[:-1], command[-1].replace("URL", url)] if command[0] != AWS else [*command, "--endpoint-url", url],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=80)
    return len(seen)
bin = os.path.dirname(sys.executable)
AWS = os.path.join(bin, "aws")
cli = elsewhere(AWS, "kinesis", "get-records", "--shard-iterator", "example")
old = elsewhere(os.path.join(bin, "..", "..", "old", "bin", "python"), "-c", """
import botocore.session
client = botocore.session.get_session().create_client('kinesis', endpoint_url='URL')
try: client.get_records(ShardIterator='example')
except Exception: pass
""")
print("awscli GetRecords attempts:", cli, " botocore 1.43.117:", old)
assert (new[0], new[1]["mode"], split[0]) == (3, "standard", 3), (new, split)
assert (cli, old) == (5, 5)
PY
