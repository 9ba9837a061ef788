"""async-kinesis writes and reads, and botocore is pushed to, on one endpoint. Prints `ok: NAME` or `FAILED: NAME: WHAT`.

Usage: async_walk.py URL CONSOLE, where CONSOLE is the command line of shardscope.
"""

import asyncio
import subprocess
import sys
import time

import botocore.session
from aiobotocore.session import get_session
from kinesis import Consumer, Producer
from kinesis.processors import JsonProcessor, KPLStringProcessor, StringProcessor

from user_records import tail, user_records

URL, CONSOLE = sys.argv[1], sys.argv[2].split(" ")
kinesis = botocore.session.get_session().create_client("kinesis", endpoint_url=URL)
failures = []


def check(name, seen, expected=True):
    if seen == expected:
        print(f"ok: {name}", flush=True)
    else:
        failures.append(name)
        print(f"FAILED: {name}: saw {repr(seen)[:300]}, expected {repr(expected)[:300]}", flush=True)


def until_active(stream):
    while kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        time.sleep(0.1)


def create(stream, shards):
    kinesis.create_stream(StreamName=stream, ShardCount=shards)
    until_active(stream)


def producer(stream, processor):
    return Producer(stream_name=stream, endpoint_url=URL, region_name="us-east-1", processor=processor, buffer_time=0.1)


async def write(stream, processor, items):
    async with producer(stream, processor) as puts:
        for item in items:
            await puts.put(item)
        await puts.flush()


def consumer(stream, processor):
    return Consumer(
        stream_name=stream, endpoint_url=URL, region_name="us-east-1", processor=processor, sleep_time_no_records=0.2, idle_timeout=90
    )


async def read(stream, processor, count):
    got = []
    async with consumer(stream, processor) as records:
        async for item in records:
            got.append(item)
            if len(got) >= count:
                break
    return got


async def through_a_split():
    """A consumer stays while records are put, the first shard is split, and more are put. It looks for new shards once a minute."""
    create("orders", 2)
    numbers, got = [{"number": n} for n in range(600)], []
    await write("orders", JsonProcessor(), numbers[:300])
    async with consumer("orders", JsonProcessor()) as records:
        async for item in records:
            got.append(item["number"])
            if len(got) == 300:
                kinesis.split_shard(
                    StreamName="orders", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(1 << 126)
                )
                until_active("orders")
                await write("orders", JsonProcessor(), numbers[300:])
            if len(got) >= 600:
                break
    check("async-kinesis writes and reads 600 records through a split", (len(got), sorted(set(range(600)) - set(got))), (600, []))
    shards = {line["shardId"] for line in tail(CONSOLE, URL, "orders")}
    check("its records went to the parent, its children and the other shard", len(shards), 4)


async def aggregated():
    create("aggregated", 1)
    texts = [f"text {number}" for number in range(200)]
    await write("aggregated", KPLStringProcessor(), texts)
    check("async-kinesis reads its own aggregates", sorted(await read("aggregated", KPLStringProcessor(), 200)), sorted(texts))
    lines = tail(CONSOLE, URL, "aggregated")
    check("tail shows the user records in them", [text for *_, text in user_records(lines)], texts)
    check("which are fewer records", len(lines) < 100)


async def by_the_console():
    create("console", 1)
    for number in range(3):
        subprocess.run(
            [*CONSOLE, "put", "console", "--partition-key", "a", "--data", f"line {number}", "--endpoint-url", URL],
            capture_output=True, timeout=60, check=True,
        )
    got = await read("console", StringProcessor(), 3)
    check("async-kinesis reads what `shardscope put` wrote", got, ["line 0", "line 1", "line 2"])


def consumer_arn(stream, name):
    arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=name)["Consumer"]["ConsumerARN"]
    while kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
        time.sleep(0.1)
    return consumer


def pushed_by_botocore():
    subscription = kinesis.subscribe_to_shard(
        ConsumerARN=consumer_arn("orders", "plain"), ShardId="shardId-000000000000", StartingPosition={"Type": "TRIM_HORIZON"}
    )
    sequence, children = [], []
    for event in subscription["EventStream"]:
        event = event["SubscribeToShardEvent"]
        sequence += [int(record["SequenceNumber"]) for record in event["Records"]]
        children += [child["ShardId"] for child in event.get("ChildShards", [])]
    there = [int(line["sequenceNumber"]) for line in tail(CONSOLE, URL, "orders") if line["shardId"] == "shardId-000000000000"]
    check("SubscribeToShard of a closed shard: all records in order", (sequence, len(sequence) > 50), (sorted(there), True))
    check("SubscribeToShard of a closed shard: its children, then the end", sorted(children), ["shardId-000000000002", "shardId-000000000003"])


async def pushed_by_aiobotocore():
    """The same over aiohttp, on an open shard that is written to meanwhile."""
    arn = consumer_arn("orders", "async")
    async with get_session().create_client("kinesis", endpoint_url=URL) as client:
        subscription = await client.subscribe_to_shard(
            ConsumerARN=arn, ShardId="shardId-000000000001", StartingPosition={"Type": "LATEST"}
        )
        texts = []
        async for event in subscription["EventStream"]:
            texts += [record["Data"].decode() for record in event["SubscribeToShardEvent"]["Records"]]
            if len(texts) == 0:
                await client.put_record(StreamName="orders", PartitionKey="user-1", Data=b"now")
            else:
                break
        subscription["EventStream"].close()
    check("SubscribeToShard pushes what is put meanwhile", texts[:1], ["now"])


async def main():
    await through_a_split()
    await aggregated()
    await by_the_console()
    pushed_by_botocore()
    await pushed_by_aiobotocore()


asyncio.run(asyncio.wait_for(main(), 250))
sys.exit(1 if failures else 0)
