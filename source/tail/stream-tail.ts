// One class of some 400 lines: the members of a tail, their order and its end share so much state that pieces of it would
// only pass one another the same maps. What needs none of that state lives beside it: scope, queue, pace, failures.

import type { ChildShard } from '../aws/kinesis-api.ts'
import { type Failure, FailureError, failureOf, usageFailure } from '../domain/failure.ts'
import { rangeContains } from '../domain/hash-key.ts'
import { Lineage } from '../domain/lineage.ts'
import { countedBytes, type StreamRecord } from '../domain/record.ts'
import { isOpen, type Shard } from '../domain/shard.ts'
import type { FinishReason, ReaderState, TailEvent, TailTotals } from '../domain/tail-event.ts'
import { failureDelayMillis, isWorthRetrying } from './backoff.ts'
import { CallScheduler } from './call-scheduler.ts'
import { EventQueue } from './event-queue.ts'
import { FailureLedger } from './failure-ledger.ts'
import { PauseGate } from './pause-gate.ts'
import { DEFAULT_PACE } from './read-budget.ts'
import type { ReadPageEvent } from './reader-event.ts'
import { readShard } from './shard-reader.ts'
import type { ReadPace, Tail, TailOptions } from './tail-options.ts'
import { type Member, memberOf, newMember, shardsHolding, shardsInScope, startOf } from './tail-scope.ts'

const DEFAULT_BUFFER_BYTES = 16 * 1_048_576
const DEFAULT_CONCURRENT_CALLS = 32
const DEFAULT_READS_PER_SECOND = 300
const DEFAULT_RELIST_MILLIS = 30_000
/** While the stream has no shard yet (it is being created). */
const EMPTY_RELIST_MILLIS = 2_000
/** Waits between listings that look for the children of an ended shard. */
const CHILD_SEARCH_MILLIS = [1_000, 2_000, 4_000, 8_000]
const LISTING = 'ListShards'

/** Starts reading when it is iterated. See TailOptions and Tail for what it promises. */
export function tailStream(options: TailOptions): Tail {
  return new StreamTail(options)
}

class StreamTail implements Tail {
  readonly #options: TailOptions
  readonly #queue: EventQueue
  readonly #gate = new PauseGate()
  readonly #scheduler: CallScheduler
  readonly #ledger = new FailureLedger()
  readonly #pace: ReadPace
  readonly #stop = new AbortController()
  readonly #members = new Map<string, Member>()
  /** Members that the tail still waits for. */
  readonly #unfinished = new Set<Member>()
  /** Members whose first iterator `tailing` waits for; undefined once it was said. */
  #unready: Set<Member> | undefined = new Set()
  readonly #tasks = new Set<Promise<void>>()
  #listed = new Map<string, Shard>()
  #listing: Promise<Failure | undefined> | undefined
  #nextListing: Promise<Failure | undefined> | undefined
  /** The members of the first listing are chosen; later listings add to them. */
  #isAttached = false
  #isFinished = false
  #startedAtMillis = 0
  #lastRecordAtMillis = 0
  #recordCount = 0
  #byteCount = 0
  #readCount = 0
  #throttledCount = 0
  #failedShardCount = 0
  #endedShardCount = 0
  #failure: Failure | undefined

  constructor(options: TailOptions) {
    this.#options = options
    this.#queue = new EventQueue(options.bufferBytes ?? DEFAULT_BUFFER_BYTES)
    const maxReadsPerSecond = options.maxReadsPerSecond ?? DEFAULT_READS_PER_SECOND
    this.#scheduler = new CallScheduler({
      clock: options.clock,
      maxConcurrentCalls: options.maxConcurrentCalls ?? DEFAULT_CONCURRENT_CALLS,
      maxReadsPerSecond,
    })
    const pace = { ...DEFAULT_PACE, ...options.pace }
    const unfinished = this.#unfinished
    this.#pace = {
      // Idle shards take half of the allowed reads at most, so that thousands of them leave turns for those behind.
      get idleMillis() {
        return Math.max(pace.idleMillis, (unfinished.size / maxReadsPerSecond) * 2_000)
      },
      behindMillis: pace.behindMillis,
      bytesPerSecond: pace.bytesPerSecond,
    }
  }

  pause(): void {
    this.#gate.close()
  }

  resume(): void {
    this.#lastRecordAtMillis = this.#options.clock.now()
    this.#gate.open()
  }

  get isPaused(): boolean {
    return this.#gate.isClosed
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TailEvent, void, void> {
    const { signal } = this.#options
    const onAbort = () => this.#finish('aborted')
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#spawn(this.#attach())
    if (signal?.aborted) onAbort()
    try {
      yield* this.#queue.drain()
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#finish('aborted')
      while (this.#tasks.size > 0) await Promise.all(this.#tasks)
    }
  }

  /** First listing, members, their readers. */
  async #attach(): Promise<void> {
    const { clock, from, idleMillis } = this.#options
    this.#startedAtMillis = clock.now()
    this.#lastRecordAtMillis = this.#startedAtMillis
    const failure = await this.#firstListing()
    if (this.#isFinished) return
    if (failure !== undefined) return this.#finish('failed', failure)
    const lineage = new Lineage(this.#listed.values())
    const shardIds =
      from.type === 'sequence-number'
        ? [await this.#shardHolding(from.sequenceNumber)]
        : this.#options.shardIds
    if (this.#isFinished) return
    const only = { shardIds, hashKey: this.#options.hashKey }
    for (const shard of shardsInScope(lineage, from, only)) this.#add(newMember(shard, true))
    this.#isAttached = true
    for (const member of this.#members.values()) this.#startOrWait(member)
    this.#announceWhenReady()
    if (this.#members.size === 0 && this.#options.exitAtTip === true) return this.#finish('tip')
    this.#spawn(this.#keepListing())
    if (idleMillis !== undefined) this.#spawn(this.#watchIdle(idleMillis))
  }

  /** A refusal for throughput is waited out; anything else at the very start is the caller's to see. */
  async #firstListing(): Promise<Failure | undefined> {
    const { clock, random } = this.#options
    for (let attempt = 1; ; attempt += 1) {
      const failure = await this.#relist()
      if (failure?.kind !== 'throttled' || this.#isFinished) return failure
      await clock.sleep(failureDelayMillis(failure, attempt, random), this.#stop.signal)
    }
  }

  /** The one shard that a sequence number belongs to; the service is asked where ranges overlap. */
  async #shardHolding(sequenceNumber: string): Promise<string> {
    const { api, stream, shardIds } = this.#options
    const shards = [...this.#listed.values()]
    const candidates =
      shardIds === undefined ? shardsHolding(shards, sequenceNumber) : shardsNamed(shards, shardIds)
    const [only] = candidates
    if (only !== undefined && candidates.length === 1) return only.shardId
    const accepting: string[] = []
    for (const { shardId } of candidates) {
      try {
        const position = { type: 'AT_SEQUENCE_NUMBER', sequenceNumber } as const
        await this.#scheduler.run(() =>
          api.getShardIterator(stream, shardId, position, { signal: this.#stop.signal }),
        )
        accepting.push(shardId)
      } catch (error) {
        const { kind } = failureOf(error, 'GetShardIterator')
        if (kind !== 'invalid' && kind !== 'not-found') throw error
      }
    }
    const [accepted] = accepting
    if (accepted !== undefined && accepting.length === 1) return accepted
    throw accepted === undefined
      ? usageFailure(
          'tail',
          `No shard within retention holds the sequence number ${sequenceNumber}.`,
          'Start from a time or from the oldest record; numbers of an earlier stream of this name are not valid here.',
        )
      : usageFailure(
          'tail',
          `The sequence number ${sequenceNumber} could belong to ${accepting.join(' or ')}.`,
          'Name its shard.',
        )
  }

  #add(member: Member): void {
    this.#members.set(member.shardId, member)
    this.#unfinished.add(member)
  }

  /** The parents of a member that are read by this tail too. */
  #parentsOf(member: Member): Member[] {
    return member.parentShardIds.flatMap(id => this.#members.get(id) ?? [])
  }

  #startOrWait(member: Member): void {
    if (member.phase !== 'waiting' || this.#isFinished) return
    const parents = this.#parentsOf(member)
    const awaited = parents.filter(parent => !parent.isReleased)
    // What such a parent was not read for lies past the tail's own end, and so does all of its child.
    if (awaited.some(parent => parent.phase === 'complete')) {
      this.#complete(member)
      return
    }
    if (awaited.length > 0) {
      const parentShardIds = awaited.map(parent => parent.shardId)
      this.#say(member, { state: 'waiting-for-parent', parentShardIds })
      return
    }
    member.phase = 'reading'
    this.#unready?.add(member)
    this.#spawn(this.#read(member, parents))
  }

  async #read(member: Member, parents: readonly Member[]): Promise<void> {
    const { api, stream, clock, random, from } = this.#options
    const { shardId } = member
    const events = readShard({
      api,
      stream,
      shardId,
      start: startOf(member, from, parents),
      clock,
      random,
      pace: this.#pace,
      scheduler: this.#scheduler,
      signal: member.stop.signal,
      room: { reserve: bytes => this.#reserve(bytes), release: bytes => this.#queue.release(bytes) },
      isListedAsClosed: () => this.#isListedAsClosed(shardId),
      confirmEnd: announced => this.#confirmEnd(shardId, announced),
    })
    for await (const event of events) {
      if (this.#isFinished) return
      switch (event.type) {
        case 'state':
          this.#say(member, event.reader)
          break
        case 'ready':
          this.#recovered(shardId)
          this.#ready(member)
          break
        case 'page':
          this.#recovered(shardId)
          this.#takePage(member, event)
          break
        case 'drained':
          this.#release(member)
          if (this.#options.exitAtTip === true) this.#complete(member)
          break
        case 'ended':
          this.#ended(member, event.childShards)
          break
        case 'gave-up':
          await this.#gaveUp(member, event.failure)
          break
        case 'refused':
          this.#throttledCount += 1
          break
        case 'retrying':
          this.#retried(shardId, event.failure, event.attempt)
      }
    }
  }

  async #reserve(bytes: number): Promise<void> {
    for (;;) {
      await this.#gate.pass()
      await this.#queue.reserve(bytes)
      if (!this.#gate.isClosed) return
      this.#queue.release(bytes)
    }
  }

  #ready(member: Member): void {
    this.#unready?.delete(member)
    this.#announceWhenReady()
  }

  #announceWhenReady(): void {
    if (this.#unready === undefined || this.#unready.size > 0 || this.#members.size === 0) return
    this.#unready = undefined
    const reading = [...this.#members.values()].filter(member => member.phase === 'reading')
    this.#queue.push({ type: 'tailing', shardIds: reading.map(member => member.shardId) })
  }

  #takePage(member: Member, page: ReadPageEvent): void {
    const { limit, until, exitAtTip, accepts } = this.#options
    this.#readCount += 1
    const timely = until === undefined ? page.records : page.records.filter(record => !isAfter(record, until))
    member.readCount += timely.length
    const wanted = accepts === undefined ? timely : timely.filter(accepts)
    const records = limit === undefined ? wanted : wanted.slice(0, limit - this.#recordCount)
    if (records.length > 0) this.#deliver(member, page, records)
    if (limit !== undefined && this.#recordCount >= limit) {
      this.#finish('limit')
      return
    }
    if (exitAtTip === true && !this.#isListedAsClosed(member.shardId)) {
      if (reachesTipOf(this.#startedAtMillis, page)) this.#complete(member)
    }
    if (until !== undefined && reachesPast(until, page, this.#isListedAsClosed(member.shardId))) {
      this.#complete(member)
    }
  }

  #deliver(member: Member, page: ReadPageEvent, records: readonly StreamRecord[]): void {
    const byteCount =
      records.length === page.records.length
        ? page.byteCount
        : records.reduce((sum, record) => sum + countedBytes(record), 0)
    this.#recordCount += records.length
    this.#byteCount += byteCount
    this.#lastRecordAtMillis = page.receivedAtMillis
    this.#queue.push(
      {
        type: 'records-arrived',
        shardId: member.shardId,
        records,
        ...(page.millisBehindLatest === undefined ? {} : { millisBehindLatest: page.millisBehindLatest }),
        receivedAtMillis: page.receivedAtMillis,
      },
      byteCount,
    )
  }

  /** One listing that succeeds, however long that takes; not at all where no retry can help. */
  async #relistPatiently(): Promise<void> {
    const { clock, random } = this.#options
    for (let attempt = 1; !this.#isFinished; attempt += 1) {
      const failure = await this.#relist()
      if (failure === undefined || !isWorthRetrying(failure)) return
      await clock.sleep(failureDelayMillis(failure, attempt, random), this.#stop.signal)
    }
  }

  /** Children of an ended shard, or `still-open` where the listing says that it did not end. */
  async #confirmEnd(
    shardId: string,
    announced: readonly ChildShard[],
  ): Promise<readonly ChildShard[] | 'still-open'> {
    if (announced.length > 0) {
      const parentIds = announced.flatMap(child => child.parentShardIds)
      // A parent can itself be a child that nobody announced yet: a resize makes shards that live for moments only.
      if (parentIds.every(id => this.#members.has(id) || this.#listed.has(id))) {
        // For the listing's own sake: the screen wants the new shards with all that is known of them.
        this.#spawn(this.#relist().then(() => undefined))
      } else {
        await this.#relistPatiently()
      }
      return announced
    }
    for (let attempt = 0; ; attempt += 1) {
      const failure = await this.#relist()
      if (this.#isFinished) return []
      if (failure === undefined) {
        const children = new Lineage(this.#listed.values()).childrenOf(shardId)
        if (children.length > 0) return children.map(childShardOf)
        const shard = this.#listed.get(shardId)
        if (shard !== undefined && isOpen(shard)) return 'still-open'
      } else if (!isWorthRetrying(failure)) {
        return []
      }
      const wait = CHILD_SEARCH_MILLIS[attempt]
      if (wait === undefined) return []
      await this.#options.clock.sleep(wait, this.#stop.signal)
    }
  }

  #ended(member: Member, childShards: readonly ChildShard[]): void {
    const childShardIds = childShards.map(child => child.shardId)
    member.phase = 'ended'
    this.#endedShardCount += 1
    this.#say(member, { state: 'ended', childShardIds })
    this.#queue.push({ type: 'shard-ended', shardId: member.shardId, childShardIds })
    this.#ready(member)
    this.#join(childShards)
    this.#release(member)
    this.#done(member)
  }

  async #gaveUp(member: Member, failure: Failure): Promise<void> {
    // A shard whose data expired while it waited its turn is gone from the listing: its children hold what is left.
    if (failure.kind === 'not-found' && (await this.#relist()) === undefined) {
      if (this.#isFinished) return
      if (!this.#listed.has(member.shardId)) {
        this.#pushAll(this.#ledger.gaveUp(member.shardId, failure, this.#options.clock.now()))
        const children = new Lineage(this.#listed.values()).childrenOf(member.shardId)
        return this.#ended(member, children.map(childShardOf))
      }
    }
    if (this.#isFinished) return
    member.phase = 'failed'
    this.#failedShardCount += 1
    this.#failure ??= failure
    this.#pushAll(this.#ledger.gaveUp(member.shardId, failure, this.#options.clock.now()))
    this.#say(member, { state: 'failed', failure })
    this.#ready(member)
    this.#release(member)
    this.#done(member)
  }

  /** Nothing more is wanted of this member, nor of the children that wait for it. */
  #complete(member: Member): void {
    if (member.phase !== 'reading' && member.phase !== 'waiting') return
    member.phase = 'complete'
    member.stop.abort()
    for (const other of this.#members.values()) {
      const waitsForIt = other.phase === 'waiting' && other.parentShardIds.includes(member.shardId)
      if (waitsForIt && !member.isReleased) this.#complete(other)
    }
    this.#ready(member)
    this.#done(member)
  }

  #join(childShards: readonly ChildShard[]): void {
    const joined: Member[] = []
    const { hashKey } = this.#options
    for (const child of childShards) {
      if (this.#members.has(child.shardId)) continue
      if (hashKey !== undefined && !rangeContains(child.hashKeyRange, hashKey)) continue
      const member = memberOf(child.shardId, child.parentShardIds, false, true)
      this.#add(member)
      joined.push(member)
    }
    // Only now, since one of them can be the parent of another.
    for (const member of joined) this.#startOrWait(member)
  }

  #release(member: Member): void {
    if (member.isReleased) return
    member.isReleased = true
    for (const other of this.#members.values()) {
      if (other.phase === 'waiting' && other.parentShardIds.includes(member.shardId)) this.#startOrWait(other)
    }
  }

  #done(member: Member): void {
    this.#unfinished.delete(member)
    if (this.#unfinished.size > 0 || this.#isFinished) return
    const { exitAtTip, until } = this.#options
    if (this.#failedShardCount === this.#members.size) this.#finish('failed')
    else if (exitAtTip === true) this.#finish('tip')
    else this.#finish(until === undefined ? 'ended' : 'until')
  }

  #isListedAsClosed(shardId: string): boolean {
    const shard = this.#listed.get(shardId)
    return shard !== undefined && !isOpen(shard)
  }

  /** A listing that starts after this call; callers that come meanwhile share the next one. Never rejects. */
  #relist(): Promise<Failure | undefined> {
    this.#nextListing ??= (async () => {
      await this.#listing
      this.#nextListing = undefined
      this.#listing = this.#list()
      return await this.#listing
    })()
    return this.#nextListing
  }

  async #list(): Promise<Failure | undefined> {
    const { api, stream, clock } = this.#options
    try {
      const shards = await api.listShards(stream, { signal: this.#stop.signal })
      if (this.#isFinished) return undefined
      this.#recovered(LISTING)
      this.#takeListing(shards)
      return undefined
    } catch (error) {
      const failure = failureOf(error, LISTING)
      const hasStarted = this.#members.size > 0
      if (hasStarted && !this.#isFinished) this.#pushAll(this.#ledger.retried(LISTING, failure, clock.now()))
      return failure
    }
  }

  #takeListing(shards: readonly Shard[]): void {
    const added = shards.filter(shard => !this.#listed.has(shard.shardId))
    const isChanged =
      added.length > 0 ||
      shards.length !== this.#listed.size ||
      shards.some(shard => this.#isListedAsClosed(shard.shardId) === isOpen(shard))
    if (!isChanged) return
    this.#listed = new Map(shards.map(shard => [shard.shardId, shard]))
    this.#queue.push({ type: 'shards-listed', shards })
    if (this.#isAttached) this.#joinListed(added)
  }

  #joinListed(added: readonly Shard[]): void {
    const { shardIds, from } = this.#options
    const isPartial = shardIds !== undefined || from.type === 'sequence-number'
    const isAdded = new Set(added.map(shard => shard.shardId))
    const wanted = new Set<string>()
    // Parents first, so that the children of children are found too.
    const children = new Lineage(this.#listed.values())
      .inReadingOrder()
      .filter(shard => isAdded.has(shard.shardId))
      .map(childShardOf)
      .filter(child => {
        const isWanted =
          !isPartial || child.parentShardIds.some(id => this.#members.has(id) || wanted.has(id))
        if (isWanted) wanted.add(child.shardId)
        return isWanted
      })
    this.#join(children)
  }

  /** Finds reshards that an endpoint does not announce, and shards of a stream that is still being created. */
  async #keepListing(): Promise<void> {
    const { clock, relistMillis } = this.#options
    while (!this.#isFinished) {
      const wait = this.#members.size === 0 ? EMPTY_RELIST_MILLIS : (relistMillis ?? DEFAULT_RELIST_MILLIS)
      await clock.sleep(wait, this.#stop.signal)
      if (!this.#isFinished) await this.#relist()
    }
  }

  async #watchIdle(idleMillis: number): Promise<void> {
    const { clock } = this.#options
    while (!this.#isFinished) {
      const left = this.#lastRecordAtMillis + idleMillis - clock.now()
      if (left <= 0 && !this.isPaused) return this.#finish('idle')
      await clock.sleep(Math.max(left, 100), this.#stop.signal)
    }
  }

  #retried(source: string, failure: Failure, attempt: number): void {
    // One hiccup is no news; what a human has to act on is said at once.
    const isForHumans = failure.kind === 'credentials' || failure.kind === 'expired-token'
    if (attempt < 2 && !isForHumans) return
    this.#pushAll(this.#ledger.retried(source, failure, this.#options.clock.now()))
  }

  #recovered(source: string): void {
    this.#pushAll(this.#ledger.recovered(source, this.#options.clock.now()))
  }

  #say(member: Member, reader: ReaderState): void {
    this.#queue.push({ type: 'reader-changed', shardId: member.shardId, reader })
  }

  #pushAll(events: readonly TailEvent[]): void {
    for (const event of events) this.#queue.push(event)
  }

  #spawn(task: Promise<void>): void {
    const settled = task
      .catch(error => {
        const failure = error instanceof FailureError ? error.failure : failureOf(error, 'tail')
        this.#finish('failed', failure)
      })
      .finally(() => this.#tasks.delete(settled))
    this.#tasks.add(settled)
  }

  #finish(reason: FinishReason, failure?: Failure): void {
    if (this.#isFinished) return
    this.#isFinished = true
    this.#failure ??= failure
    this.#queue.push({ type: 'finished', reason, totals: this.#totals() })
    this.#stop.abort()
    for (const member of this.#members.values()) member.stop.abort()
    this.#queue.close()
    this.#gate.open()
  }

  #totals(): TailTotals {
    return {
      recordCount: this.#recordCount,
      byteCount: this.#byteCount,
      shardCount: this.#members.size,
      endedShardCount: this.#endedShardCount,
      failedShardCount: this.#failedShardCount,
      throttledCount: this.#throttledCount,
      readCount: this.#readCount,
      elapsedMillis: this.#options.clock.now() - this.#startedAtMillis,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    }
  }
}

function shardsNamed(shards: readonly Shard[], shardIds: readonly string[]): Shard[] {
  return shards.filter(shard => shardIds.includes(shard.shardId))
}

function childShardOf(shard: Shard): ChildShard {
  const parentShardIds = [shard.parentShardId, shard.adjacentParentShardId].filter(id => id !== undefined)
  return { shardId: shard.shardId, parentShardIds, hashKeyRange: shard.hashKeyRange }
}

function isAfter(record: StreamRecord, moment: Date): boolean {
  const arrival = record.approximateArrivalTimestamp
  return arrival !== undefined && arrival.getTime() > moment.getTime()
}

/**
 * Whether a page shows that its shard is read up to where its tip was at `startedAtMillis`. The distance counts from the
 * call, so on a busy shard the tip may have moved on meanwhile; endpoints without a distance, or with a constant one, pass
 * with their first page that is not full.
 */
function reachesTipOf(startedAtMillis: number, page: ReadPageEvent): boolean {
  if (page.isFull) return false
  const behind = page.millisBehindLatest ?? 0
  return behind === 0 || page.requestedAtMillis - behind > startedAtMillis
}

/**
 * Whether everything up to `until` was in this or earlier pages. Arrival stamps are not monotonic, so that a later stamp
 * alone proves nothing; a distance of 0 on a closed shard proves nothing either.
 */
function reachesPast(until: Date, page: ReadPageEvent, isClosed: boolean): boolean {
  const behind = page.millisBehindLatest ?? 0
  if (isClosed && behind === 0) return false
  if (page.requestedAtMillis - behind <= until.getTime()) return false
  const [first] = page.records
  return !page.isFull || (first !== undefined && isAfter(first, until))
}
