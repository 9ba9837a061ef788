// What is used of the SDK's client, so that the bundle holds no more. Loaded on demand only.
export {
  DescribeTableCommand,
  DynamoDBClient as Client,
  ListTablesCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
