#!/usr/bin/env bash
# Package + version: amazon-kinesis-producer (KPL) 1.0.8 with its native process, kinesalite 3.3.3 over TLS (about 150 MB to download)
# Expected (guess): after SplitShard the KPL notices that an aggregate landed on a child, makes new aggregates for the children, and goes
#   on as before; no user record is stored twice that it reports as put once.
# Seen: the first aggregate after the split, made for the parent, is stored whole on one child. The KPL then puts EACH of its user
#   records again, most or all as a plain record of its own, until it knows the new shards: of 1,200 user records the 660 in that
#   aggregate are stored twice, 660 (in another run 501) of them as plain records. It reports each
#   of them once, as a success with 2 attempts. Of the copies in the aggregate half hash to that very child.
# Why it matters to a Kinesis tool: a viewer that shows all inner records shows these twice. The KCL drops the whole aggregate because one
#   inner key hashes outside of the child; to mark only the outside ones leaves 330 of 660 duplicates that no KCL reader sees.
#   And a shard that is split because it is near 1,000 records/s gets a burst of hundreds more in that moment.
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
} else if (process.argv[2] === 'split') {
  await call('SplitShard', { StreamName: 'orders', ShardToSplit: 'shardId-000000000000', NewStartingHashKey: String(2n ** 126n) })
} else {
  const { createHash } = await import('node:crypto')
  const hashOf = (key) => BigInt(`0x${createHash('md5').update(key).digest('hex')}`)
  const count = { aggregates: 0, inAggregates: 0, plain: 0, outside: 0 }
  const times = new Map()
  for (const shard of (await call('DescribeStream', { StreamName: 'orders' })).StreamDescription.Shards) {
    const inside = (key) => hashOf(key) >= BigInt(shard.HashKeyRange.StartingHashKey) && hashOf(key) <= BigInt(shard.HashKeyRange.EndingHashKey)
    let { ShardIterator } = await call('GetShardIterator', { StreamName: 'orders', ShardId: shard.ShardId, ShardIteratorType: 'TRIM_HORIZON' })
    for (let pages = 0; ShardIterator && pages < 3; pages += 1) {
      const page = await call('GetRecords', { ShardIterator })
      ShardIterator = page.NextShardIterator
      for (const record of page.Records) {
        const bytes = Buffer.from(record.Data, 'base64')
        const texts = bytes.toString('latin1').match(/after of user-\d+ no \d+;/g) ?? []
        if (texts.length === 0) continue
        if (bytes.subarray(0, 4).toString('hex') === 'f3899ac2') { count.aggregates += 1; count.inAggregates += texts.length } else count.plain += 1
        for (const text of texts) {
          if (!inside(text.split(' ')[2])) count.outside += 1
          times.set(text, (times.get(text) ?? 0) + 1)
        }
      }
    }
  }
  const twice = [...times.values()].filter((n) => n === 2).length
  console.log(`stored after the split: ${count.plain} plain records, ${count.aggregates} aggregates with ${count.inAggregates} user records`)
  console.log(`${times.size} different user records, ${twice} of them stored twice; ${count.outside} copies lie outside of their shard's range`)
  assert.equal(times.size, 1200)
  assert.ok(count.plain > 200 && twice >= 300 && Math.max(...times.values()) === 2, 'plain records and copies')
  assert.ok(count.outside > 0 && count.outside <= twice, 'copies outside')
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
  static String put(KinesisProducer producer, String when, int each) throws Exception {
    var waiting = new ArrayList<Future<UserRecordResult>>();
    for (int number = 0; number < each; number++)
      for (int key = 0; key < 40; key++)
        waiting.add(producer.addUserRecord("orders", "user-" + key, ByteBuffer.wrap((when + " of user-" + key + " no " + number + ";").getBytes())));
    var attempts = new TreeMap<Integer, Integer>();
    for (var one : waiting) attempts.merge(one.get(60, TimeUnit.SECONDS).getAttempts().size(), 1, Integer::sum);
    return attempts.toString();
  }
  public static void main(String[] arguments) throws Exception {
    long port = Long.parseLong(System.getenv("PORT"));
    var producer = new KinesisProducer(new KinesisProducerConfiguration().setRegion("us-east-1").setKinesisEndpoint("127.0.0.1").setKinesisPort(port)
      .setCloudwatchEndpoint("127.0.0.1").setCloudwatchPort(port).setStsEndpoint("127.0.0.1").setStsPort(port).setVerifyCertificate(false)
      .setMetricsLevel("none").setRecordMaxBufferedTime(200).setTempDirectory(arguments[0])
      .setCredentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("example", "example"))));
    put(producer, "warm", 1);
    Thread.sleep(3000);
    System.out.println("user records by attempts, before the split: " + put(producer, "before", 30));
    new ProcessBuilder("node", "call.mjs", "split").inheritIO().start().waitFor();
    Thread.sleep(2000);
    System.out.println("user records by attempts, after the split: " + put(producer, "after", 30));
    producer.destroy();
    System.exit(0);
  }
}
JAVA
mkdir native
java -cp "$(cat classpath)" Producer.java "$dir/native" 2>java.log || { tail -5 java.log; exit 1; }
node call.mjs read
