#!/usr/bin/env bash
# Package + version: amazon-kinesis-client (KCL for Java) 3.5.1, its DynamoDB lease serialiser
# Expected (guess): the leaseOwner attribute of a lease row names the worker that reads the shard now; a new owner's name appears when
#   it starts, and a worker that is put off a lease loses the attribute.
# Seen: while a lease is handed over, leaseOwner already names the NEXT worker and the reader is in checkpointOwner: KCL's own
#   actualOwner() answers worker-1 for a row with leaseOwner worker-2. The update that puts the old reader off then removes
#   checkpointOwner only and keeps leaseOwner; with no hand-over under way the same update removes leaseOwner. An owner change by
#   hand-over adds 1 to ownerSwitchesSinceCheckpoint before the new worker has read anything.
# Why it matters to a Kinesis tool: "who reads shard 3" is checkpointOwner if present, else leaseOwner. Otherwise every rebalance shows a
#   worker that reads nothing, with the old one still advancing the checkpoint.
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
cat >Probe.java <<'JAVA'
import java.util.*;
import software.amazon.awssdk.services.dynamodb.model.AttributeAction;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.dynamodb.DynamoDBLeaseSerializer;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;
public class Probe {
  static void check(boolean holds, String what) { if (!holds) { System.out.println("CHANGED: " + what); System.exit(1); } }
  static String actions(Map<String, software.amazon.awssdk.services.dynamodb.model.AttributeValueUpdate> update) {
    var out = new TreeMap<String, String>();
    update.forEach((k, v) -> out.put(k, v.actionAsString() + (v.value() == null ? "" : " " + (v.value().s() != null ? v.value().s() : v.value().n()))));
    return out.toString();
  }
  static Lease lease() {
    var lease = new Lease();
    lease.leaseKey("shardId-000000000003"); lease.leaseCounter(7L); lease.ownerSwitchesSinceCheckpoint(0L);
    lease.checkpoint(new ExtendedSequenceNumber("49590338271490256608559692538361571095921575989136588898"));
    return lease;
  }
  public static void main(String[] arguments) {
    var serializer = new DynamoDBLeaseSerializer();
    var steady = lease(); steady.leaseOwner("worker-1");
    var handing = lease(); handing.leaseOwner("worker-2"); handing.checkpointOwner("worker-1");
    var row = serializer.toDynamoRecord(handing);
    System.out.println("row during hand-over: leaseOwner=" + row.get("leaseOwner").s() + " checkpointOwner=" + row.get("checkpointOwner").s());
    var back = serializer.fromDynamoRecord(row);
    System.out.println("actualOwner=" + back.actualOwner() + "  (steady: " + serializer.fromDynamoRecord(serializer.toDynamoRecord(steady)).actualOwner() + ")");
    check(back.leaseOwner().equals("worker-2") && back.actualOwner().equals("worker-1"), "owner during hand-over");
    var evictHanding = actions(serializer.getDynamoEvictLeaseUpdate(handing));
    var evictSteady = actions(serializer.getDynamoEvictLeaseUpdate(steady));
    var assign = actions(serializer.getDynamoAssignLeaseUpdate(steady, "worker-2"));
    System.out.println("put off during hand-over: " + evictHanding);
    System.out.println("put off in the steady state: " + evictSteady);
    System.out.println("assign to worker-2: " + assign);
    check(evictHanding.contains("checkpointOwner=DELETE") && !evictHanding.contains("leaseOwner"), "eviction during hand-over");
    check(evictSteady.contains("leaseOwner=DELETE"), "eviction in the steady state");
    check(assign.contains("ownerSwitchesSinceCheckpoint=ADD 1"), "owner switches");
  }
}
JAVA
java -cp "$(cat classpath)" Probe.java
