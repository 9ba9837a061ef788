#!/usr/bin/env bash
# Package + version: amazon-kinesis-producer (KPL) 1.0.8 with its native process, kinesalite 3.3.3 over TLS (about 150 MB to download)
# Expected (guess): with aggregation on (the default) two records of one key put within the buffering second leave as one aggregate, also
#   the first two; an aggregate of one key's records carries that key outside.
# Seen: what is put right after start leaves as plain records, one each, until the KPL has loaded its shard map; three seconds later the
#   same two puts leave as one aggregate. An aggregate's outer key is "a" even when all its records share one key, and because the
#   hash key that placed it cannot be read back, records with key "a" lie on both shards, where MD5("a") names only one.
# Why it matters to a Kinesis tool: a short-lived KPL program (a job, a test, a CLI) never aggregates, and every KPL stream mixes
#   plain and aggregated records: never decide per stream, and never check an outer key "a" against its shard's range.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
cd "$dir"
cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>example</artifactId><version>1</version><dependencies>
<dependency><groupId>software.amazon.kinesis</groupId><artifactId>amazon-kinesis-producer</artifactId><version>1.0.8</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.13</version></dependency>
</dependencies></project>
POM
mvn -q -B -Dmaven.repo.local="$dir/m2" dependency:build-classpath -Dmdep.outputFile=classpath >mvn.log 2>&1 || { tail -5 mvn.log; exit 1; }
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --omit=optional kinesalite@3.3.3 >/dev/null 2>&1
node -e 'const s = require("kinesalite")({ ssl: true, createStreamMs: 20 }); s.listen(0, "127.0.0.1", () => require("node:fs").writeFileSync("port", String(s.address().port)))' >server.log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
for _ in $(seq 100); do [ -s port ] && break; sleep 0.2; done
export PORT="$(cat port)"
# The reader and the helper that makes the stream: plain JSON calls, certificate of the emulator not checked.
cat >call.mjs <<'JS'
import https from 'node:https'
import assert from 'node:assert/strict'
const call = (operation, body) => new Promise((done, failed) => {
  const request = https.request({ host: '127.0.0.1', port: process.env.PORT, method: 'POST', rejectUnauthorized: false, headers: {
    'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Kinesis_20131202.${operation}`, 'x-amz-date': '20261130T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=example/20261130/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=example' } }, (response) => {
    let text = ''; response.on('data', (part) => { text += part }); response.on('end', () => done(text ? JSON.parse(text) : {})) })
  request.on('error', failed); request.end(JSON.stringify(body))
})
if (process.argv[2] === 'create') {
  await call('CreateStream', { StreamName: 'orders', ShardCount: 2 })
} else {
  const rows = []
  for (const ShardId of ['shardId-000000000000', 'shardId-000000000001']) {
    const { ShardIterator } = await call('GetShardIterator', { StreamName: 'orders', ShardId, ShardIteratorType: 'TRIM_HORIZON' })
    for (const record of (await call('GetRecords', { ShardIterator })).Records) {
      const bytes = Buffer.from(record.Data, 'base64')
      const aggregated = bytes.subarray(0, 4).toString('hex') === 'f3899ac2'
      rows.push(`${ShardId.slice(-1)} key ${record.PartitionKey}: ${aggregated ? `aggregate with${['one', 'two', 'three', 'four'].filter((w) => bytes.includes(w)).map((w) => ` ${w}`).join('')}` : bytes}`)
    }
  }
  console.log(rows.join('\n'))
  assert.deepEqual(rows, ['0 key a: aggregate with three four', '1 key user-1: first', '1 key user-1: second', '1 key a: aggregate with one two', '1 key user-1: alone'])
}
JS
node call.mjs create
cat >Producer.java <<'JAVA'
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.*;
import software.amazon.awssdk.auth.credentials.*;
import software.amazon.kinesis.producer.*;
public class Producer {
  static void put(KinesisProducer producer, String... keysAndTexts) throws Exception {
    var waiting = new ArrayList<Future<UserRecordResult>>();
    for (int i = 0; i < keysAndTexts.length; i += 2) waiting.add(producer.addUserRecord("orders", keysAndTexts[i], ByteBuffer.wrap(keysAndTexts[i + 1].getBytes())));
    for (var one : waiting) if (!one.get(40, TimeUnit.SECONDS).isSuccessful()) throw new IllegalStateException("not stored");
  }
  public static void main(String[] arguments) throws Exception {
    long port = Long.parseLong(System.getenv("PORT"));
    var producer = new KinesisProducer(new KinesisProducerConfiguration().setRegion("us-east-1").setKinesisEndpoint("127.0.0.1").setKinesisPort(port)
      .setCloudwatchEndpoint("127.0.0.1").setCloudwatchPort(port).setStsEndpoint("127.0.0.1").setStsPort(port).setVerifyCertificate(false)
      .setMetricsLevel("none").setRecordMaxBufferedTime(1000).setTempDirectory(arguments[0])
      .setCredentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("example", "example"))));
    put(producer, "user-1", "first", "user-1", "second");
    Thread.sleep(3000);
    put(producer, "user-1", "one", "user-1", "two", "user-3", "three", "user-4", "four");
    put(producer, "user-1", "alone");
    producer.destroy();
    System.exit(0);
  }
}
JAVA
mkdir native
java -cp "$(cat classpath)" Producer.java "$dir/native"
node call.mjs read
