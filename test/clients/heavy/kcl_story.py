"""Two KCL applications of two workers each, one polling and one with enhanced fan-out, read a stream that is resharded
three times while records are put; then one worker of each is killed. Usage: kcl_story.py, see kcl.sh."""

import os
import sys
import threading
import time

import boto3

from workers import Application, Worker, check, failures, start_dynamodb, until

URL = os.environ["SANDBOX"]
# Polling over HTTP/2 without TLS, enhanced fan-out over HTTP/2 with TLS and the sandbox's own certificate.
WAYS = (
    ("by-polling", "polling", URL, ()),
    (
        "by-fan-out",
        "fanout",
        URL.replace("http:", "https:"),
        (f"-Djavax.net.ssl.trustStore={os.environ['TRUST_STORE']}", "-Djavax.net.ssl.trustStorePassword=changeit"),
    ),
)
STREAM = "orders"
KEYS = [f"user-{number}" for number in range(20)]
kinesis = boto3.client("kinesis", endpoint_url=URL)
dynamodb_url = start_dynamodb()
dynamodb = boto3.client("dynamodb", endpoint_url=dynamodb_url)


class Puts(threading.Thread):
    """Puts a record for each key ten times a second; a key's records are numbered in the order of their puts."""

    def __init__(self):
        super().__init__(daemon=True)
        self.done, self.stop, self.error = [], threading.Event(), None

    def run(self):
        try:
            number = 0
            while not self.stop.wait(0.1):
                entries = [{"PartitionKey": key, "Data": f"{key} {number}".encode()} for key in KEYS]
                self.done += [entry["Data"].decode() for entry in entries]
                while entries:
                    results = kinesis.put_records(StreamName=STREAM, Records=entries)["Records"]
                    entries = [entry for entry, result in zip(entries, results) if "ErrorCode" in result]
                number += 1
        except Exception as error:  # told by a check
            self.error = error


def shards():
    return kinesis.list_shards(StreamName=STREAM)["Shards"]


def open_shards():
    return {shard["ShardId"] for shard in shards() if "EndingSequenceNumber" not in shard["SequenceNumberRange"]}


def settled():
    return kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE"


def all_read(what, seconds=120):
    """Waits until both applications began each shard that is open now."""
    wanted = open_shards()
    for app in applications:
        until(f"{app.name} reads {what}", lambda app=app: wanted <= app.shards("start"), seconds)


began = time.monotonic()
kinesis.create_stream(StreamName=STREAM, ShardCount=2)
until("stream is there", settled, 20)
puts = Puts()
puts.start()
applications = []
for name, retrieval, url, options in WAYS:
    applications.append(Application([Worker(url, dynamodb_url, STREAM, name, "worker-1", retrieval, options)]))
try:
    all_read("2 shards", 240)
    # Of two workers that begin an application at the same moment, one may give up for ever over a row they both write.
    for app, (name, retrieval, url, options) in zip(applications, WAYS):
        app.workers.append(Worker(url, dynamodb_url, STREAM, name, "worker-2", retrieval, options))
    first = sorted(shards(), key=lambda shard: shard["ShardId"])[0]["ShardId"]
    kinesis.split_shard(StreamName=STREAM, ShardToSplit=first, NewStartingHashKey=str(1 << 126))
    until("the split is done", settled, 30)
    all_read("the children of the split")
    by_range = sorted(
        (shard for shard in shards() if shard["ShardId"] in open_shards()),
        key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]),
    )
    kinesis.merge_shards(StreamName=STREAM, ShardToMerge=by_range[1]["ShardId"], AdjacentShardToMerge=by_range[2]["ShardId"])
    until("the merge is done", settled, 30)
    all_read("the child of the merge")
    kinesis.update_shard_count(StreamName=STREAM, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    until("UpdateShardCount 2 -> 4 is done", settled, 60)
    all_read("the shards of UpdateShardCount")
    # Of one application the leader, whose lock another waits out for two minutes, of the other the follower.
    killed = {}
    for app, victim in zip(applications, ("worker-2", "worker-1")):
        until(f"{app.name}: both workers hold shards", lambda app=app: len(set(app.holders().values())) == 2, 180)
        killed[app.name] = [shard for shard, holder in app.holders().items() if holder == victim]
        next(worker for worker in app.workers if worker.name == victim).kill()
        print(f"{app.name}: killed {victim} with {killed[app.name]}", flush=True)
    for app, victim in zip(applications, ("worker-2", "worker-1")):
        until(f"{app.name}: the other took over", lambda app=app, victim=victim: victim not in app.holders().values(), 300)
        check(f"{app.name}: the killed one held a shard, and another took it over", len(killed[app.name]) > 0 and victim not in app.holders().values())
    time.sleep(5)
    puts.stop.set()
    puts.join()
    wanted = set(puts.done)
    for app in applications:
        until(f"{app.name} has all {len(wanted)} records", lambda app=app: wanted <= set(app.texts()), 120)
    closed = {shard["ShardId"] for shard in shards()} - open_shards()
    for app in applications:
        until(f"{app.name} saw the end of {len(closed)} shards", lambda app=app: closed <= app.shards("end"), 30)

    check("all puts were taken", puts.error, None)
    check("shards in the end: open, closed", (len(open_shards()), len(closed) >= 4), (4, True))
    for app in applications:
        texts = app.texts()
        check(f"{app.name}: every record was delivered", sorted(wanted - set(texts)), [])
        check(f"{app.name}: nothing else was", sorted(set(texts) - wanted), [])
        check(f"{app.name}: each shard in its order", app.disorders(), [])
        check(f"{app.name}: each key in its order through all reshards", app.keys_out_of_order(), [])
        check(f"{app.name}: the end of each closed shard was seen", sorted(closed - app.shards("end")), [])
        check(f"{app.name}: the end of no other", sorted(app.shards("end") - closed), [])
        check(f"{app.name}: no checkpoint was refused", app.events("trouble"), [])
        answers = {event[3] for event in app.events("wire")}
        check(f"{app.name}: Kinesis answered in CBOR", "application/x-amz-cbor-1.1" in answers)
        leases = {
            row["leaseKey"]["S"]: row["checkpoint"]["S"]
            for row in dynamodb.scan(TableName=app.name)["Items"]
            if row.get("entityType", {}).get("S", "LEASE") == "LEASE"
        }
        check(f"{app.name}: a lease for each open shard", sorted(open_shards() - leases.keys()), [])
        ends = {shard: leases[shard] for shard in closed & leases.keys()}
        check(f"{app.name}: leases of closed shards are at SHARD_END", set(ends.values()) <= {"SHARD_END"})
        print(f"{app.name}: {len(texts)} deliveries of {len(wanted)} records, content types {sorted(answers)}", flush=True)
    consumers = kinesis.list_stream_consumers(
        StreamARN=kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
    )["Consumers"]
    check(
        "the KCL registered its consumer",
        [(consumer["ConsumerName"], consumer["ConsumerStatus"]) for consumer in consumers],
        [("by-fan-out", "ACTIVE")],
    )
    print(f"{len(wanted)} records, 3 reshards, {len(closed) + 4} shards, {time.monotonic() - began:.0f} s", flush=True)
finally:
    for app in applications:
        for worker in app.workers:
            if worker.process.poll() is None:
                worker.kill()
            if failures:
                print(f"{app.name} {worker.name}:", *worker.complaints(), sep="\n  ", flush=True)
sys.exit(1 if failures else 0)
