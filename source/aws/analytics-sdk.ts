// What is used of the SDK's client, so that the bundle holds no more. Loaded on demand only.
export {
  DescribeApplicationCommand,
  KinesisAnalyticsV2Client as Client,
  ListApplicationSnapshotsCommand,
  ListApplicationsCommand,
} from '@aws-sdk/client-kinesis-analytics-v2'
