// One class of some 400 lines: the members of a tail, their order and its end share so much state that pieces of it would
// only pass one another the same maps. What needs none of that state lives beside it: scope, listing, queue, pace, failures.

import type { ChildShard } from '../aws/kinesis-api.ts'
import { type Failure, failureOf } from '../domain/failure.ts'
import { rangeContains } from '../domain/hash-key.ts'
import { countedBytes, type StreamRecord } from '../domain/record.ts'
import type { Shard } from '../domain/shard.ts'
import type { FinishReason, ReaderState, TailEvent, TailTotals } from '../domain/tail-event.ts'
import { CallScheduler } from './call-scheduler.ts'
import { EventQueue } from './event-queue.ts'
import { ExpiryWatch, type ReadTo, readToAfter, readToOfChild } from './expiry-watch.ts'
import { FailureLedger } from './failure-ledger.ts'
import { readSubscribedShard } from './fan-out-reader.ts'
import { PauseGate } from './pause-gate.ts'
import { DEFAULT_PACE } from './read-budget.ts'
import { isAfter, reachesPast, reachesTipOf } from './read-ends.ts'
import type { ReadPageEvent } from './reader-event.ts'
import { ownerOfSequenceNumber } from './sequence-owner.ts'
import { childShardOf, ShardListing } from './shard-listing.ts'
import { readShard } from './shard-reader.ts'
import type { ReadPace, Tail, TailOptions } from './tail-options.ts'
import { type Member, memberOf, newMember, shardsInScope, startOf } from './tail-scope.ts'

const DEFAULT_BUFFER_BYTES = 16 * 1_048_576
const DEFAULT_CONCURRENT_CALLS = 32
const DEFAULT_READS_PER_SECOND = 1_000
/** Haste at the tip costs no more than this for all shards together, which is a fifth of a core. */
const BUSY_READS_PER_SECOND = 300
const DEFAULT_RELIST_MILLIS = 30_000
/** While the stream has no shard yet (it is being created). */
const EMPTY_RELIST_MILLIS = 2_000
const LISTING = 'ListShards'
/** A listing can lack a shard for a moment, and would have it read twice: only what stays away is let go. */
const EXPIRED_MILLIS = 3_600_000

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
  readonly #expiry: ExpiryWatch
  readonly #pace: ReadPace
  readonly #stop = new AbortController()
  readonly #members = new Map<string, Member>()
  /** Members by each of their parents, read or not. */
  readonly #byParent = new Map<string, Member[]>()
  /** Members that the tail still waits for. */
  readonly #unfinished = new Set<Member>()
  /** Members whose first iterator `tailing` waits for; undefined once it was said. */
  #unready: Set<Member> | undefined = new Set()
  readonly #tasks = new Set<Promise<void>>()
  readonly #listing: ShardListing
  /** The members of the first listing are chosen; later listings add to them. */
  #isAttached = false
  #isFinished = false
  #startedAtMillis = 0
  /** When the last two listings were asked for: what is new in the last one did not exist at the one before. */
  #listedAtMillis: readonly [number, number] = [0, 0]
  #lastRecordAtMillis = 0
  #recordCount = 0
  #byteCount = 0
  #readCount = 0
  #throttledCount = 0
  #failedShardCount = 0
  #endedShardCount = 0
  /** Members that were read to their end and have expired since. */
  #expiredShardCount = 0
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
    this.#listing = new ShardListing({
      ...options,
      signal: this.#stop.signal,
      onChange: (shards, added) => {
        this.#queue.push({ type: 'shards-listed', shards })
        if (!this.#isAttached) return
        this.#joinListed(added)
        this.#forgetExpired()
      },
      // At the very start a failure is the caller's to see; later on a refusal for throughput only means: later.
      onFailure: (failure, attempt) => {
        if (this.#isAttached && failure.kind !== 'throttled') this.#retried(LISTING, failure, attempt)
      },
      onSuccess: askedAtMillis => {
        this.#listedAtMillis = [this.#listedAtMillis[1], askedAtMillis]
        this.#recovered(LISTING)
      },
      onReplaced: () => this.#finish('failed', replaced(options.stream.streamName)),
    })
    this.#expiry = new ExpiryWatch(options, this.#stop.signal)
    const pace = { ...DEFAULT_PACE, ...options.pace }
    const unfinished = this.#unfinished
    this.#pace = {
      // Idle shards take half of the allowed reads at most, so that thousands of them leave turns for those behind.
      get idleMillis() {
        return Math.max(pace.idleMillis, (unfinished.size / maxReadsPerSecond) * 2_000)
      },
      get busyMillis() {
        return Math.max(pace.busyMillis, (unfinished.size / BUSY_READS_PER_SECOND) * 1_000)
      },
      behindMillis: pace.behindMillis,
      bytesPerSecond: pace.bytesPerSecond,
      ...(pace.isUnlimited === undefined ? {} : { isUnlimited: pace.isUnlimited }),
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
    // A refusal for throughput is waited out; anything else at the very start is the caller's to see.
    const failure = await this.#listing.relistPatiently(({ kind }) => kind === 'throttled')
    if (this.#isFinished) return
    if (failure !== undefined) return this.#finish('failed', failure)
    const { shards } = this.#listing
    const shardIds =
      from.type === 'sequence-number'
        ? [
            await ownerOfSequenceNumber(from.sequenceNumber, shards, {
              ...this.#options,
              signal: this.#stop.signal,
            }),
          ]
        : this.#options.shardIds
    if (this.#isFinished) return
    const only = { shardIds, hashKey: this.#options.hashKey }
    for (const shard of shardsInScope(this.#listing.lineage(), from, only)) this.#add(newMember(shard, true))
    this.#isAttached = true
    for (const member of this.#members.values()) this.#startOrWait(member)
    this.#announceWhenReady()
    if (this.#members.size === 0 && this.#options.exitAtTip === true) return this.#finish('tip')
    this.#spawn(this.#keepListing())
    if (idleMillis !== undefined) this.#spawn(this.#watchIdle(idleMillis))
  }

  #add(member: Member): void {
    this.#members.set(member.shardId, member)
    this.#unfinished.add(member)
    for (const id of member.parentShardIds) {
      const parent = this.#members.get(id)
      if (parent !== undefined) parent.hasChild = true
      const siblings = this.#byParent.get(id)
      if (siblings === undefined) this.#byParent.set(id, [member])
      else siblings.push(member)
    }
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
    const { fanOut } = this.#options
    member.readTo = this.#owedFrom(member, parents)
    const shared = {
      stream,
      shardId,
      start: startOf(member, from, parents),
      clock,
      random,
      scheduler: this.#scheduler,
      signal: member.stop.signal,
      room: {
        reserve: (bytes: number) => this.#reserve(bytes),
        release: (bytes: number) => this.#queue.release(bytes),
      },
      confirmEnd: (announced: readonly ChildShard[]) => this.#confirmEnd(shardId, announced),
    }
    const isListedAsClosed = (): boolean => this.#listing.isClosed(shardId)
    const events =
      fanOut === undefined
        ? readShard({ ...shared, api, pace: this.#pace, isListedAsClosed })
        : readSubscribedShard({ ...shared, fanOut })
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
          await this.#tellExpired(member, event)
          if (this.#isFinished) return
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

  #owedFrom(member: Member, parents: readonly Member[] = []): ReadTo {
    const { from, clock } = this.#options
    const began = { beganAtMillis: this.#startedAtMillis }
    let root: ReadTo = began
    if (from.type === 'latest') {
      root = { ...began, millis: member.isInitial ? clock.now() : this.#startedAtMillis }
    }
    if (from.type === 'timestamp') root = { ...began, millis: from.timestamp.getTime() }
    const ofParents = parents.flatMap(parent => parent.readTo ?? [])
    // An endpoint that does not end a shard has it read on and on after its children were made.
    const unseen = member.isInitial ? [] : [{ ...began, millis: member.unseenAtMillis ?? 0 }]
    return readToOfChild(ofParents.length === 0 ? [] : [...ofParents, ...unseen], root)
  }

  async #tellExpired(member: Member, page: ReadPageEvent): Promise<void> {
    const readTo = member.readTo ?? this.#owedFrom(member)
    member.readTo = readToAfter(readTo, page, this.#listing.isClosed(member.shardId))
    if (!this.#expiry.isDue(readTo, page.answeredAtMillis)) return
    const expired = await this.#expiry.beforePage(member.shardId, readTo, page)
    if (expired !== undefined) this.#queue.push(expired)
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
    if (this.#options.tellsPlaces === true) this.#tellPlace(member, page)
    if (exitAtTip === true && !this.#listing.isClosed(member.shardId)) {
      if (reachesTipOf(this.#startedAtMillis, page)) this.#complete(member)
    }
    if (until !== undefined && reachesPast(until, page, this.#listing.isClosed(member.shardId))) {
      this.#complete(member)
    }
  }

  #tellPlace({ shardId }: Member, { records, millisBehindLatest }: ReadPageEvent): void {
    const last = records.at(-1)
    const arrived = last?.approximateArrivalTimestamp
    this.#queue.push({
      type: 'place-reached',
      shardId,
      ...(last === undefined ? {} : { sequenceNumber: last.sequenceNumber }),
      ...(arrived === undefined ? {} : { approximateArrivalTimestamp: arrived }),
      ...(millisBehindLatest === undefined ? {} : { millisBehindLatest }),
    })
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

  /** Children of an ended shard, or `still-open` where the listing says that it did not end. */
  async #confirmEnd(
    shardId: string,
    announced: readonly ChildShard[],
  ): Promise<readonly ChildShard[] | 'still-open'> {
    if (announced.length === 0) return await this.#listing.findChildren(shardId)
    const parentIds = announced.flatMap(child => child.parentShardIds)
    // A parent can itself be a child that nobody announced yet: a resize makes shards that live for moments only.
    if (parentIds.every(id => this.#members.has(id) || this.#listing.has(id))) {
      // For the listing's own sake: the screen wants the new shards with all that is known of them.
      this.#spawn(this.#listing.relist())
    } else {
      await this.#listing.relistPatiently()
    }
    return announced
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
    if (failure.kind === 'not-found' && (await this.#listing.relist()) === undefined) {
      if (this.#isFinished) return
      if (!this.#listing.has(member.shardId)) {
        this.#pushAll(this.#ledger.gaveUp(member.shardId, failure, this.#options.clock.now()))
        const expired = await this.#expiry.ofGone(member.shardId, member.readTo ?? this.#owedFrom(member))
        if (this.#isFinished) return
        if (expired !== undefined) this.#queue.push(expired)
        return this.#ended(member, this.#listing.childrenOf(member.shardId))
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
    const completed = new Set([member])
    // Grows while it is walked: children of children wait too, and a line of thousands is no depth of calls.
    for (const each of completed) {
      each.phase = 'complete'
      each.stop.abort()
      if (!each.isReleased) for (const child of this.#waitingFor(each)) completed.add(child)
    }
    for (const each of completed) {
      this.#ready(each)
      this.#done(each)
    }
  }

  #waitingFor(parent: Member): Member[] {
    return (this.#byParent.get(parent.shardId) ?? []).filter(({ phase }) => phase === 'waiting')
  }

  #join(childShards: readonly ChildShard[]): void {
    const joined: Member[] = []
    const { hashKey } = this.#options
    for (const child of childShards) {
      if (this.#members.has(child.shardId)) continue
      if (hashKey !== undefined && !rangeContains(child.hashKeyRange, hashKey)) continue
      const member = memberOf(child.shardId, child.parentShardIds, false, true)
      member.unseenAtMillis = this.#listedAtMillis[0]
      this.#add(member)
      joined.push(member)
    }
    // Only now, since one of them can be the parent of another.
    for (const member of joined) this.#startOrWait(member)
  }

  #release(member: Member): void {
    if (member.isReleased) return
    member.isReleased = true
    for (const child of this.#waitingFor(member)) this.#startOrWait(child)
  }

  #done(member: Member): void {
    this.#unfinished.delete(member)
    if (this.#unfinished.size > 0 || this.#isFinished) return
    const { exitAtTip, until } = this.#options
    if (this.#failedShardCount === this.#shardCount) this.#finish('failed')
    else if (exitAtTip === true) this.#finish('tip')
    else this.#finish(until === undefined ? 'ended' : 'until')
  }

  #joinListed(added: readonly Shard[]): void {
    const { shardIds, from } = this.#options
    const isPartial = shardIds !== undefined || from.type === 'sequence-number'
    const isAdded = new Set(added.map(shard => shard.shardId))
    const wanted = new Set<string>()
    // Parents first, so that the children of children are found too.
    const children = this.#listing
      .lineage()
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

  /** After months of reshards they would be most of what is kept. Who comes after them has begun, and asks no more. */
  #forgetExpired(): void {
    const now = this.#options.clock.now()
    for (const member of this.#members.values()) {
      if (this.#listing.has(member.shardId)) {
        delete member.unlistedSinceMillis
        continue
      }
      member.unlistedSinceMillis ??= now
      const isExpired = now - member.unlistedSinceMillis >= EXPIRED_MILLIS
      const isRead = member.phase === 'ended' && member.hasChild && this.#waitingFor(member).length === 0
      if (isExpired && isRead) this.#forget(member)
    }
  }

  #forget(member: Member): void {
    this.#members.delete(member.shardId)
    this.#byParent.delete(member.shardId)
    for (const id of member.parentShardIds) {
      const siblings = this.#byParent.get(id)?.filter(sibling => sibling !== member) ?? []
      if (siblings.length === 0) this.#byParent.delete(id)
      else this.#byParent.set(id, siblings)
    }
    this.#expiredShardCount += 1
  }

  /** All that were ever members. */
  get #shardCount(): number {
    return this.#members.size + this.#expiredShardCount
  }

  /** Finds reshards that an endpoint does not announce, and shards of a stream that is still being created. */
  async #keepListing(): Promise<void> {
    const { clock, relistMillis } = this.#options
    while (!this.#isFinished) {
      const wait = this.#members.size === 0 ? EMPTY_RELIST_MILLIS : (relistMillis ?? DEFAULT_RELIST_MILLIS)
      await clock.sleep(wait, this.#stop.signal)
      if (!this.#isFinished) await this.#listing.relist()
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

  #spawn(task: Promise<unknown>): void {
    const settled = task
      .then(() => {})
      .catch(error => {
        this.#finish('failed', failureOf(error, 'tail'))
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
      shardCount: this.#shardCount,
      endedShardCount: this.#endedShardCount,
      failedShardCount: this.#failedShardCount,
      throttledCount: this.#throttledCount,
      readCount: this.#readCount,
      elapsedMillis: this.#options.clock.now() - this.#startedAtMillis,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    }
  }
}

/** Its iterators and places mean nothing in the new stream: an endpoint that still takes them would skip records. */
function replaced(streamName: string): Failure {
  return {
    kind: 'not-found',
    action: 'tail',
    message: `Stream ${streamName} was deleted, and another one has its name now.`,
    nextStep: 'Start the tail again to read the new stream.',
    retryable: false,
  }
}
