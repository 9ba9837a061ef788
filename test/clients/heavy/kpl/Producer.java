import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.TimeUnit;
import com.google.common.util.concurrent.ListenableFuture;
import software.amazon.kinesis.producer.*;

/**
 * Puts numbered user records of several keys with the KPL: one burst for each line on standard input, which says how many
 * for each key. Tells `put SHARD SEQUENCE KEY TEXT ATTEMPTS` for each record and `burst` when all of a burst are stored.
 * Usage: Producer STREAM PORT FOLDER_FOR_ITS_NATIVE_PROCESS KEYS
 */
public class Producer {
  public static void main(String[] arguments) throws Exception {
    var stream = arguments[0];
    long port = Long.parseLong(arguments[1]);
    int keys = Integer.parseInt(arguments[3]);
    var producer = new KinesisProducer(new KinesisProducerConfiguration().setRegion("us-east-1")
        .setKinesisEndpoint("127.0.0.1").setKinesisPort(port).setCloudwatchEndpoint("127.0.0.1").setCloudwatchPort(port)
        .setStsEndpoint("127.0.0.1").setStsPort(port).setVerifyCertificate(false).setTempDirectory(arguments[2])
        .setMetricsLevel("none").setRecordMaxBufferedTime(100).setRecordTtl(60_000));
    int number = 0;
    var lines = new Scanner(System.in);
    while (lines.hasNextInt()) {
      int each = lines.nextInt();
      var waiting = new LinkedHashMap<String, ListenableFuture<UserRecordResult>>();
      for (int last = number + each; number < last; number++)
        for (int key = 0; key < keys; key++) {
          var text = "user-" + key + " " + number;
          waiting.put(text, producer.addUserRecord(stream, "user-" + key, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
        }
      for (var one : waiting.entrySet()) {
        var result = one.getValue().get(90, TimeUnit.SECONDS);
        if (!result.isSuccessful()) throw new IllegalStateException("not stored: " + one.getKey());
        System.out.println(String.join("\t", "put", result.getShardId(), result.getSequenceNumber(), one.getKey().split(" ")[0],
            one.getKey(), String.valueOf(result.getAttempts().size())));
      }
      System.out.println("burst");
    }
    producer.destroy();
    System.exit(0);
  }
}
