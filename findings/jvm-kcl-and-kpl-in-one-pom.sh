#!/usr/bin/env bash
# Package + version: amazon-kinesis-client 3.5.1 and amazon-kinesis-producer 1.0.8 from Maven Central, Java 17 (about 250 MB to download)
# Expected (guess): the newest KCL and the newest KPL, both by AWS, work as two dependencies of one Maven project, in any order.
# Seen: neither order works. With the KCL first Maven takes its protobuf 4.27.5, and the KPL's code, generated for 4.29.0, refuses to load:
#   ProtobufRuntimeVersionException, as soon as KinesisProducerConfiguration is made. With the KPL first its AWS SDK 2.29.24 parts
#   (profiles) come together with the KCL's 2.41.21 (sdk-core), and building any KinesisAsyncClient ends in a NullPointerException
#   where there is no ~/.aws/config file, as in a container; where there is one it is built. Everything compiles either way.
# Why it matters to a Kinesis tool: a read-process-write service is exactly this pair. "Works here, NullPointerException there" is
#   the absent config file; pin protobuf-java and import the AWS SDK's BOM. Seen from a console: producers that never start.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
cd "$dir"
pom() {
  echo '<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>example</artifactId><version>1</version><dependencies>'
  for one in "$@"; do
    IFS=: read -r artifact version <<<"$one"
    echo "<dependency><groupId>software.amazon.kinesis</groupId><artifactId>$artifact</artifactId><version>$version</version></dependency>"
  done
  echo '</dependencies></project>'
}
pom amazon-kinesis-client:3.5.1 amazon-kinesis-producer:1.0.8 >kcl-first.xml
pom amazon-kinesis-producer:1.0.8 amazon-kinesis-client:3.5.1 >kpl-first.xml
pom amazon-kinesis-client:3.5.1 >kcl-only.xml
pom amazon-kinesis-producer:1.0.8 >kpl-only.xml
for which in kcl-first kpl-first kcl-only kpl-only; do
  mvn -q -B -f "$which.xml" -Dmaven.repo.local="$dir/m2" dependency:build-classpath -Dmdep.outputFile="$dir/$which.cp" >mvn.log 2>&1 || { tail -5 mvn.log; exit 1; }
done
cat >Producer.java <<'JAVA'
public class Producer { public static void main(String[] arguments) {
  new software.amazon.kinesis.producer.KinesisProducerConfiguration(); System.out.println("fine"); } }
JAVA
cat >Client.java <<'JAVA'
import software.amazon.awssdk.auth.credentials.*;
public class Client { public static void main(String[] arguments) {
  software.amazon.awssdk.services.kinesis.KinesisAsyncClient.builder().region(software.amazon.awssdk.regions.Region.US_EAST_1)
    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("example", "example"))).build();
  System.out.println("fine"); System.exit(0); } }
JAVA
result() { { java -cp "$(cat "$1.cp")" "$2.java" 2>&1 || true; } | grep -oE '^fine$|ProtobufRuntimeVersionException|NullPointerException' | head -1; }
unset AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE
export HOME="$dir/home" JAVA_TOOL_OPTIONS="-Duser.home=$dir/home"
mkdir -p "$HOME"
table=$(for which in kcl-only kpl-only kcl-first kpl-first; do
  for what in Producer Client; do
    case "$which$what" in kcl-onlyProducer | kpl-onlyClient) continue ;; esac
    echo "$which $what $(result "$which" "$what")"
  done
done)
mkdir -p "$HOME/.aws"
printf '[default]\nregion = us-east-1\n' >"$HOME/.aws/config"
printf '[default]\n' >"$HOME/.aws/credentials"
table="$table
kpl-first-with-config-file Client $(result kpl-first Client)"
echo "$table"
diff <(echo "$table") - <<'EXPECTED'
kcl-only Client fine
kpl-only Producer fine
kcl-first Producer ProtobufRuntimeVersionException
kcl-first Client fine
kpl-first Producer fine
kpl-first Client NullPointerException
kpl-first-with-config-file Client fine
EXPECTED
