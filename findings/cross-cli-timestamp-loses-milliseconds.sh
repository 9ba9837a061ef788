#!/usr/bin/env bash
# Package + version: awscli 1.46.3, boto3 1.44.8 with botocore 1.44.8, botocore 1.36.1
# Expected (guess): --timestamp 1796073718.638 (or the same moment as ISO text) reaches Kinesis as 1796073718.638, as documented
#   ("the default precision is milliseconds") and as the SDKs send it.
# Seen: the AWS CLI sends the whole second, 1796073718, for both spellings, and so did boto3 for years (botocore 1.36.1 does).
#   boto3 1.44.8 in the very same environment sends 1796073718.638. Nothing is printed about the cut.
# Why it matters to a Kinesis tool: an "equivalent AWS CLI command" for an AT_TIMESTAMP read starts up to 999 ms earlier than the tool
#   itself did: at 1,000 records a second that is up to 999 records more. Taking a record's arrival time and reading from there gives
#   earlier records first. Print a sequence number (AT_SEQUENCE_NUMBER) where the command must be exact, or say that it is rounded down.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8 awscli==1.46.3
python3 -m venv "$dir/old"
"$dir/old/bin/pip" install --quiet --disable-pip-version-check botocore==1.36.1
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

import datetime, os, subprocess, sys
import boto3
bin = os.path.dirname(sys.executable)
environment = dict(os.environ, AWS_ACCESS_KEY_ID="example", AWS_SECRET_ACCESS_KEY="example", AWS_DEFAULT_REGION="us-east-1")
url, seen = stub(200, {"ShardIterator": "example"})
moment = datetime.datetime(2026, 11, 30, 21, 21, 58, 638000, tzinfo=datetime.timezone.utc)
place = dict(StreamName="orders", ShardId="shardId-000000000000", ShardIteratorType="AT_TIMESTAMP")
boto3.client("kinesis", endpoint_url=url, region_name="us-east-1", aws_access_key_id="example", aws_secret_access_key="example").get_shard_iterator(Timestamp=moment, **place)
for written in ("1796073718.638", "2026-11-30T21:21:58.638Z"):
    subprocess.run([os.path.join(bin, "aws"), "kinesis", "get-shard-iterator", "--endpoint-url", url, "--stream-name", "orders", "--shard-id",
        "shardId-000000000000", "--shard-iterator-type", "AT_TIMESTAMP", "--timestamp", written], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=60)
subprocess.run([os.path.join(bin, "..", "..", "old", "bin", "python"), "-c", f"""
import botocore.session, datetime
client = botocore.session.get_session().create_client('kinesis', endpoint_url='{url}')
client.get_shard_iterator(Timestamp={moment!r}, **{place!r})
"""], env=environment, check=True, timeout=60)
sent = [body["Timestamp"] for body in seen]
for who, stamp in zip(("boto3 1.44.8", "awscli 1.46.3, epoch text", "awscli 1.46.3, ISO text", "botocore 1.36.1"), sent):
    print(f"{who:26} sent {stamp!r}")
assert sent == [1796073718.638, 1796073718, 1796073718, 1796073718]
PY
