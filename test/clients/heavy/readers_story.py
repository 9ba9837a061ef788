"""Two workers of one KCL application read a stream; the console is asked who reads it, before and after one is killed and
while the stream is split. Usage: readers_story.py, see readers.sh."""

import json
import os
import subprocess
import sys
import threading
import time

import boto3

from workers import Application, Worker, check, failures, start_dynamodb, until

URL = os.environ["SANDBOX"]
STREAM, NAME = "orders", "my-app"
kinesis = boto3.client("kinesis", endpoint_url=URL)
dynamodb_url = start_dynamodb()
dynamodb = boto3.client("dynamodb", endpoint_url=dynamodb_url)
# A table that is no lease table, and rows of other kinds in the one that is: neither may be taken for a shard.
dynamodb.create_table(
    TableName="users",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)


def readers(*more):
    """The lines of `shardscope readers`, and how long it took."""
    run = subprocess.run(
        [os.environ["NODE"], os.environ["BUNDLE"], "readers", STREAM, "--json", "--endpoint-url", URL, *more],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url},
    )
    if run.returncode != 0:
        print(run.stderr, flush=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def shards_of(lines):
    return {line["shardId"]: line for line in lines if line["type"] == "shard" and line["name"] == NAME}


def told(lines):
    """What was seen, for the reader of the run."""
    for shard in shards_of(lines).values():
        lag = shard.get("lag", {}).get("millis", shard.get("lagUnknown"))
        print("  ", shard["shardId"], shard["state"], shard.get("owner"), "lag", lag, shard.get("note", ""), flush=True)


def settled():
    return kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE"


class Puts(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.stop = threading.Event()

    def run(self):
        number = 0
        while not self.stop.wait(0.2):
            for key in range(8):
                kinesis.put_record(StreamName=STREAM, PartitionKey=f"user-{key}", Data=f"user-{key} {number}".encode())
            number += 1


kinesis.create_stream(StreamName=STREAM, ShardCount=4)
until("stream is there", settled, 20)
puts = Puts()
puts.start()
app = Application([Worker(URL, dynamodb_url, STREAM, NAME, "worker-1", "polling")])
try:
    until("the lease table is there", lambda: NAME in dynamodb.list_tables()["TableNames"], 120)
    leases = lambda: [row for row in dynamodb.scan(TableName=NAME)["Items"] if row.get("entityType", {}).get("S") == "LEASE"]
    until("worker-1 owns the four leases", lambda: sum("leaseOwner" in row for row in leases()) == 4, 120)
    early = shards_of(readers())
    check("owned and not read yet: nobody is called silent", [s for s, one in early.items() if one["state"] == "silent"], [])
    until("worker-1 reads 4 shards", lambda: len(app.shards("start")) == 4, 240)
    app.workers.append(Worker(URL, dynamodb_url, STREAM, NAME, "worker-2", "polling"))
    until("both workers hold shards", lambda: len(set(app.holders().values())) == 2, 300)
    time.sleep(10)
    lines = readers()
    told(lines)
    seen = shards_of(lines)
    check("four shards and no other row", len(seen), 4)
    check("all are alive", {one["state"] for one in seen.values()}, {"alive"})
    check("owners are those that read", {s: one["owner"] for s, one in seen.items()}, app.holders())
    check("each lag is known, and below half a minute", [s for s, one in seen.items() if one.get("lag", {}).get("millis", 1e9) > 30_000], [])
    reader = next(line for line in lines if line["type"] == "reader" and line["name"] == NAME)
    facts = {fact["name"]: fact["value"] for fact in reader["facts"]}
    check("the form of the table", facts["Lease table"], "KCL 3.5 or newer (one table)")
    check("the leader", facts.get("Leader") in ("worker-1", "worker-2"))
    check("only one application", [line["name"] for line in lines if line["type"] == "reader" and line["kind"] == "kcl"], [NAME])

    victim = app.workers[1]
    victim.kill()
    # By the table: a lease that was handed to it a moment ago is lost too, though it read nothing of the shard yet.
    lost = {row["leaseKey"]["S"] for row in leases() if row.get("leaseOwner", {}).get("S") == victim.name}
    print(f"killed {victim.name} with {sorted(lost)}", flush=True)
    time.sleep(4)
    lines = readers("--watch", "16")
    told(lines)
    seen = shards_of(lines)
    quiet = {s for s, one in seen.items() if one["state"] == "silent"}
    taken = {s for s in lost if seen[s].get("owner") != victim.name}
    check("each shard of the killed one is silent, or taken already", lost - taken, quiet & lost)
    # The leader may hand it more shards for as long as its last figures look good: those are silent as well.
    check("no shard of the living one is silent", {seen[s]["owner"] for s in quiet} <= {victim.name})
    check("some of it was seen", len(lost) > 0 and len(quiet | taken) > 0)
    until("worker-1 took over", lambda: victim.name not in app.holders().values(), 300)
    time.sleep(10)
    lines = readers()
    told(lines)
    check("after the take-over all are alive and worker-1's", {(one["state"], one["owner"]) for one in shards_of(lines).values()}, {("alive", "worker-1")})

    first = sorted(seen)[0]
    kinesis.split_shard(StreamName=STREAM, ShardToSplit=first, NewStartingHashKey=str(1 << 125))
    until("the split is done", settled, 30)
    children = {shard["ShardId"] for shard in kinesis.list_shards(StreamName=STREAM)["Shards"] if shard.get("ParentShardId") == first}
    lines = readers("--watch", "0")
    told(lines)
    now = shards_of(lines)
    waiting = {s for s in children if now.get(s, {}).get("state") == "waiting-for-parent"}
    begun = {s for s in children if "owner" in now.get(s, {}) or now.get(s, {}).get("state") in ("unowned", "owned")}
    check("children wait for their parent, or have a lease because it is finished", waiting | begun, children)
    check("who waits, waits for the parent", {now[s]["note"] for s in waiting} <= {f"waits for {first}"})
    until("worker-1 reads the children", lambda: children <= app.shards("start"), 240)
    time.sleep(5)
    lines = readers()
    told(lines)
    now = shards_of(lines)
    check("the children are alive", {now[s]["state"] for s in children}, {"alive"})
    check("the parent is finished, or its lease was removed", now.get(first, {}).get("state", "finished"), "finished")
finally:
    puts.stop.set()
    for worker in app.workers:
        if worker.process.poll() is None:
            worker.kill()
sys.exit(1 if failures else 0)
