// What is used of the SDK's client, so that the bundle holds no more. Loaded on demand only.
export {
  DescribeDeliveryStreamCommand,
  FirehoseClient as Client,
  ListDeliveryStreamsCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose'
