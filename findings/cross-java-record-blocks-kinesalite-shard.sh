#!/usr/bin/env bash
# Package + version: AWS SDK for Java 2.57.8 (kinesis) writing to kinesalite 3.3.3, boto3 1.44.8 and plain JSON reading
# Expected (guess): kinesalite speaks the CBOR protocol that the Java SDK uses by default, so a record put from Java is a record like any
#   other; if anything fails, it fails in Java.
# Seen: PutRecord answers with a sequence number, and from then on nobody can read the page that holds the record: the stored Data is the
#   JSON form of a Node buffer, {"type":"Buffer","data":[...]}, where base64 text belongs. boto3 raises TypeError for the whole answer, the
#   Java SDK cannot read its own record back (it tries 4 times), and the good records beside it are lost to the reader as well.
#   Reading from after the record works. The stream's creation time is read by Java as January 1970 (seconds taken for milliseconds).
# Why it matters to a Kinesis tool: one Java producer in a local stack makes a shard unreadable for SDK-based tools. A tail should meet a
#   decoding failure of a page by stepping over it (smaller Limit, AFTER_SEQUENCE_NUMBER), naming the record, not by stopping.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
cd "$dir"
cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>example</artifactId><version>1</version><dependencies>
<dependency><groupId>software.amazon.awssdk</groupId><artifactId>kinesis</artifactId><version>2.57.8</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.13</version></dependency>
</dependencies></project>
POM
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:build-classpath -Dmdep.outputFile=classpath >mvn.log 2>&1 || { tail -5 mvn.log; exit 1; }
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional kinesalite@3.3.3 >/dev/null 2>&1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8
node -e 'const s = require("kinesalite")({ createStreamMs: 50 }); s.listen(0, "127.0.0.1", () => require("node:fs").writeFileSync("port", String(s.address().port)))' >server.log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
for _ in $(seq 100); do [ -s port ] && break; sleep 0.2; done
export URL="http://127.0.0.1:$(cat port)"
cat >reader.py <<'PY'
import json, os, sys, urllib.request
import boto3
from botocore.exceptions import ClientError
kinesis = boto3.client("kinesis", endpoint_url=os.environ["URL"], region_name="us-east-1", aws_access_key_id="example", aws_secret_access_key="example")
shard = dict(StreamName="orders", ShardId="shardId-000000000000")
if sys.argv[1] == "prepare":
    kinesis.create_stream(StreamName="orders", ShardCount=1)
    import time
    for _ in range(50):
        if kinesis.describe_stream(StreamName="orders")["StreamDescription"]["StreamStatus"] == "ACTIVE":
            break
        time.sleep(0.1)
    kinesis.put_record(StreamName="orders", PartitionKey="k", Data=b"from Python")
else:
    kinesis.put_record(StreamName="orders", PartitionKey="k", Data=b"Python again")
    place = kinesis.get_shard_iterator(ShardIteratorType="TRIM_HORIZON", **shard)["ShardIterator"]
    request = urllib.request.Request(os.environ["URL"], data=json.dumps({"ShardIterator": place}).encode(), headers={
        "content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.GetRecords", "x-amz-date": "20261130T000000Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=example/20261130/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=example"})
    records = json.load(urllib.request.urlopen(request, timeout=10))["Records"]
    print("stored Data:", [r["Data"] for r in records])
    assert [type(r["Data"]).__name__ for r in records] == ["str", "dict", "str"] and records[1]["Data"]["type"] == "Buffer"
    try:
        kinesis.get_records(ShardIterator=place)
        raise SystemExit("boto3 reads the page now")
    except (TypeError, ClientError) as error:
        print("boto3 on the page:", type(error).__name__, error)
        assert isinstance(error, TypeError)
    after = kinesis.get_shard_iterator(ShardIteratorType="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=records[1]["SequenceNumber"], **shard)["ShardIterator"]
    rest = [r["Data"] for r in kinesis.get_records(ShardIterator=after)["Records"]]
    print("boto3 after the record:", rest)
    assert rest == [b"Python again"]
PY
cat >Writer.java <<'JAVA'
import java.net.URI;
import software.amazon.awssdk.auth.credentials.*;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
public class Writer { public static void main(String[] arguments) {
  var kinesis = KinesisClient.builder().region(Region.US_EAST_1).endpointOverride(URI.create(System.getenv("URL")))
    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("example", "example"))).build();
  var put = kinesis.putRecord(r -> r.streamName("orders").partitionKey("k").data(SdkBytes.fromUtf8String("from Java")));
  var created = kinesis.describeStreamSummary(r -> r.streamName("orders")).streamDescriptionSummary().streamCreationTimestamp();
  System.out.println("Java put it as " + put.sequenceNumber() + "; stream created at " + created);
  var place = kinesis.getShardIterator(r -> r.streamName("orders").shardId("shardId-000000000000").shardIteratorType("TRIM_HORIZON")).shardIterator();
  String own;
  try { own = "read " + kinesis.getRecords(r -> r.shardIterator(place)).records().size(); }
  catch (software.amazon.awssdk.core.exception.SdkClientException error) { own = "cannot read: " + error.getMessage(); }
  System.out.println("Java " + own);
  if (!created.toString().startsWith("1970-01") || !own.contains("SDK Attempt Count: 4")) { System.out.println("CHANGED"); System.exit(1); }
} }
JAVA
venv/bin/python reader.py prepare
java -cp "$(cat classpath)" Writer.java
venv/bin/python reader.py read
