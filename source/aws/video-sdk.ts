// What is used of the SDK's client, so that the bundle holds no more. Loaded on demand only.
export { KinesisVideoClient as Client, ListStreamsCommand } from '@aws-sdk/client-kinesis-video'
