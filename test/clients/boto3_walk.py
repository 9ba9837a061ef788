"""Walks through Kinesis with boto3 against one endpoint and prints what it saw as one JSON object.

Usage: boto3_walk.py URL. Every value is one that boto3 parsed; the test that runs this holds what is expected.
"""

import json
import sys
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

kinesis = boto3.client(
    "kinesis",
    endpoint_url=sys.argv[1],
    config=Config(retries={"mode": "standard", "max_attempts": 8}),
)
seen = {}


def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "accepted"


def until_active(stream):
    while kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        pass


def read(stream, shard, **position):
    iterator = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, **position)["ShardIterator"]
    texts = []
    while iterator is not None:
        page = kinesis.get_records(ShardIterator=iterator)
        texts += [record["Data"].decode() for record in page["Records"]]
        iterator = page.get("NextShardIterator")
        if page["MillisBehindLatest"] == 0:
            break
    return texts, page


for name in ("alpha", "beta", "gamma"):
    kinesis.create_stream(StreamName=name, ShardCount=2)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})

pages = list(kinesis.get_paginator("list_streams").paginate(Limit=2))
seen["pages"] = [page["StreamNames"] for page in pages]
description = kinesis.describe_stream(StreamName="alpha")["StreamDescription"]
created = description["StreamCreationTimestamp"]
seen["created_seconds_ago"] = (datetime.now(timezone.utc) - created).total_seconds()
seen["shards"] = [shard["ShardId"] for shard in description["Shards"]]
seen["shard_pages"] = [
    len(page["StreamDescription"]["Shards"])
    for page in kinesis.get_paginator("describe_stream").paginate(
        StreamName="alpha", PaginationConfig={"PageSize": 1}
    )
]

put = kinesis.put_record(StreamName="alpha", Data=b"one", PartitionKey="a")
seen["put"] = {"shard": put["ShardId"], "digits": len(put["SequenceNumber"])}
batch = kinesis.put_records(
    StreamName="alpha",
    Records=[
        {"Data": "ünïcode 🙂".encode(), "PartitionKey": "user-1"},
        {"Data": b"", "PartitionKey": "é"},
        {"Data": b"two", "PartitionKey": "user-1", "ExplicitHashKey": "0"},
    ],
)
seen["batch"] = {
    "failed": batch["FailedRecordCount"],
    "shards": [record["ShardId"] for record in batch["Records"]],
}
seen["lower"], page = read("alpha", "shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
seen["upper"], _ = read("alpha", "shardId-000000000001", ShardIteratorType="TRIM_HORIZON")
seen["since_creation"], _ = read(
    "alpha", "shardId-000000000000", ShardIteratorType="AT_TIMESTAMP", Timestamp=created
)
seen["after_first"], _ = read(
    "alpha",
    "shardId-000000000000",
    ShardIteratorType="AFTER_SEQUENCE_NUMBER",
    StartingSequenceNumber=put["SequenceNumber"],
)
seen["arrival_is_a_time"] = all(
    abs((datetime.now(timezone.utc) - record["ApproximateArrivalTimestamp"]).total_seconds()) < 120
    for record in kinesis.get_records(
        ShardIterator=kinesis.get_shard_iterator(
            StreamName="alpha", ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
    )["Records"]
)

kinesis.split_shard(
    StreamName="alpha", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(1 << 126)
)
until_active("alpha")
texts, last = read("alpha", "shardId-000000000000", ShardIteratorType="TRIM_HORIZON")
seen["parent"] = {
    "texts": texts,
    "ended": "NextShardIterator" not in last,
    "children": sorted(child["ShardId"] for child in last.get("ChildShards", [])),
}

consumer = kinesis.register_stream_consumer(StreamARN=description["StreamARN"], ConsumerName="reader")["Consumer"]
while (
    kinesis.describe_stream_consumer(ConsumerARN=consumer["ConsumerARN"])["ConsumerDescription"]["ConsumerStatus"]
    != "ACTIVE"
):
    pass
subscription = kinesis.subscribe_to_shard(
    ConsumerARN=consumer["ConsumerARN"],
    ShardId="shardId-000000000001",
    StartingPosition={"Type": "TRIM_HORIZON"},
)
pushed = []
for event in subscription["EventStream"]:
    pushed += [record["Data"].decode() for record in event["SubscribeToShardEvent"]["Records"]]
    if pushed:
        break
subscription["EventStream"].close()
seen["pushed"] = pushed

seen["refusals"] = {
    "unknown stream": refusal(kinesis.describe_stream, StreamName="nowhere"),
    "twice": refusal(kinesis.create_stream, StreamName="alpha", ShardCount=1),
    "garbage iterator": refusal(kinesis.get_records, ShardIterator="garbage"),
    "consumers left": refusal(kinesis.delete_stream, StreamName="alpha"),
    "hash key": refusal(
        kinesis.put_record, StreamName="alpha", Data=b"x", PartitionKey="a", ExplicitHashKey=str(1 << 128)
    ),
}
for name in ("alpha", "beta", "gamma"):
    kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
    kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
seen["left"] = kinesis.list_streams()["StreamNames"]
print(json.dumps(seen))
