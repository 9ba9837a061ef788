#!/usr/bin/env bash
# Package + version: amazon-kinesis-client (KCL for Java) 3.5.1, all defaults, fresh application; moto 5.2.5 as Kinesis and DynamoDB
#   (takes about 3 minutes, most of it the KCL's own waiting; about 150 MB to download)
# Expected (guess): with everything on one machine a fresh application on 2 shards reads its first record some 10 to 20 seconds after start,
#   and its lease table then has 2 rows, one a shard.
# Seen: the first record comes about 80 seconds after start. From about 25 seconds on both lease rows say leaseOwner worker-1,
#   checkpoint TRIM_HORIZON and leaseCounter 1, and nothing in them moves for most of the minute that follows. The one table has 5 rows: the 2 leases, "Leader"
#   (its owner is in ownerName and its leaseDuration is a string), "Migration3.0", and a row whose leaseKey is the NAME OF THE WORKER.
# Why it matters to a Kinesis tool: "owned, counter not moving for 30 s" is a fresh start here and a dead worker elsewhere, so say "no
#   heartbeat seen yet" while the counter is 1 or 0; and take only rows with entityType LEASE (or none) as shards.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
cd "$dir"
cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>example</artifactId><version>1</version><dependencies>
<dependency><groupId>software.amazon.kinesis</groupId><artifactId>amazon-kinesis-client</artifactId><version>3.5.1</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.13</version></dependency>
</dependencies></project>
POM
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:build-classpath -Dmdep.outputFile=classpath >mvn.log 2>&1 || { tail -5 mvn.log; exit 1; }
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[server]==5.2.5' boto3==1.44.8 botocore==1.44.8
cat >App.java <<'JAVA'
import java.net.URI;
import software.amazon.awssdk.auth.credentials.*;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.*;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.*;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.retrieval.polling.PollingConfig;
public class App {
  static class Reader implements ShardRecordProcessor {
    public void initialize(InitializationInput input) {}
    public void processRecords(ProcessRecordsInput input) { if (!input.records().isEmpty()) { System.out.println("first record"); Runtime.getRuntime().halt(0); } }
    public void leaseLost(LeaseLostInput input) {}
    public void shardEnded(ShardEndedInput input) {}
    public void shutdownRequested(ShutdownRequestedInput input) {}
  }
  public static void main(String[] arguments) throws Exception {
    var url = URI.create(arguments[0]); var region = Region.US_EAST_1;
    var keys = StaticCredentialsProvider.create(AwsBasicCredentials.create("example", "example"));
    var kinesis = KinesisAsyncClient.builder().region(region).credentialsProvider(keys).endpointOverride(url)
      .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1)).build();
    var dynamo = DynamoDbAsyncClient.builder().region(region).credentialsProvider(keys).endpointOverride(url).build();
    var cloudwatch = CloudWatchAsyncClient.builder().region(region).credentialsProvider(keys).endpointOverride(url).build();
    var all = new ConfigsBuilder("orders", "my-app", kinesis, dynamo, cloudwatch, "worker-1", Reader::new);
    var scheduler = new Scheduler(all.checkpointConfig(), all.coordinatorConfig(), all.leaseManagementConfig(), all.lifecycleConfig(),
      all.metricsConfig().metricsFactory(new NullMetricsFactory()), all.processorConfig(),
      all.retrievalConfig().initialPositionInStreamExtended(InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON))
        .retrievalSpecificConfig(new PollingConfig("orders", kinesis)));
    var thread = new Thread(scheduler);
    thread.setDaemon(true);
    thread.start();
    Thread.sleep(170_000);
    System.out.println("no record in 170 s");
    Runtime.getRuntime().halt(1);
  }
}
JAVA
mkdir classes
javac -nowarn -Xlint:none -cp "$(cat classpath)" -d classes App.java 2>javac.log || { tail -5 javac.log; exit 1; }
venv/bin/python - 2>err <<'PY' || { tail -5 err; exit 1; }
import logging, subprocess, time
import boto3
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
options = dict(endpoint_url="http://%s:%d" % server.get_host_and_port(), region_name="us-east-1", aws_access_key_id="example", aws_secret_access_key="example")
kinesis, dynamo = boto3.client("kinesis", **options), boto3.client("dynamodb", **options)
kinesis.create_stream(StreamName="orders", ShardCount=2)
for number in range(4):
    kinesis.put_record(StreamName="orders", PartitionKey=f"key-{number}", Data=b"x")
start = time.monotonic()
app = subprocess.Popen(["java", "-Daws.cborEnabled=false", "-cp", open("classpath").read().strip() + ":classes", "App", options["endpoint_url"]], stdout=subprocess.PIPE, text=True)
owned, still, counters, rows = None, 0, [], []
try:
    while app.poll() is None:
        time.sleep(1)
        if "my-app" in dynamo.list_tables()["TableNames"]:
            rows = dynamo.scan(TableName="my-app")["Items"] or rows
        leases = [r for r in rows if r.get("entityType", {}).get("S") == "LEASE"]
        if owned is None and len(leases) == 2 and all("leaseOwner" in r for r in leases):
            owned, counters = time.monotonic() - start, [r["leaseCounter"]["N"] for r in leases]
        if owned is not None and counters == [r["leaseCounter"]["N"] for r in leases]:
            still = time.monotonic() - start
finally:
    app.kill()
read = time.monotonic() - start
print(f"both leases owned after {owned:.0f} s with counters {counters}, unchanged until {still:.0f} s, first record after {read:.0f} s")
table = sorted((r["entityType"]["S"], r["leaseKey"]["S"], r.get("leaseOwner", {}).get("S"), r.get("leaseCounter", {}).get("N")) for r in rows)
for row in table:
    print("  ", row)
print("tables:", dynamo.list_tables()["TableNames"])
assert app.returncode == 0 and read > 50 and read - owned > 20 and still - owned > 20, (owned, still, read)
assert dynamo.list_tables()["TableNames"] == ["my-app"]
assert [row[:3] for row in table] == [("CLIENT_VERSION_MIGRATION", "Migration3.0", None), ("LEADER", "Leader", None), ("LEASE", "shardId-000000000000", "worker-1"),
    ("LEASE", "shardId-000000000001", "worker-1"), ("WORKER_METRIC_STATS", "worker-1", None)], table
leader = next(r for r in rows if r["leaseKey"]["S"] == "Leader")
assert leader["ownerName"] == {"S": "worker-1"} and "S" in leader["leaseDuration"]
server.stop()
PY
