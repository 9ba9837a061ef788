// What is used of the SDK's client, so that the bundle holds no more. Loaded on demand only.
export { LambdaClient as Client, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda'
