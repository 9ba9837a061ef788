import type { SubscribeToShard } from '../aws/kinesis-api.ts'

/** The consumer of enhanced fan-out through which shards are subscribed. */
export type FanOut = { readonly consumerArn: string; readonly subscribe: SubscribeToShard }
