import type { TokenBucket } from './token-bucket.ts'

/** A registered consumer (enhanced fan-out). Its ARN carries its creation time, so a second life has another ARN. */
export type Consumer = {
  name: string
  arn: string
  createdAt: number
  status: 'CREATING' | 'ACTIVE' | 'DELETING'
  /** When the present state of CREATING or DELETING is over. */
  due?: number
  tags: Map<string, string>
  /** The latest subscription to each shard by shard id, also after its end. */
  subscriptions: Map<string, SubscriptionState>
}

/** How far one pushed read has come. */
export type SubscriptionState = {
  /** Next record to push. */
  ordinal: number
  startedAt: number
  lastEventAt: number
  bytes: TokenBucket
  /** Another call has taken the shard over. */
  takenOver: boolean
  /** The consumer was deregistered. */
  gone: boolean
}
