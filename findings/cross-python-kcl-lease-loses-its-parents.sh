#!/usr/bin/env bash
# Package + version: native-aws-kcl-py 0.1.1 (PyPI, a KCL in Python) writing, KCL for Java 3.5.1's lease serialiser reading
# Expected (guess): as the package says of itself, it can take over an existing lease table of the KCL: its rows have the same attributes,
#   so that either side, or a viewer, can read them.
# Seen: half of it. Owner, counter and checkpoint are read well, but parents are written as parentShardIds (the KCL: parentShardId, also a
#   set) and the range as hashKeyRangeStart and hashKeyRangeEnd (the KCL: startingHashKey, endingHashKey). The Java serialiser takes
#   the row without complaint, as a lease with no parents and no hash range.
# Why it matters to a Kinesis tool: a table that has leaseKey is not proof of the KCL's row. A child whose parents are not finished looks
#   like a root shard that may be read at once. Take lineage from ListShards, and accept both spellings.
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
venv/bin/pip install --quiet --disable-pip-version-check native-aws-kcl-py==0.1.1
venv/bin/python - >row.txt 2>err <<'PY' || { tail -5 err; exit 1; }
from native_aws_kcl_py.leases.dynamodb_lease_refresher import DynamoDBLeaseRefresher
from native_aws_kcl_py.types.lease import Lease
from native_aws_kcl_py.types.records import ExtendedSequenceNumber
sequence = ExtendedSequenceNumber(sequence_number="49590338271490256608559692538361571095921575989136588898")
lease = Lease(lease_key="shardId-000000000003", lease_counter=7, lease_owner="worker-1", checkpoint=sequence)
lease.parent_shard_ids = ["shardId-000000000000", "shardId-000000000001"]
lease.hash_key_range_start, lease.hash_key_range_end = "0", "170141183460469231731687303715884105727"
item = DynamoDBLeaseRefresher.__new__(DynamoDBLeaseRefresher)._lease_to_item(lease)
for name, typed in sorted(item.items()):
    (kind, value), = typed.items()
    print(name, kind, ",".join(value) if isinstance(value, list) else value, sep="\t")
PY
cat row.txt
cat >Probe.java <<'JAVA'
import java.nio.file.*;
import java.util.*;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.kinesis.leases.dynamodb.DynamoDBLeaseSerializer;
public class Probe {
  public static void main(String[] arguments) throws Exception {
    var row = new HashMap<String, AttributeValue>();
    for (String line : Files.readAllLines(Path.of("row.txt"))) {
      var f = line.split("\t");
      var value = AttributeValue.builder();
      row.put(f[0], (f[1].equals("S") ? value.s(f[2]) : f[1].equals("N") ? value.n(f[2]) : value.ss(f[2].split(","))).build());
    }
    var lease = new DynamoDBLeaseSerializer().fromDynamoRecord(row);
    System.out.println("KCL for Java reads: owner " + lease.leaseOwner() + ", counter " + lease.leaseCounter() + ", checkpoint " + lease.checkpoint().sequenceNumber()
      + ", parents " + lease.parentShardIds() + ", range " + lease.hashKeyRangeForLease());
    boolean same = row.containsKey("parentShardIds") && row.containsKey("hashKeyRangeStart") && "worker-1".equals(lease.leaseOwner()) && lease.leaseCounter() == 7
      && lease.parentShardIds().isEmpty() && lease.hashKeyRangeForLease() == null;
    if (!same) { System.out.println("CHANGED"); System.exit(1); }
  }
}
JAVA
java -cp "$(cat classpath)" Probe.java
