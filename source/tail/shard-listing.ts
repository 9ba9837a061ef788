import type { ChildShard } from '../aws/kinesis-api.ts'
import { type Failure, failureOf } from '../domain/failure.ts'
import { Lineage, parentIdsOf } from '../domain/lineage.ts'
import { isOpen, type Shard } from '../domain/shard.ts'
import { failureDelayMillis, isWorthRetrying } from './backoff.ts'
import type { TailOptions } from './tail-options.ts'

/** Waits between listings that look for the children of an ended shard. */
const CHILD_SEARCH_MILLIS = [1_000, 2_000, 4_000, 8_000]

export type ShardListingOptions = Pick<TailOptions, 'stream' | 'clock' | 'random'> & {
  readonly api: Pick<TailOptions['api'], 'listShards'>
  readonly signal: AbortSignal
  /** A listing differs from the one before; `added` are the shards that are new in it. */
  readonly onChange: (shards: readonly Shard[], added: readonly Shard[]) => void
  readonly onFailure: (failure: Failure, attempt: number) => void
  /** `askedAtMillis`: when the call was made that brought the listing. */
  readonly onSuccess: (askedAtMillis: number) => void
  /** The stream is gone and another one has its name: ids begin anew, the numbers of its shards do not. */
  readonly onReplaced: () => void
}

/** Digits of a sequence number of the service; what emulators have instead may change with the first record. */
const REAL_NUMBER_DIGITS = 50

/** The shards in retention as last listed, and listings anew when somebody needs one. Nothing here rejects. */
export class ShardListing {
  readonly #options: ShardListingOptions
  #shards = new Map<string, Shard>()
  #running: Promise<Failure | undefined> | undefined
  #next: Promise<Failure | undefined> | undefined
  #failureCount = 0

  constructor(options: ShardListingOptions) {
    this.#options = options
  }

  get shards(): readonly Shard[] {
    return [...this.#shards.values()]
  }

  has(shardId: string): boolean {
    return this.#shards.has(shardId)
  }

  isClosed(shardId: string): boolean {
    const shard = this.#shards.get(shardId)
    return shard !== undefined && !isOpen(shard)
  }

  lineage(): Lineage {
    return new Lineage(this.#shards.values())
  }

  childrenOf(shardId: string): ChildShard[] {
    return this.lineage().childrenOf(shardId).map(childShardOf)
  }

  /** A listing that starts after this call; callers that come meanwhile share the next one. Resolves to its failure. */
  relist(): Promise<Failure | undefined> {
    this.#next ??= (async () => {
      await this.#running
      this.#next = undefined
      this.#running = this.#list()
      return await this.#running
    })()
    return this.#next
  }

  /** One listing that succeeds, however long that takes; the failure where no retry can help. */
  async relistPatiently(isWorth = isWorthRetrying): Promise<Failure | undefined> {
    const { clock, random, signal } = this.#options
    for (let attempt = 1; ; attempt += 1) {
      const failure = await this.relist()
      if (failure === undefined || !isWorth(failure) || signal.aborted) return failure
      await clock.sleep(failureDelayMillis(failure, attempt, random), signal)
    }
  }

  /** Children of a shard that ended without naming them; `still-open` where the listing says that it did not end. */
  async findChildren(shardId: string): Promise<readonly ChildShard[] | 'still-open'> {
    const { clock, signal } = this.#options
    for (let attempt = 0; ; attempt += 1) {
      const failure = await this.relist()
      if (signal.aborted || (failure !== undefined && !isWorthRetrying(failure))) return []
      if (failure === undefined) {
        const children = this.childrenOf(shardId)
        if (children.length > 0) return children
        if (this.has(shardId) && !this.isClosed(shardId)) return 'still-open'
      }
      const wait = CHILD_SEARCH_MILLIS[attempt]
      if (wait === undefined) return []
      await clock.sleep(wait, signal)
    }
  }

  async #list(): Promise<Failure | undefined> {
    const { api, clock, stream, signal, onChange, onFailure, onSuccess, onReplaced } = this.#options
    try {
      const askedAtMillis = clock.now()
      const shards = await api.listShards(stream, { signal })
      if (signal.aborted) return undefined
      this.#failureCount = 0
      onSuccess(askedAtMillis)
      if (shards.some(shard => this.#isAnother(shard))) {
        onReplaced()
        return undefined
      }
      const added = shards.filter(shard => !this.has(shard.shardId))
      if (added.length === 0 && !this.#differs(shards)) return undefined
      this.#shards = new Map(shards.map(shard => [shard.shardId, shard]))
      onChange(shards, added)
      return undefined
    } catch (error) {
      const failure = failureOf(error, 'ListShards')
      this.#failureCount += 1
      if (!signal.aborted) onFailure(failure, this.#failureCount)
      return failure
    }
  }

  #isAnother(shard: Shard): boolean {
    const before = this.#shards.get(shard.shardId)?.startingSequenceNumber
    const now = shard.startingSequenceNumber
    if (before === undefined || before === now) return false
    return before.length >= REAL_NUMBER_DIGITS && now.length >= REAL_NUMBER_DIGITS
  }

  #differs(shards: readonly Shard[]): boolean {
    return (
      shards.length !== this.#shards.size ||
      shards.some(shard => this.isClosed(shard.shardId) === isOpen(shard))
    )
  }
}

export function childShardOf(shard: Shard): ChildShard {
  return { shardId: shard.shardId, parentShardIds: parentIdsOf(shard), hashKeyRange: shard.hashKeyRange }
}
