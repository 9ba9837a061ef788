/** A consumer with enhanced fan-out, as ListStreamConsumers tells it. Names and status are untrusted. */
export type RegisteredConsumer = {
  readonly consumerName: string
  readonly consumerArn?: string
  /** CREATING, ACTIVE, DELETING, or what is newer than this program. */
  readonly consumerStatus?: string
  readonly consumerCreationTimestamp?: Date
}
