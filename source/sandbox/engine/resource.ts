import type { Account } from './account.ts'
import { resourceNotFound } from './errors.ts'

/** The stream, consumer or channel an ARN names, as far as tags and policies are concerned. Errors: ResourceNotFound. */
export function findResource(account: Account, arn: string): { arn: string; tags: Map<string, string> } {
  const channel = account.channels.get(arn)
  if (channel !== undefined) return channel
  for (const stream of account.streams.values()) {
    if (stream.arn === arn) return stream
    for (const consumer of stream.consumers.values()) if (consumer.arn === arn) return consumer
  }
  throw resourceNotFound(`Resource ${arn} under account ${account.accountId} not found.`)
}
