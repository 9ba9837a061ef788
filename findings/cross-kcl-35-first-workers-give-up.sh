#!/usr/bin/env bash
# Package + version: amazon-kinesis-client (KCL for Java) 3.5.1, all defaults, a fresh application of four workers; moto 5.2.5 as Kinesis
#   and DynamoDB (takes about 2 minutes; about 150 MB to download)
# Expected (guess): workers of a new application that are started together, as any deployment starts them, all come up, and share the shards.
# Seen: of four that begin in the same moment, one or more lose the race to write the row "Migration3.0" and never recover: the first
#   attempt fails with "Failed to create migration state", and each later one with "AssignmentMode is not initialized", because the state
#   machine takes itself for initialized already. After 20 attempts "Unable to initialize ... Shutting down": run() RETURNS, and
#   throws nothing. Three of four did, in the run that this was written from.
# Why it matters to a Kinesis tool: a new consumer then runs with fewer workers than were deployed, for good, and the lease table shows
#   no trace of the others (no WORKER_METRIC_STATS row): "one worker owns all shards" may be this, and no fault of the balance. Say
#   how many workers are alive next to who owns what. Start one worker of a new application first.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
cd "$dir"
cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>example</artifactId><version>1</version><dependencies>
<dependency><groupId>software.amazon.kinesis</groupId><artifactId>amazon-kinesis-client</artifactId><version>3.5.1</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>2.0.13</version></dependency>
</dependencies></project>
POM
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:build-classpath -Dmdep.outputFile=classpath >mvn.log 2>&1 || { tail -5 mvn.log; exit 1; }
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[server]==5.2.5' boto3==1.44.8 botocore==1.44.8
cat >App.java <<'JAVA'
import java.net.URI;
import java.util.*;
import java.util.concurrent.*;
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
    public void processRecords(ProcessRecordsInput input) {}
    public void leaseLost(LeaseLostInput input) {}
    public void shardEnded(ShardEndedInput input) {}
    public void shutdownRequested(ShutdownRequestedInput input) {}
  }
  public static void main(String[] arguments) throws Exception {
    var url = URI.create(arguments[0]); var region = Region.US_EAST_1;
    var keys = StaticCredentialsProvider.create(AwsBasicCredentials.create("example", "example"));
    var together = new CyclicBarrier(4);
    var threads = new ArrayList<Thread>();
    for (int number = 1; number <= 4; number++) {
      var kinesis = KinesisAsyncClient.builder().region(region).credentialsProvider(keys).endpointOverride(url)
        .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1)).build();
      var dynamo = DynamoDbAsyncClient.builder().region(region).credentialsProvider(keys).endpointOverride(url).build();
      var cloudwatch = CloudWatchAsyncClient.builder().region(region).credentialsProvider(keys).endpointOverride(url).build();
      var name = "worker-" + number;
      var all = new ConfigsBuilder("orders", "my-app", kinesis, dynamo, cloudwatch, name, Reader::new);
      var scheduler = new Scheduler(all.checkpointConfig(), all.coordinatorConfig(), all.leaseManagementConfig(), all.lifecycleConfig(),
        all.metricsConfig().metricsFactory(new NullMetricsFactory()), all.processorConfig(),
        all.retrievalConfig().retrievalSpecificConfig(new PollingConfig("orders", kinesis)));
      var thread = new Thread(() -> {
        try { together.await(); scheduler.run(); System.out.println(name + ": run() returned"); }
        catch (Throwable error) { System.out.println(name + ": " + error); }
      });
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    Thread.sleep(75_000);
    System.out.println("still running: " + threads.stream().filter(Thread::isAlive).count());
    Runtime.getRuntime().halt(0);
  }
}
JAVA
mkdir classes
javac -nowarn -Xlint:none -cp "$(cat classpath)" -d classes App.java 2>javac.log || { tail -5 javac.log; exit 1; }
venv/bin/python - 2>err <<'PY' || { tail -5 err; exit 1; }
import logging, re, subprocess
import boto3
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
options = dict(endpoint_url="http://%s:%d" % server.get_host_and_port(), region_name="us-east-1", aws_access_key_id="example", aws_secret_access_key="example")
kinesis, dynamo = boto3.client("kinesis", **options), boto3.client("dynamodb", **options)
kinesis.create_stream(StreamName="orders", ShardCount=4)
command = ["java", "-Daws.cborEnabled=false", "-cp", open("classpath").read().strip() + ":classes", "App", options["endpoint_url"]]
app = subprocess.run(command, capture_output=True, text=True, timeout=150)
print(app.stdout.strip())
for text in ("Failed to create migration state", "AssignmentMode is not initialized", "Unable to initialize after 20 attempts"):
    print(f"{text}:", "logged" if text in app.stderr else "not logged")
rows = dynamo.scan(TableName="my-app")["Items"]
there = sorted(r["leaseKey"]["S"] for r in rows if r["entityType"]["S"] == "WORKER_METRIC_STATS")
print("workers in the lease table:", there)
gone = sorted(re.findall(r"(worker-\d): run\(\) returned", app.stdout))
assert len(gone) >= 1 and f"still running: {4 - len(gone)}" in app.stdout, app.stdout
assert app.returncode == 0
for text in ("Failed to create migration state", "java.lang.IllegalStateException: AssignmentMode is not initialized", "Unable to initialize after 20 attempts. Shutting down."):
    assert text in app.stderr, text
assert not set(gone) & set(there), (gone, there)
server.stop()
PY
