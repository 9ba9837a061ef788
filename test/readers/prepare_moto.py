"""Makes a stream and all that reads it on moto: a consumer, a function, delivery streams, lease tables. Usage: URL."""

import io
import json
import sys
import zipfile

import boto3

options = dict(endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
kinesis, functions, firehose, dynamodb, iam, s3 = (
    boto3.client(name, **options) for name in ("kinesis", "lambda", "firehose", "dynamodb", "iam", "s3")
)
kinesis.create_stream(StreamName="orders", ShardCount=2)
arn = kinesis.describe_stream_summary(StreamName="orders")["StreamDescriptionSummary"]["StreamARN"]
consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="fan")["Consumer"]["ConsumerARN"]
sequences = {}
for number in range(20):
    put = kinesis.put_record(StreamName="orders", PartitionKey=f"key-{number}", Data=b"x")
    sequences.setdefault(put["ShardId"], []).append(put["SequenceNumber"])

role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("index.py", "def handler(event, context): pass")
functions.create_function(
    FunctionName="to-mail", Runtime="python3.11", Role=role, Handler="index.handler", Code={"ZipFile": code.getvalue()}
)
functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="to-mail", StartingPosition="LATEST", BatchSize=77)

s3.create_bucket(Bucket="archive")
destination = {"RoleARN": role, "BucketARN": "arn:aws:s3:::archive"}
source = {"KinesisStreamARN": arn, "RoleARN": role}
firehose.create_delivery_stream(
    DeliveryStreamName="to-s3",
    DeliveryStreamType="KinesisStreamAsSource",
    KinesisStreamSourceConfiguration=source,
    ExtendedS3DestinationConfiguration=destination,
)
firehose.create_delivery_stream(
    DeliveryStreamName="direct", DeliveryStreamType="DirectPut", ExtendedS3DestinationConfiguration=destination
)


def table(name, key):
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


table("users", "id")
table("my-app", "leaseKey")
table("other-app", "leaseKey")
first, second = sorted(sequences)
rows = [
    {"leaseKey": first, "checkpoint": sequences[first][0], "leaseCounter": 9, "leaseOwner": "worker-1"},
    {"leaseKey": second, "checkpoint": sequences[second][-1], "leaseCounter": 5},
    {"leaseKey": "Leader", "entityType": "LEADER", "ownerName": "worker-1"},
]
for row in rows:
    item = {name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in row.items()}
    dynamodb.put_item(TableName="my-app", Item=item)
# Of another stream: its range is none of this one's.
other = {"leaseKey": {"S": first}, "checkpoint": {"S": "LATEST"}, "leaseCounter": {"N": "1"}, "startingHashKey": {"S": "0"}, "endingHashKey": {"S": "7"}}
dynamodb.put_item(TableName="other-app", Item=other)
print(json.dumps({"streamArn": arn, "consumerArn": consumer, "first": first, "second": second}))
