import { usageFailure } from '../domain/failure.ts'
import { isOpen } from '../domain/shard.ts'
import type { ShardPlace, StartFrom } from '../domain/start-from.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import type { TailEvent } from '../domain/tail-event.ts'
import { assertBookmarkName, type Bookmark, fileOf, keptOf, placeOf, readBookmark } from './bookmark-file.ts'
import type { StateFiles } from './command.ts'

/** Between two writes of a tail in a pipe, which may be ended at any moment. */
const SAVE_MILLIS = 2_000
/** Stands for the oldest record. */
const HORIZON = new Date(0)

export type BookmarkTarget = {
  readonly stream: StreamRef
  readonly endpoint: string
  /** As far as the endpoint tells it. */
  readonly summary: StreamSummary | undefined
}

/** The places of one tail under one name: read at its start, kept while it goes on. */
export class BookmarkKeeper {
  readonly #files: StateFiles
  readonly #name: string
  readonly #saveMillis: number
  #target: BookmarkTarget
  readonly #places = new Map<string, ShardPlace>()
  #initialPlace: ShardPlace | undefined
  #startedFrom: StartFrom | undefined
  #hasChanged = false
  #savedAtMillis = Number.NEGATIVE_INFINITY
  #expiredShards: readonly string[] | undefined

  /** @param saveMillis time between two writes while it goes on */
  constructor(files: StateFiles, name: string, target: BookmarkTarget, saveMillis = SAVE_MILLIS) {
    assertBookmarkName(name)
    this.#files = files
    this.#name = name
    this.#target = target
    this.#saveMillis = saveMillis
  }

  /** What the stream is, where it was told after the start: places must not be taken for those of a later stream. */
  described(summary: StreamSummary): void {
    this.#target = { ...this.#target, summary }
  }

  /**
   * Where to start: at the kept places, at the oldest record where the stream was created anew, else at `from`. The notes say
   * what the user has to know of that.
   * @throws FailureError of kind `usage` where the name is that of another stream's bookmark
   */
  async open(from: StartFrom, nowMillis: number): Promise<{ from: StartFrom; notes: readonly string[] }> {
    const kept = readBookmark(await this.#files.read(fileOf(this.#name)))
    const { summary, stream, endpoint } = this.#target
    if (kept === undefined) return this.#start(from, nowMillis, [`New bookmark ${this.#name}.`])
    if (
      kept.streamName !== stream.streamName ||
      kept.endpoint !== endpoint ||
      (kept.streamArn !== undefined && stream.streamArn !== undefined && kept.streamArn !== stream.streamArn)
    ) {
      throw usageFailure(
        'tail',
        `the bookmark ${this.#name} is one of ${kept.streamArn ?? kept.streamName} at ${kept.endpoint}, not of ${stream.streamName} at ${endpoint}`,
        'Choose another name for this stream.',
      )
    }
    const created = summary?.streamCreationTimestamp?.toISOString()
    if (
      created !== undefined &&
      kept.streamCreationTimestamp !== undefined &&
      created !== kept.streamCreationTimestamp
    ) {
      const note = `Bookmark ${this.#name}: the stream was deleted and created again at ${created}. Its places are of the earlier one (${kept.streamCreationTimestamp}), whose records are gone; the new one is read from its oldest record.`
      return this.#start({ type: 'oldest' }, nowMillis, [note])
    }
    const places = new Map(Object.entries(kept.places).map(([shardId, place]) => [shardId, placeOf(place)]))
    const notes = [
      `Bookmark ${this.#name}: goes on where it stopped at ${kept.savedAt}.`,
      ...expiryNotes(places, summary?.retentionPeriodHours, nowMillis),
    ]
    for (const [shardId, place] of places) this.#places.set(shardId, place)
    return this.#start({ type: 'places', places }, nowMillis, notes)
  }

  /** A start of its own that is to be kept; what was kept before is written over. */
  begin(from: StartFrom, nowMillis: number): void {
    this.#start(from, nowMillis, [])
  }

  /** Takes in what the reader of the records has taken; keeps it every other second. */
  async taken(event: TailEvent, nowMillis: number): Promise<void> {
    switch (event.type) {
      case 'shards-listed': {
        const listed = new Set(event.shards.map(({ shardId }) => shardId))
        // What is closed and not listed any more has expired; what was read of it need not be kept either.
        const gone = [...this.#places].filter(([shardId]) => !listed.has(shardId))
        if (this.#startedFrom?.type === 'places' && this.#expiredShards === undefined) {
          this.#expiredShards = gone.flatMap(([shardId, place]) => (place.type === 'ended' ? [] : [shardId]))
        }
        const parents = new Set(
          event.shards.flatMap(each => [each.parentShardId, each.adjacentParentShardId]),
        )
        for (const [shardId, place] of gone) {
          if (place.type === 'ended' && !parents.has(shardId)) this.#places.delete(shardId)
        }
        if (this.#startedFrom?.type === 'latest' && this.#places.size === 0) {
          for (const shard of event.shards) if (isOpen(shard)) this.#placeAtStart(shard.shardId)
        }
        break
      }
      case 'reader-changed':
        if (event.reader.state === 'starting') this.#placeAtStart(event.shardId)
        break
      case 'records-arrived': {
        const last = event.records.at(-1)
        if (last !== undefined)
          this.#set(event.shardId, last.sequenceNumber, last.approximateArrivalTimestamp)
        break
      }
      case 'place-reached':
        if (event.sequenceNumber !== undefined) {
          this.#set(event.shardId, event.sequenceNumber, event.approximateArrivalTimestamp)
        }
        break
      case 'shard-ended':
        this.#places.set(event.shardId, { type: 'ended' })
        this.#hasChanged = true
        break
      default:
        return
    }
    if (nowMillis - this.#savedAtMillis >= this.#saveMillis) await this.save(nowMillis)
  }

  /** Shards whose unread records expired before this run, once the shards are listed; told once. */
  takeExpiredShards(): readonly string[] {
    const shards = this.#expiredShards ?? []
    if (this.#expiredShards !== undefined) this.#expiredShards = []
    return shards
  }

  async save(nowMillis: number): Promise<void> {
    if (!this.#hasChanged || this.#places.size === 0) return
    // A write that fails is tried again with the next one, not with each record.
    this.#savedAtMillis = nowMillis
    this.#hasChanged = false
    try {
      await this.#write(this.#name, nowMillis)
    } catch (error) {
      this.#hasChanged = true
      throw error
    }
  }

  /**
   * Keeps the places of this moment under another name too, over what that name had.
   * @returns how many shards have a place
   */
  async saveAs(name: string, nowMillis: number): Promise<number> {
    assertBookmarkName(name)
    if (this.#places.size > 0) await this.#write(name, nowMillis)
    return this.#places.size
  }

  async #write(name: string, nowMillis: number): Promise<void> {
    const { stream, endpoint, summary } = this.#target
    const streamArn = stream.streamArn ?? summary?.streamArn
    const created = summary?.streamCreationTimestamp?.toISOString()
    const bookmark: Bookmark = {
      v: 1,
      streamName: stream.streamName,
      ...(streamArn === undefined ? {} : { streamArn }),
      endpoint,
      ...(created === undefined ? {} : { streamCreationTimestamp: created }),
      savedAt: new Date(nowMillis).toISOString(),
      places: Object.fromEntries([...this.#places].map(([shardId, place]) => [shardId, keptOf(place)])),
    }
    await this.#files.write(fileOf(name), `${JSON.stringify(bookmark)}\n`)
  }

  #start(from: StartFrom, nowMillis: number, notes: readonly string[]) {
    this.#startedFrom = from
    // Before the first iterator is taken: a moment early repeats nothing, since nothing of it was shown.
    if (from.type === 'latest') this.#initialPlace = { type: 'at', timestamp: new Date(nowMillis) }
    else if (from.type === 'timestamp') this.#initialPlace = { type: 'at', timestamp: from.timestamp }
    else if (from.type !== 'sequence-number') this.#initialPlace = { type: 'at', timestamp: HORIZON }
    return { from, notes }
  }

  #placeAtStart(shardId: string): void {
    if (this.#initialPlace === undefined || this.#places.has(shardId)) return
    this.#places.set(shardId, this.#initialPlace)
    this.#hasChanged = true
  }

  #set(shardId: string, sequenceNumber: string, arrived: Date | undefined): void {
    const before = this.#places.get(shardId)
    // A page tells its records and then its place: the same one twice.
    if (before?.type === 'after' && before.sequenceNumber === sequenceNumber) return
    this.#places.set(shardId, {
      type: 'after',
      sequenceNumber,
      ...(arrived === undefined ? {} : { approximateArrivalTimestamp: arrived }),
    })
    this.#hasChanged = true
  }
}

function expiryNotes(
  places: ReadonlyMap<string, ShardPlace>,
  retentionPeriodHours: number | undefined,
  nowMillis: number,
): string[] {
  if (retentionPeriodHours === undefined) return []
  const horizon = nowMillis - retentionPeriodHours * 3_600_000
  const old = [...places].filter(([, place]) => {
    const at =
      place.type === 'after'
        ? place.approximateArrivalTimestamp
        : place.type === 'at'
          ? place.timestamp
          : undefined
    return at !== undefined && at.getTime() > 0 && at.getTime() < horizon
  })
  if (old.length === 0) return []
  const which = old.length === 1 ? (old[0]?.[0] ?? '') : `${old.length} shards`
  return [
    `The places of ${which} are older than the retention of ${retentionPeriodHours} h: records that came after them and before ${new Date(horizon).toISOString()} have expired and are missing.`,
  ]
}

/** @throws FailureError `usage` for a file that is none of ours: writing over it would lose what somebody keeps there */
