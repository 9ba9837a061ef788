// What is used of the SDK's client, so that the bundle holds no more. Loaded on demand only.
export { GetSchemaVersionCommand, GlueClient as Client } from '@aws-sdk/client-glue'
