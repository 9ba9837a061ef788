// What is used of the SDK's client, so that the bundle holds no more. Loaded on demand only.
export { DescribePipeCommand, ListPipesCommand, PipesClient as Client } from '@aws-sdk/client-pipes'
