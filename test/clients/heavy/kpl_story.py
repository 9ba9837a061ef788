"""The KPL puts bursts of user records over TLS, before and after a split; `shardscope tail` and a KCL worker read them.
Usage: kpl_story.py, see kpl.sh."""

import os
import subprocess
import sys
import time

import boto3

from user_records import tail, user_records, without_strays
from workers import Application, Worker, check, failures, start_dynamodb, until

URL, STREAM, KEYS = os.environ["SANDBOX"], "events", 40
kinesis = boto3.client("kinesis", endpoint_url=URL)


def settled():
    return kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE"


def stored():
    """The records as they lie in the stream."""
    records = []
    for shard in kinesis.list_shards(StreamName=STREAM)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator is not None:
            page = kinesis.get_records(ShardIterator=iterator)
            records += [(shard["ShardId"], record) for record in page["Records"]]
            iterator = page.get("NextShardIterator")
            if page["MillisBehindLatest"] == 0:
                break
    return records


class Producer:
    """The KPL as a process; `puts` are its receipts so far."""

    def __init__(self):
        folder = os.path.join(os.environ["WORK"], "native")
        os.mkdir(folder)
        self.log = open(os.path.join(os.environ["WORK"], "kpl.log"), "wb")
        self.process = subprocess.Popen(
            ["java", "-Xmx300m", "-cp", os.environ["KPL_CLASSPATH"], "Producer", STREAM]
            + [os.environ["SANDBOX_PORT"], folder, str(KEYS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        self.puts = []

    def burst(self, each):
        self.process.stdin.write(f"{each}\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line == "burst\n":
                return
            self.puts.append(line.rstrip("\n").split("\t")[1:])
        raise RuntimeError("the KPL ended")

    def close(self):
        self.process.stdin.close()
        return self.process.wait(60)


began = time.monotonic()
kinesis.create_stream(StreamName=STREAM, ShardCount=2)
until("stream is there", settled, 20)
producer = Producer()
reader = None
try:
    producer.burst(1)  # makes the KPL ask for the shard map; what is put before it knows is not aggregated
    time.sleep(3)
    producer.burst(50)
    kinesis.split_shard(StreamName=STREAM, ShardToSplit="shardId-000000000000", NewStartingHashKey=str(1 << 126))
    until("the split is done", settled, 30)
    producer.burst(50)
    time.sleep(2)
    producer.burst(50)
    check("the KPL ends well", producer.close(), 0)
    wanted = {text: (shard, sequence, key) for shard, sequence, key, text, _ in producer.puts}
    check("receipts of the KPL", len(wanted), KEYS * 151)
    lying = stored()
    aggregates = [record for _, record in lying if record["Data"][:4] == bytes.fromhex("f3899ac2")]
    check("the KPL aggregates", 0 < len(aggregates) < KEYS * 151 / 4)
    lines = tail(os.environ["CONSOLE"].split(" "), URL, STREAM)
    told = list(user_records(lines))
    check("tail shows each user record", sorted({record[4] for record in told}), sorted(wanted))
    # An aggregate made for the parent lands on one child; the KPL puts its user records again, each for itself.
    valid = list(user_records(without_strays(lines)))
    check("tail marks what the KPL put again", len(valid), len(wanted))
    places = {text: (shard, sequence, key) for shard, sequence, _, key, text in valid}
    wrong = [text for text in wanted if places.get(text) != wanted[text]]
    check("tail: shard, sequence number and key of the receipts", wrong[:5], [])
    shards = {shard for shard, _, _ in wanted.values()}
    check("the KPL found the children", sorted(shards), [f"shardId-{number:012}" for number in range(4)])
    reader = Application([Worker(URL, start_dynamodb(), STREAM, "reads-kpl", "worker-1", "polling")])
    until("the KCL has all", lambda: set(wanted) <= set(reader.texts()), 240)
    check("the KCL delivers every user record", sorted(set(wanted) - set(reader.texts())), [])
    check("the KCL delivers each once", len(reader.texts()), len(wanted))
    check("the KCL: each shard in its order", reader.disorders(), [])
    delivered = {tuple(event[3:8]) for event in reader.events("record")}
    ours = {(shard, sequence, str(sub), key, text) for shard, sequence, sub, key, text in valid}
    check("the KCL and tail number the user records alike", sorted(delivered ^ ours)[:5], [])
    retried = sum(1 for put in producer.puts if int(put[4]) > 1)
    print(f"{len(wanted)} user records in {len(lying)} records, {len(aggregates)} of them aggregates; {retried} needed more than one attempt,"
          f" {len(told) - len(valid)} copies are in {len(lines) - len(without_strays(lines))} aggregates that miss their shard")
    print(f"1 reshard, {time.monotonic() - began:.0f} s", flush=True)
finally:
    if producer.process.poll() is None:
        producer.process.kill()
    for worker in reader.workers if reader else []:
        worker.kill()
        if failures:
            print(*worker.complaints(), sep="\n")
    producer.log.close()
    if failures or sys.exc_info()[0] is not None:
        with open(producer.log.name, errors="replace") as log:
            print(*list(log)[-25:], sep="")
sys.exit(1 if failures else 0)
