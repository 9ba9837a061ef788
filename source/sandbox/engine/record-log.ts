/**
 * The records of one shard, packed: payload and key bytes lie back to back in a few large buffers, the index in typed
 * arrays. A record is named by its ordinal (0 = first ever written), which never changes when older ones are trimmed.
 * A million records of 200 bytes take some 240 MB this way, where a million objects would take twice as much.
 */
export type StoredRecord = {
  ordinal: number
  data: Buffer
  /** Absent where the service chose the shard itself (record distribution AUTO). */
  partitionKey?: string
  arrivalMs: number
  encrypted: boolean
}

/** One run of records. Full segments are never changed again, so readers may keep slices of them. */
type Segment = {
  firstOrdinal: number
  count: number
  bytes: Buffer
  used: number
  /** End of each record's payload; its key ends where the next record begins. */
  dataEnds: Uint32Array
  recordEnds: Uint32Array
  arrivals: Float64Array
  flags: Uint8Array
}

const SEGMENT_RECORDS = 4096
const SEGMENT_BYTES = 1 << 20
const FIRST_RECORDS = 16
const FIRST_BYTES = 4096
const ENCRYPTED = 1
const KEYLESS = 2

export type RecordLog = {
  segments: Segment[]
  nextOrdinal: number
  firstOrdinal: number
  storedBytes: number
}

export function createRecordLog(): RecordLog {
  return { segments: [], nextOrdinal: 0, firstOrdinal: 0, storedBytes: 0 }
}

/** Adds one record and returns its ordinal. Arrival times never run backwards within a log. */
export function append(
  log: RecordLog,
  data: Uint8Array,
  partitionKey: string | undefined,
  arrivalMs: number,
  encrypted: boolean,
): number {
  const keyBytes = partitionKey === undefined ? 0 : Buffer.byteLength(partitionKey)
  const segment = segmentWithRoom(log, data.length + keyBytes)
  const position = segment.count
  segment.bytes.set(data, segment.used)
  const dataEnd = segment.used + data.length
  if (partitionKey !== undefined) segment.bytes.write(partitionKey, dataEnd)
  segment.used = dataEnd + keyBytes
  segment.dataEnds[position] = dataEnd
  segment.recordEnds[position] = segment.used
  segment.arrivals[position] = Math.max(arrivalMs, latestArrival(log) ?? arrivalMs)
  segment.flags[position] = (encrypted ? ENCRYPTED : 0) | (partitionKey === undefined ? KEYLESS : 0)
  segment.count++
  log.storedBytes += data.length + keyBytes
  return log.nextOrdinal++
}

function segmentWithRoom(log: RecordLog, size: number): Segment {
  let last = log.segments.at(-1)
  if (
    last === undefined ||
    last.count === SEGMENT_RECORDS ||
    (last.used > 0 && last.used + size > SEGMENT_BYTES)
  ) {
    if (last !== undefined) seal(last)
    // A shard that has filled a segment will fill the next: give it full size at once and never copy again.
    const busy = last !== undefined
    last = emptySegment(
      log.nextOrdinal,
      busy ? SEGMENT_RECORDS : FIRST_RECORDS,
      Math.max(size, busy ? SEGMENT_BYTES : FIRST_BYTES),
    )
    log.segments.push(last)
    return last
  }
  if (last.count === last.arrivals.length) growIndex(last)
  if (last.used + size > last.bytes.length) {
    const larger = Buffer.allocUnsafeSlow(
      Math.max(last.used + size, Math.min(SEGMENT_BYTES, last.bytes.length * 2)),
    )
    last.bytes.copy(larger, 0, 0, last.used)
    last.bytes = larger
  }
  return last
}

function emptySegment(firstOrdinal: number, records: number, bytes: number): Segment {
  return {
    firstOrdinal,
    count: 0,
    bytes: Buffer.allocUnsafeSlow(bytes),
    used: 0,
    dataEnds: new Uint32Array(records),
    recordEnds: new Uint32Array(records),
    arrivals: new Float64Array(records),
    flags: new Uint8Array(records),
  }
}

function growIndex(segment: Segment): void {
  resizeIndex(segment, Math.min(SEGMENT_RECORDS, segment.count * 2))
}

function resizeIndex(segment: Segment, records: number): void {
  const resized = emptySegment(0, records, 0)
  resized.dataEnds.set(segment.dataEnds.subarray(0, segment.count))
  resized.recordEnds.set(segment.recordEnds.subarray(0, segment.count))
  resized.arrivals.set(segment.arrivals.subarray(0, segment.count))
  resized.flags.set(segment.flags.subarray(0, segment.count))
  segment.dataEnds = resized.dataEnds
  segment.recordEnds = resized.recordEnds
  segment.arrivals = resized.arrivals
  segment.flags = resized.flags
}

/** Gives back what a full segment does not use. */
function seal(segment: Segment): void {
  if (segment.count < segment.arrivals.length) resizeIndex(segment, segment.count)
  if (segment.bytes.length - segment.used > segment.bytes.length / 8) {
    const exact = Buffer.allocUnsafeSlow(segment.used)
    segment.bytes.copy(exact, 0, 0, segment.used)
    segment.bytes = exact
  }
}

function latestArrival(log: RecordLog): number | undefined {
  const last = log.segments.at(-1)
  if (last === undefined) return undefined
  return last.count > 0 ? last.arrivals[last.count - 1] : log.segments.at(-2)?.arrivals.at(-1)
}

function segmentIndexOf(log: RecordLog, ordinal: number): number {
  let low = 0
  let high = log.segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((log.segments[middle]?.firstOrdinal ?? 0) <= ordinal) low = middle
    else high = middle - 1
  }
  return low
}

/** The record at `ordinal`, or nothing when it is trimmed or not yet written. `data` is a view: do not write to it. */
export function recordAt(log: RecordLog, ordinal: number): StoredRecord | undefined {
  if (ordinal < log.firstOrdinal || ordinal >= log.nextOrdinal) return undefined
  const segment = log.segments[segmentIndexOf(log, ordinal)]
  return segment === undefined ? undefined : readFrom(segment, ordinal - segment.firstOrdinal)
}

function readFrom(segment: Segment, position: number): StoredRecord {
  const begin = position === 0 ? 0 : (segment.recordEnds[position - 1] ?? 0)
  const dataEnd = segment.dataEnds[position] ?? begin
  const flags = segment.flags[position] ?? 0
  const record: StoredRecord = {
    ordinal: segment.firstOrdinal + position,
    data: segment.bytes.subarray(begin, dataEnd),
    arrivalMs: segment.arrivals[position] ?? 0,
    encrypted: (flags & ENCRYPTED) !== 0,
  }
  if ((flags & KEYLESS) === 0)
    record.partitionKey = segment.bytes.toString('utf8', dataEnd, segment.recordEnds[position])
  return record
}

/**
 * Records from `ordinal` on: at most `limit`, and no more than `maxBytes` of data and keys together, though always at
 * least one (a record of the largest size must be readable).
 */
export function readRecords(
  log: RecordLog,
  ordinal: number,
  limit: number,
  maxBytes: number,
): { records: StoredRecord[]; bytes: number } {
  const records: StoredRecord[] = []
  let bytes = 0
  let at = Math.max(ordinal, log.firstOrdinal)
  for (let index = segmentIndexOf(log, at); index < log.segments.length && records.length < limit; index++) {
    const segment = log.segments[index]
    if (segment === undefined) break
    for (
      let position = at - segment.firstOrdinal;
      position < segment.count && records.length < limit;
      position++
    ) {
      const begin = position === 0 ? 0 : (segment.recordEnds[position - 1] ?? 0)
      const size = (segment.recordEnds[position] ?? begin) - begin
      if (records.length > 0 && bytes + size > maxBytes) return { records, bytes }
      bytes += size
      records.push(readFrom(segment, position))
      at++
    }
  }
  return { records, bytes }
}

/** Ordinal of the first record that arrived at or after `timestampMs`; the next one to be written when there is none. */
export function ordinalAtTime(log: RecordLog, timestampMs: number): number {
  let low = log.firstOrdinal
  let high = log.nextOrdinal
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    if (arrivalAt(log, middle) < timestampMs) low = middle + 1
    else high = middle
  }
  return low
}

function arrivalAt(log: RecordLog, ordinal: number): number {
  const segment = log.segments[segmentIndexOf(log, ordinal)]
  return segment?.arrivals[ordinal - segment.firstOrdinal] ?? 0
}

/** Drops every record before `ordinal` and returns how many went. Memory is given back a segment at a time. */
export function trimBefore(log: RecordLog, ordinal: number): number {
  const target = Math.min(ordinal, log.nextOrdinal)
  const dropped = Math.max(0, target - log.firstOrdinal)
  log.firstOrdinal = Math.max(log.firstOrdinal, target)
  while (log.segments.length > 0) {
    const first = log.segments[0]
    if (first === undefined || first.count === 0 || first.firstOrdinal + first.count > log.firstOrdinal) break
    log.storedBytes -= first.used
    log.segments.shift()
  }
  return dropped
}
