#!/usr/bin/env bash
# Package + version: async-kinesis 3.0.1 (kpl extra: aws-kinesis-agg 1.2.3) writing, moto 5.2.5 between, KCL for Java 3.5.1 reading
# Expected (guess): records written with async-kinesis' KPLJsonProcessor are KPL records, so the KCL delivers all of them.
# Seen: on 4 shards it delivers those of one shard and drops the rest without a word: of 200 user records only the ones on shard 0.
#   The writer gives every inner record the partition key "a" and sends the aggregate under a key of its own that changes each time. The
#   KCL works out the inner key's hash, finds it outside the range of the shard it came from, and takes the whole aggregate for a
#   left-over of a reshard. On a stream of one shard all is well.
# Why it matters to a Kinesis tool: a viewer that shows every inner record shows data its user's own consumer never gets, with lag 0 and no
#   error. Mark inner records whose key hashes outside their shard: "the KCL would drop this". More shards lose more (3 of 4 here).
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
cd "$dir"
# The few jars that the class under test needs, each without its own dependencies, in a repository of this run.
pom() {
  echo '<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>example</artifactId><version>1</version><dependencies>'
  while read -r group artifact version; do
    echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version>"
    echo '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>'
  done
  echo '</dependencies></project>'
}
pom >pom.xml <<'LIST'
software.amazon.kinesis amazon-kinesis-client 3.5.1
software.amazon.glue schema-registry-common 1.1.27
com.google.protobuf protobuf-java 4.27.5
org.slf4j slf4j-api 2.0.13
org.slf4j slf4j-nop 2.0.13
org.apache.commons commons-lang3 3.18.0
com.google.guava guava 32.1.1-jre
software.amazon.awssdk kinesis 2.41.21
software.amazon.awssdk dynamodb 2.41.21
software.amazon.awssdk sdk-core 2.41.21
software.amazon.awssdk utils 2.41.21
software.amazon.awssdk aws-core 2.41.21
software.amazon.awssdk arns 2.41.21
software.amazon.awssdk annotations 2.41.21
LIST
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:build-classpath -Dmdep.outputFile=classpath >mvn.log 2>&1 || { tail -5 mvn.log; exit 1; }
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[server]==5.2.5' boto3==1.43.117 botocore==1.43.117 aiobotocore==3.10.0 'async-kinesis[kpl]==3.0.1' aws-kinesis-agg==1.2.3
venv/bin/python - >records.tsv 2>err <<'PY' || { tail -5 err; exit 1; }
import asyncio, base64, logging, os
import boto3
from moto.server import ThreadedMotoServer
logging.disable(logging.CRITICAL)
os.environ.update(AWS_ACCESS_KEY_ID="example", AWS_SECRET_ACCESS_KEY="example", AWS_DEFAULT_REGION="us-east-1")
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
url = "http://%s:%d" % server.get_host_and_port()
kinesis = boto3.client("kinesis", endpoint_url=url)
from kinesis import Producer
from kinesis.processors import KPLJsonProcessor
async def write(stream):
    async with Producer(stream_name=stream, endpoint_url=url, region_name="us-east-1", processor=KPLJsonProcessor(), buffer_time=0.1) as producer:
        for batch in range(40):
            for number in range(5):
                await producer.put({"batch": batch, "number": number})
            await producer.flush()
for stream, shards in (("four", 4), ("one", 1)):
    kinesis.create_stream(StreamName=stream, ShardCount=shards)
    asyncio.run(asyncio.wait_for(write(stream), 60))
    for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
        place = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        for record in kinesis.get_records(ShardIterator=place)["Records"]:
            print(stream, shard["ShardId"], shard["HashKeyRange"]["StartingHashKey"], shard["HashKeyRange"]["EndingHashKey"], record["PartitionKey"],
                  base64.b64encode(record["Data"]).decode(), sep="\t")
server.stop()
PY
cat >Probe.java <<'JAVA'
import java.nio.ByteBuffer;
import java.nio.file.*;
import java.util.*;
import software.amazon.kinesis.retrieval.*;
public class Probe {
  public static void main(String[] arguments) throws Exception {
    var table = new TreeMap<String, int[]>();
    for (String line : Files.readAllLines(Path.of("records.tsv"))) {
      var f = line.split("\t");
      var data = Base64.getDecoder().decode(f[5]);
      var record = KinesisClientRecord.builder().partitionKey(f[4]).sequenceNumber("1").approximateArrivalTimestamp(java.time.Instant.now());
      int inside = new AggregatorUtil().deaggregate(List.of(record.data(ByteBuffer.wrap(data)).build())).size();
      int delivered = new AggregatorUtil().deaggregate(List.of(record.data(ByteBuffer.wrap(data)).build()), f[2], f[3]).size();
      for (String key : List.of(f[0] + " shards", f[0] + " " + f[1])) { var sum = table.computeIfAbsent(key, k -> new int[2]); sum[0] += inside; sum[1] += delivered; }
    }
    table.forEach((key, sum) -> System.out.println(key + ": " + sum[0] + " user records written, " + sum[1] + " delivered by the KCL"));
    var four = table.get("four shards"); var one = table.get("one shards"); var zero = table.getOrDefault("four shardId-000000000000", new int[2]);
    boolean same = four[0] == 200 && four[1] == zero[0] && zero[0] == zero[1] && four[1] < 120 && one[0] == 200 && one[1] == 200;
    if (!same) { System.out.println("CHANGED"); System.exit(1); }
  }
}
JAVA
java -cp "$(cat classpath)" Probe.java
