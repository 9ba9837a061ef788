import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.interceptor.*;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.*;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.lifecycle.events.*;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.RetrievalSpecificConfig;
import software.amazon.kinesis.retrieval.fanout.FanOutConfig;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * One worker of a KCL application. It tells each thing that happens to it as a line of fields with tabs between:
 * start SHARD, record SHARD SEQUENCE SUB KEY TEXT, end SHARD, lost SHARD, and once each kind of content that Kinesis answered: wire TYPE.
 * The Kinesis client is the one the KCL recommends (HTTP/2, CBOR); only times between looks are shortened.
 * Usage: Worker KINESIS_URL DYNAMODB_URL STREAM APPLICATION WORKER polling|fanout
 */
public class Worker {
  static synchronized void tell(Object... fields) {
    var line = new StringBuilder();
    for (Object field : fields) line.append(line.length() == 0 ? "" : "\t").append(field);
    System.out.println(line);
  }

  static class Reader implements ShardRecordProcessor {
    private String shard;

    public void initialize(InitializationInput input) {
      shard = input.shardId();
      tell("start", shard);
    }

    public void processRecords(ProcessRecordsInput input) {
      for (KinesisClientRecord record : input.records())
        tell("record", shard, record.sequenceNumber(), record.subSequenceNumber(), record.partitionKey(),
            StandardCharsets.UTF_8.decode(record.data()));
      try {
        if (!input.records().isEmpty()) input.checkpointer().checkpoint();
      } catch (Exception error) {
        tell("trouble", shard, error);
      }
    }

    public void leaseLost(LeaseLostInput input) { tell("lost", shard); }

    public void shardEnded(ShardEndedInput input) {
      try {
        input.checkpointer().checkpoint();
        tell("end", shard);
      } catch (Exception error) {
        tell("trouble", shard, error);
      }
    }

    public void shutdownRequested(ShutdownRequestedInput input) {}
  }

  static class Wire implements ExecutionInterceptor {
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    public void beforeUnmarshalling(Context.BeforeUnmarshalling context, ExecutionAttributes attributes) {
      var type = context.httpResponse().firstMatchingHeader("Content-Type").orElse("none");
      if (seen.add(type)) tell("wire", type);
    }
  }

  public static void main(String[] arguments) {
    var stream = arguments[2];
    var kinesis = KinesisClientUtil.createKinesisAsyncClient(
        KinesisAsyncClient.builder().region(Region.US_EAST_1).endpointOverride(URI.create(arguments[0]))
            .overrideConfiguration(it -> it.addExecutionInterceptor(new Wire())));
    var dynamo = DynamoDbAsyncClient.builder().region(Region.US_EAST_1).endpointOverride(URI.create(arguments[1])).build();
    var cloudwatch = CloudWatchAsyncClient.builder().region(Region.US_EAST_1).endpointOverride(URI.create(arguments[0])).build();
    var all = new ConfigsBuilder(stream, arguments[3], kinesis, dynamo, cloudwatch, arguments[4], Reader::new);
    RetrievalSpecificConfig retrieval = arguments[5].equals("fanout")
        ? new FanOutConfig(kinesis).streamName(stream).applicationName(arguments[3])
        : new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(250);
    var scheduler = new Scheduler(all.checkpointConfig(),
        all.coordinatorConfig().parentShardPollIntervalMillis(1000).shardConsumerDispatchPollIntervalMillis(200),
        all.leaseManagementConfig().failoverTimeMillis(5000).shardSyncIntervalMillis(2000),
        all.lifecycleConfig(), all.metricsConfig().metricsFactory(new NullMetricsFactory()), all.processorConfig(),
        all.retrievalConfig().retrievalSpecificConfig(retrieval)
            .initialPositionInStreamExtended(InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON)));
    scheduler.run();
    System.exit(0);
  }
}
