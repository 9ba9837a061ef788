#!/usr/bin/env bash
# Package + version: async-kinesis 3.0.1 (with kpl extra), moto 5.2.5 as server, boto3 1.43.117
# Expected (guess): a record that is not JSON in a JSON stream is skipped, or raises to the reader's loop once.
# Seen: neither. The reader gets the three records before it again and again, each time the page is fetched anew (3 records were
#   handed over twice within 3 s here, where the script stops), never the odd one and never the three after it; the loop then ends as if the stream
#   were idle. The errors go to the log only. The KPL processor does the same on a stream as the KPL writes it, where a record sent
#   alone is not aggregated: it does not look for the magic bytes. A plain record of more than 20 bytes makes its shard replay like
#   this; one of up to 20 bytes (the size of the envelope) parses as an empty aggregate and vanishes without any word.
# Why it matters to a Kinesis tool: one odd record turns a reader into a producer of duplicates that never moves on, and nothing is raised.
#   A decoder must fail per record, count it, and let the page go on; and "KPL stream" never means that every record is aggregated.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5' boto3==1.43.117 botocore==1.43.117 aiobotocore==3.10.0 'async-kinesis[kpl]==3.0.1'
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

from kinesis import Consumer
from kinesis.processors import JsonProcessor, KPLJsonProcessor
from aws_kinesis_agg.aggregator import RecordAggregator
async def read(stream, processor):
    got = []
    async with Consumer(stream_name=stream, endpoint_url=options["endpoint_url"], region_name="us-east-1", processor=processor, sleep_time_no_records=0.2, idle_timeout=8) as consumer:
        async for item in consumer:
            got.append(item["n"])
            if len(got) >= 6:
                break
    return got
def put(stream, *payloads):
    for payload in payloads:
        kinesis.put_record(StreamName=stream, PartitionKey="k", Data=payload)
numbered = [b'{"n": %d}' % n for n in range(6)]
kinesis.create_stream(StreamName="json", ShardCount=1)
put("json", *numbered[:3], b"plain text", *numbered[3:])
plain = asyncio.run(asyncio.wait_for(read("json", JsonProcessor()), 60))
print("JSON reader, stream is 0 1 2 (text) 3 4 5, got:", plain)
builder = RecordAggregator()
for payload in numbered[:3]:
    builder.add_user_record("k", payload)
blob = builder.clear_and_get().get_contents()[2]
kinesis.create_stream(StreamName="kpl-long", ShardCount=1)
put("kpl-long", blob, b'{"n": 3, "note": "more than twenty bytes"}', blob)
long = asyncio.run(asyncio.wait_for(read("kpl-long", KPLJsonProcessor()), 60))
print("KPL reader, stream is (0 1 2 aggregated) 3 of 42 bytes (0 1 2 aggregated), got:", long)
kinesis.create_stream(StreamName="kpl-short", ShardCount=1)
put("kpl-short", blob, *numbered[3:])
short = asyncio.run(asyncio.wait_for(read("kpl-short", KPLJsonProcessor()), 60))
print("KPL reader, stream is (0 1 2 aggregated) 3 4 5 of 8 bytes each, got:", short)
for got in (plain, long):
    assert len(got) >= 6 and set(got) == {0, 1, 2} and got[:6] == [0, 1, 2, 0, 1, 2], got
assert short == [0, 1, 2], short
server.stop()
PY
