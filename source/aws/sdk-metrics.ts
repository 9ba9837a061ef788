// What is used of the SDK's CloudWatch client, so that the bundle holds no more. Loaded on demand only.
export { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
export { AwsQueryProtocol } from '@aws-sdk/core/protocols'
