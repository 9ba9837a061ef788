// A small Kinesis in memory behind the port, for tests of what reads it. On purpose without any code in common with the
// sandbox. What it must do like the service: ranges, lineage, iterators that expire, ends with children, order per shard.

import type {
  CallOptions,
  ChildShard,
  KinesisApi,
  RecordPage,
  StartingPosition,
} from '../../source/aws/kinesis-api.ts'
import type { Clock } from '../../source/domain/clock.ts'
import { type Failure, FailureError, type FailureKind } from '../../source/domain/failure.ts'
import { type HashKeyRange, hashKeyOf, rangeContains } from '../../source/domain/hash-key.ts'
import type { StreamRecord } from '../../source/domain/record.ts'
import type { Shard } from '../../source/domain/shard.ts'
import type { StreamRef, StreamSummary } from '../../source/domain/stream.ts'

const SPACE = 1n << 128n
/** Sequence numbers as long as the real ones: 56 digits. */
const SEQUENCE_BASE = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_580_000n

export type FakeOperation = 'ListShards' | 'GetShardIterator' | 'GetRecords'

export type FakeBehaviour = {
  /** What an answer says of its distance from the tip. Default `service`. */
  readonly distance?: 'service' | 'zero' | 'one' | 'absent'
  /** How the end of a closed shard is told. Default `with-children`. */
  readonly end?: 'with-children' | 'without-children' | 'extra-empty-page' | 'never'
  readonly iteratorLifetimeMillis?: number
  /** Records go after so many hours, and closed shards with their last one. Default: never. */
  readonly retentionPeriodHours?: number
  /** Records of one answer at most, besides the asked limit. */
  readonly pageRecords?: number
  /** Bytes of one answer at most. Default 10 MiB. */
  readonly pageBytes?: number
  /** Enforce 5 reads a second and shard, and 2 MiB/s paid back after each page. */
  readonly hasReadLimits?: boolean
  /** Returned instead of an answer where it is a failure; called before every operation. */
  readonly fault?: (operation: FakeOperation, shardId: string | undefined) => Failure | undefined
  /** Whether this answer is empty though records are waiting: the service may do so at any time. */
  readonly isEmptyAnswer?: (shardId: string) => boolean
}

type StoredRecord = {
  readonly sequenceNumber: bigint
  readonly partitionKey: string
  readonly data: Uint8Array
  readonly arrivalMillis: number
}

type FakeShard = {
  readonly shardId: string
  readonly parents: readonly string[]
  readonly range: HashKeyRange
  readonly startingSequenceNumber: bigint
  endingSequenceNumber?: bigint
  closedAtMillis?: number
  readonly records: StoredRecord[]
  /** When the bytes that were read so far are paid back. */
  readableAtMillis: number
  readonly readsAtMillis: number[]
}

type Iterator = {
  readonly shardId: string
  readonly index: number
  readonly takenAtMillis: number
  readonly isPastEnd: boolean
}

export function fakeFailure(kind: FailureKind, action: string, rest: Partial<Failure> = {}): Failure {
  return {
    kind,
    action,
    message: `${kind} (scripted)`,
    retryable: kind === 'service' || kind === 'throttled',
    ...rest,
  }
}

export class FakeKinesis
  implements Pick<KinesisApi, 'listShards' | 'getShardIterator' | 'getRecords' | 'describeStreamSummary'>
{
  behaviour: FakeBehaviour
  readonly shards: FakeShard[] = []
  readonly calls: {
    readonly operation: FakeOperation
    readonly shardId?: string
    readonly atMillis: number
    readonly limit?: number
    readonly position?: StartingPosition
  }[] = []
  readonly #clock: Clock
  readonly #createdAt: Date
  readonly #iterators = new Map<string, Iterator>()
  #lastSequenceNumber = SEQUENCE_BASE
  #iteratorCount = 0
  #createdCount = 0

  constructor(clock: Clock, shardCount: number, behaviour: FakeBehaviour = {}) {
    this.#clock = clock
    this.#createdAt = new Date(clock.now())
    this.behaviour = behaviour
    const width = SPACE / BigInt(shardCount)
    for (let index = 0; index < shardCount; index += 1) {
      const startingHashKey = width * BigInt(index)
      const endingHashKey = index === shardCount - 1 ? SPACE - 1n : startingHashKey + width - 1n
      this.#addShard([], { startingHashKey, endingHashKey })
    }
  }

  get openShards(): FakeShard[] {
    return this.shards.filter(shard => shard.endingSequenceNumber === undefined)
  }

  put(partitionKey: string, data: Uint8Array | string): { shardId: string; sequenceNumber: string } {
    const hashKey = hashKeyOf(partitionKey)
    const shard = this.openShards.find(candidate => rangeContains(candidate.range, hashKey))
    if (shard === undefined) throw new Error('the open shards have a gap')
    const sequenceNumber = this.#nextSequenceNumber()
    shard.records.push({
      sequenceNumber,
      partitionKey,
      data: typeof data === 'string' ? new TextEncoder().encode(data) : data,
      arrivalMillis: this.#clock.now(),
    })
    return { shardId: shard.shardId, sequenceNumber: String(sequenceNumber) }
  }

  split(shardId: string, newStartingHashKey?: bigint): void {
    const parent = this.#open(shardId)
    const { startingHashKey, endingHashKey } = parent.range
    const middle = newStartingHashKey ?? startingHashKey + (endingHashKey - startingHashKey + 1n) / 2n
    this.#close(parent)
    this.#addShard([shardId], { startingHashKey, endingHashKey: middle - 1n })
    this.#addShard([shardId], { startingHashKey: middle, endingHashKey })
  }

  merge(lowerShardId: string, upperShardId: string): void {
    const lower = this.#open(lowerShardId)
    const upper = this.#open(upperShardId)
    if (lower.range.endingHashKey + 1n !== upper.range.startingHashKey) throw new Error('not adjacent')
    this.#close(lower)
    this.#close(upper)
    const { startingHashKey } = lower.range
    this.#addShard([lowerShardId, upperShardId], {
      startingHashKey,
      endingHashKey: upper.range.endingHashKey,
    })
  }

  /** Equal ranges by splits and merges, as the service does it: shards that live for a moment only among them. */
  updateShardCount(target: number): void {
    const width = SPACE / BigInt(target)
    const cuts = Array.from({ length: target - 1 }, (_, index) => width * BigInt(index + 1))
    for (const cut of cuts) {
      const shard = this.openShards.find(
        ({ range }) => range.startingHashKey < cut && cut <= range.endingHashKey,
      )
      if (shard !== undefined) this.split(shard.shardId, cut)
    }
    for (const start of [0n, ...cuts]) {
      for (;;) {
        const lower = this.openShards.find(({ range }) => range.startingHashKey === start)
        const end = lower === undefined ? SPACE : lower.range.endingHashKey + 1n
        if (lower === undefined || end === SPACE || cuts.includes(end)) break
        const upper = this.openShards.find(({ range }) => range.startingHashKey === end)
        if (upper === undefined) throw new Error('the open shards have a gap')
        this.merge(lower.shardId, upper.shardId)
      }
    }
  }

  /** The shard's data has left the retention: it is not listed any more and no iterator can be taken. */
  expire(shardId: string): void {
    const index = this.shards.findIndex(shard => shard.shardId === shardId)
    this.shards.splice(index, 1)
  }

  expireIterators(): void {
    this.#iterators.clear()
  }

  async describeStreamSummary({ streamName }: StreamRef): Promise<StreamSummary> {
    const { retentionPeriodHours } = this.behaviour
    return {
      streamName,
      streamStatus: 'ACTIVE',
      streamCreationTimestamp: this.#createdAt,
      openShardCount: this.openShards.length,
      ...(retentionPeriodHours === undefined ? {} : { retentionPeriodHours }),
    }
  }

  async listShards(_stream: StreamRef, options?: CallOptions): Promise<Shard[]> {
    this.#enter('ListShards', undefined, options)
    const horizon = this.#horizon()
    for (const shard of [...this.shards]) {
      if (shard.closedAtMillis !== undefined && shard.closedAtMillis < horizon) this.expire(shard.shardId)
    }
    return this.shards.map(shard => {
      const [parentShardId, adjacentParentShardId] = shard.parents
      return {
        shardId: shard.shardId,
        ...(parentShardId === undefined ? {} : { parentShardId }),
        ...(adjacentParentShardId === undefined ? {} : { adjacentParentShardId }),
        hashKeyRange: shard.range,
        startingSequenceNumber: String(shard.startingSequenceNumber),
        ...(shard.endingSequenceNumber === undefined
          ? {}
          : { endingSequenceNumber: String(shard.endingSequenceNumber) }),
      }
    })
  }

  async getShardIterator(
    _stream: StreamRef,
    shardId: string,
    position: StartingPosition,
    options?: CallOptions,
  ): Promise<string> {
    this.#enter('GetShardIterator', shardId, options, { position })
    const shard = this.#find(shardId)
    return this.#hand({
      shardId,
      index: this.#indexOf(shard, position),
      takenAtMillis: this.#clock.now(),
      isPastEnd: false,
    })
  }

  async getRecords(
    stream: StreamRef,
    shardId: string,
    shardIterator: string,
    options?: CallOptions & { readonly limit?: number },
  ): Promise<RecordPage> {
    const now = this.#clock.now()
    this.#enter('GetRecords', shardId, options, {
      ...(options?.limit === undefined ? {} : { limit: options.limit }),
    })
    const iterator = this.#iterators.get(shardIterator)
    const lifetime = this.behaviour.iteratorLifetimeMillis ?? 300_000
    if (iterator === undefined || now - iterator.takenAtMillis >= lifetime) {
      throw new FailureError(fakeFailure('expired-iterator', 'GetRecords'))
    }
    if (iterator.shardId !== shardId) throw new Error('an iterator of another shard')
    const shard = this.#find(shardId)
    const place = Math.max(iterator.index, this.#firstIndex(shard))
    this.#checkReadLimits(shard, now)

    const isEmpty = this.behaviour.isEmptyAnswer?.(shardId) === true
    const taken = isEmpty ? [] : this.#page(shard, place, options?.limit ?? 10_000)
    const bytes = taken.reduce((sum, record) => sum + record.data.length, 0)
    shard.readableAtMillis = Math.max(now, shard.readableAtMillis) + (bytes / 2_097_152) * 1_000
    const index = place + taken.length
    const records: StreamRecord[] = taken.map(record => ({
      streamName: stream.streamName,
      shardId,
      sequenceNumber: String(record.sequenceNumber),
      partitionKey: record.partitionKey,
      data: record.data,
      approximateArrivalTimestamp: new Date(record.arrivalMillis),
    }))
    const isAtEnd = shard.endingSequenceNumber !== undefined && index >= shard.records.length
    const end = this.behaviour.end ?? 'with-children'
    const isTold =
      isAtEnd && !isEmpty && end !== 'never' && (end !== 'extra-empty-page' || iterator.isPastEnd)
    const distance = this.#distance(shard, index, isTold, now)
    return {
      records,
      ...(distance === undefined ? {} : { millisBehindLatest: distance }),
      ...(isTold
        ? {}
        : { nextShardIterator: this.#hand({ shardId, index, takenAtMillis: now, isPastEnd: isAtEnd }) }),
      ...(isTold && end === 'with-children' ? { childShards: this.#childrenOf(shardId) } : {}),
    }
  }

  #horizon(): number {
    const hours = this.behaviour.retentionPeriodHours
    return hours === undefined ? Number.NEGATIVE_INFINITY : this.#clock.now() - hours * 3_600_000
  }

  /** Of the oldest record that is left. */
  #firstIndex(shard: FakeShard): number {
    const horizon = this.#horizon()
    const index = shard.records.findIndex(record => record.arrivalMillis >= horizon)
    return index === -1 ? shard.records.length : index
  }

  #close(shard: FakeShard): void {
    shard.endingSequenceNumber = this.#nextSequenceNumber()
    shard.closedAtMillis = this.#clock.now()
  }

  #page(shard: FakeShard, index: number, limit: number): StoredRecord[] {
    const most = Math.min(limit, this.behaviour.pageRecords ?? 10_000)
    const page: StoredRecord[] = []
    let bytes = 0
    for (const record of shard.records.slice(index, index + most)) {
      bytes += record.data.length
      if (page.length > 0 && bytes > (this.behaviour.pageBytes ?? 10_485_760)) break
      page.push(record)
    }
    return page
  }

  #distance(shard: FakeShard, index: number, isTold: boolean, now: number): number | undefined {
    switch (this.behaviour.distance ?? 'service') {
      case 'zero':
        return 0
      case 'one':
        return 1
      case 'absent':
        return undefined
      case 'service': {
        const next = shard.records[index]
        if (next !== undefined) return Math.max(1, now - next.arrivalMillis)
        // A closed shard that was read to its end keeps a distance for ever.
        return isTold ? 5_000 : 0
      }
    }
  }

  #indexOf(shard: FakeShard, position: StartingPosition): number {
    const firstFrom = (test: (record: StoredRecord) => boolean) => {
      const index = shard.records.findIndex(test)
      return index === -1 ? shard.records.length : index
    }
    switch (position.type) {
      case 'TRIM_HORIZON':
        return 0
      case 'LATEST':
        return shard.records.length
      case 'AT_TIMESTAMP': {
        const millis = position.timestamp.getTime()
        if (millis > this.#clock.now()) throw new FailureError(fakeFailure('invalid', 'GetShardIterator'))
        return firstFrom(record => record.arrivalMillis >= millis)
      }
      case 'AT_SEQUENCE_NUMBER':
      case 'AFTER_SEQUENCE_NUMBER': {
        const sequenceNumber = BigInt(position.sequenceNumber)
        const isKnown = shard.records.some(record => record.sequenceNumber === sequenceNumber)
        if (!isKnown) throw new FailureError(fakeFailure('invalid', 'GetShardIterator'))
        const isAfter = position.type === 'AFTER_SEQUENCE_NUMBER'
        return firstFrom(record =>
          isAfter ? record.sequenceNumber > sequenceNumber : record.sequenceNumber >= sequenceNumber,
        )
      }
    }
  }

  #checkReadLimits(shard: FakeShard, now: number): void {
    if (this.behaviour.hasReadLimits !== true) return
    const recent = shard.readsAtMillis.filter(at => at > now - 1_000)
    if (recent.length >= 5 || now < shard.readableAtMillis) {
      throw new FailureError(fakeFailure('throttled', 'GetRecords'))
    }
    shard.readsAtMillis.push(now)
  }

  #childrenOf(shardId: string): ChildShard[] {
    return this.shards
      .filter(shard => shard.parents.includes(shardId))
      .map(shard => ({ shardId: shard.shardId, parentShardIds: shard.parents, hashKeyRange: shard.range }))
  }

  #enter(
    operation: FakeOperation,
    shardId: string | undefined,
    options: CallOptions | undefined,
    rest: { limit?: number; position?: StartingPosition } = {},
  ): void {
    if (options?.signal?.aborted === true) throw new FailureError(fakeFailure('aborted', operation))
    this.calls.push({
      operation,
      atMillis: this.#clock.now(),
      ...(shardId === undefined ? {} : { shardId }),
      ...rest,
    })
    const failure = this.behaviour.fault?.(operation, shardId)
    if (failure !== undefined) throw new FailureError(failure)
  }

  #find(shardId: string): FakeShard {
    const shard = this.shards.find(candidate => candidate.shardId === shardId)
    const isGone = shard?.closedAtMillis !== undefined && shard.closedAtMillis < this.#horizon()
    if (shard === undefined || isGone) throw new FailureError(fakeFailure('not-found', 'GetShardIterator'))
    return shard
  }

  #open(shardId: string): FakeShard {
    const shard = this.#find(shardId)
    if (shard.endingSequenceNumber !== undefined) throw new Error(`${shardId} is closed`)
    return shard
  }

  #hand(iterator: Iterator): string {
    this.#iteratorCount += 1
    const token = `iterator-${this.#iteratorCount}`
    this.#iterators.set(token, iterator)
    return token
  }

  #nextSequenceNumber(): bigint {
    // Steps of changing size: the numbers are not dense.
    this.#lastSequenceNumber += 1n + (this.#lastSequenceNumber % 7n)
    return this.#lastSequenceNumber
  }

  #addShard(parents: readonly string[], range: HashKeyRange): void {
    this.shards.push({
      shardId: `shardId-${String(this.#createdCount).padStart(12, '0')}`,
      parents,
      range,
      startingSequenceNumber: this.#nextSequenceNumber(),
      records: [],
      readableAtMillis: 0,
      readsAtMillis: [],
    })
    this.#createdCount += 1
  }
}
