#!/usr/bin/env bash
# Package + version: amazon-kinesis-client (KCL for Java) 3.5.1, ExtendedSequenceNumber and the DynamoDB lease serialiser
# Expected (guess): among checkpoints LATEST, the tip of the shard, is greater than the sequence number of any stored record, as
#   TRIM_HORIZON is smaller; compareTo and equals agree about SHARD_END.
# Seen: the order is AT_TIMESTAMP < TRIM_HORIZON < LATEST < 0 < any sequence number < SHARD_END. A worker that starts at LATEST and then
#   checkpoints its first record therefore moves forward; LATEST counts as less progress than the oldest record there is.
#   A fresh row writes checkpointSubSequenceNumber 0 beside the word. SHARD_END with sub-sequence number 5 compares as 0 with SHARD_END, and equals() says they differ.
# Why it matters to a Kinesis tool: sorting or subtracting checkpoints to rank readers puts a reader at LATEST behind one at the
#   horizon's first record. Treat the four words as states, never as positions, and test for the end by word alone.
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
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.dynamodb.DynamoDBLeaseSerializer;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;
public class Probe {
  static void check(boolean holds, String what) { if (!holds) { System.out.println("CHANGED: " + what); System.exit(1); } }
  public static void main(String[] arguments) {
    var real = "49590338271490256608559692538361571095921575989136588898";
    var list = new ArrayList<ExtendedSequenceNumber>();
    for (String text : List.of("SHARD_END", real, "LATEST", "0", "AT_TIMESTAMP", "TRIM_HORIZON")) list.add(new ExtendedSequenceNumber(text));
    Collections.sort(list);
    var order = list.stream().map(ExtendedSequenceNumber::sequenceNumber).toList();
    System.out.println("ascending: " + order);
    check(order.equals(List.of("AT_TIMESTAMP", "TRIM_HORIZON", "LATEST", "0", real, "SHARD_END")), "order");
    var ended = new ExtendedSequenceNumber("SHARD_END", 5L);
    System.out.println("SHARD_END with sub-sequence 5: isShardEnd " + ended.isShardEnd() + ", equals SHARD_END " + ended.equals(ExtendedSequenceNumber.SHARD_END)
        + ", compared " + Integer.signum(ended.compareTo(ExtendedSequenceNumber.SHARD_END)));
    check(ended.isShardEnd() && !ended.equals(ExtendedSequenceNumber.SHARD_END) && ended.compareTo(ExtendedSequenceNumber.SHARD_END) == 0, "shard end");
    var fresh = new Lease();
    fresh.leaseKey("shardId-000000000009"); fresh.leaseCounter(0L); fresh.ownerSwitchesSinceCheckpoint(0L); fresh.checkpoint(ExtendedSequenceNumber.LATEST);
    var row = new TreeMap<String, String>();
    new DynamoDBLeaseSerializer().toDynamoRecord(fresh).forEach((k, v) -> row.put(k, v.s() != null ? v.s() : "N " + v.n()));
    System.out.println("fresh row: " + row);
    check(row.get("checkpoint").equals("LATEST") && row.get("checkpointSubSequenceNumber").equals("N 0") && !row.containsKey("leaseOwner"), "fresh row");
  }
}
JAVA
java -cp "$(cat classpath)" Probe.java
