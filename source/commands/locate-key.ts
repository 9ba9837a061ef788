import { FailureError } from '../domain/failure.ts'
import { hashKeyOf } from '../domain/hash-key.ts'
import { ownerAt } from '../domain/heat/key-owner.ts'
import { Lineage } from '../domain/lineage.ts'
import type { StreamRef } from '../domain/stream.ts'
import { parseMoment } from '../domain/time-expression.ts'
import type { KeyLocation } from '../state/heat-state.ts'
import type { Context } from './command.ts'
import { summaryIfTold } from './look-up.ts'

/** Where a key belongs now and, with `at`, where it belonged then. @throws FailureError */
export async function locateKey(
  { api, clock, signal }: Pick<Context, 'api' | 'clock' | 'signal'>,
  stream: StreamRef,
  partitionKey: string,
  at: string | undefined,
): Promise<KeyLocation> {
  const hashKey = hashKeyOf(partitionKey)
  const shards = await api.listShards(stream, { signal })
  const owner = new Lineage(shards).openOwnerOf(hashKey)
  const now = { partitionKey, hashKey, ...(owner === undefined ? {} : { owner }) }
  if (at === undefined || at.trim() === '') return now
  const { timestamp } = parseMoment(at.trim(), clock.now())
  const created = (await summaryIfTold(api, stream, signal))?.streamCreationTimestamp
  if (created !== undefined && timestamp < created) {
    throw new FailureError({
      kind: 'not-found',
      action: 'where',
      message: `${stream.streamName} was created at ${created.toISOString()}: there was no shard at ${timestamp.toISOString()}`,
      nextStep: 'Choose a later time.',
      retryable: false,
    })
  }
  const then = ownerAt(await api.listShards(stream, { signal, at: timestamp }), hashKey, timestamp.getTime())
  if (then === undefined) {
    throw new FailureError({
      kind: 'not-found',
      action: 'where',
      message: `no shard that is still listed took "${partitionKey}" at ${timestamp.toISOString()}`,
      nextStep: 'Shards that have left the retention are not listed any more; choose a later time.',
      retryable: false,
    })
  }
  return { ...now, at: timestamp, ownerThen: then.shard, basis: then.basis }
}
