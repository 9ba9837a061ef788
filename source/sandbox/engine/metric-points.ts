/**
 * The points of one metric, in fixed space per quarter of an hour: a minute's point is four numbers in a typed array.
 * Old ones are rolled up to five-minute points, as CloudWatch does it. Absent is not zero: a sample count of 0 marks a
 * minute without samples.
 */
export type MetricPoints = {
  /** Quarter of an hour (epoch minutes / 15) -> its 15 one-minute points. */
  fine: Map<number, Float64Array>
  /** Hour (epoch minutes / 60) -> its twelve five-minute points. */
  coarse: Map<number, Float64Array>
  /** The quarter written to last: nearly every sample falls into it. */
  slot: number
  chunk: Float64Array | undefined
}

/** A minute's statistics, or those of five minutes where the metric was rolled up. */
export type MetricPoint = {
  /** Epoch milliseconds / 60,000 at its beginning. */
  minute: number
  minutes: 1 | 5
  sum: number
  sampleCount: number
  minimum: number
  maximum: number
}

export const SLOT_MINUTES = 15
export const COARSE_MINUTES = 5
const NUMBERS_PER_POINT = 4
const COARSE_PER_HOUR = 60 / COARSE_MINUTES

/** What one chunk costs, the Map entry and the array's own bookkeeping included (about). */
export const FINE_CHUNK_BYTES = SLOT_MINUTES * NUMBERS_PER_POINT * 8 + 200
export const COARSE_CHUNK_BYTES = COARSE_PER_HOUR * NUMBERS_PER_POINT * 8 + 200

/** No points yet. */
export const createMetricPoints = (): MetricPoints => ({
  fine: new Map(),
  coarse: new Map(),
  slot: Number.NaN,
  chunk: undefined,
})

/** Adds a sample of `minute` (epoch milliseconds / 60,000); says whether it took a new chunk. */
export function addSample(points: MetricPoints, minute: number, value: number): boolean {
  const slot = Math.floor(minute / SLOT_MINUTES)
  let { chunk } = points
  let isNew = false
  if (slot !== points.slot || chunk === undefined) {
    chunk = points.fine.get(slot)
    isNew = chunk === undefined
    if (chunk === undefined) {
      chunk = new Float64Array(SLOT_MINUTES * NUMBERS_PER_POINT)
      points.fine.set(slot, chunk)
    }
    points.slot = slot
    points.chunk = chunk
  }
  add(chunk, (minute - slot * SLOT_MINUTES) * NUMBERS_PER_POINT, value, 1, value, value)
  return isNew
}

function add(
  chunk: Float64Array,
  at: number,
  sum: number,
  count: number,
  minimum: number,
  maximum: number,
): void {
  const before = chunk[at + 1] ?? 0
  chunk[at] = (chunk[at] ?? 0) + sum
  chunk[at + 1] = before + count
  if (before === 0 || minimum < (chunk[at + 2] ?? 0)) chunk[at + 2] = minimum
  if (before === 0 || maximum > (chunk[at + 3] ?? 0)) chunk[at + 3] = maximum
}

/** Turns a quarter of one-minute points into five-minute points. Returns the change in chunks: coarse ones made. */
export function rollUp(points: MetricPoints, slot: number): number {
  const fine = points.fine.get(slot)
  if (fine === undefined) return 0
  points.fine.delete(slot)
  if (points.slot === slot) points.chunk = undefined
  const hour = Math.floor((slot * SLOT_MINUTES) / 60)
  let coarse = points.coarse.get(hour)
  const made = coarse === undefined ? 1 : 0
  if (coarse === undefined) {
    coarse = new Float64Array(COARSE_PER_HOUR * NUMBERS_PER_POINT)
    points.coarse.set(hour, coarse)
  }
  for (const { minute, sum, sampleCount, minimum, maximum } of pointsIn(fine, slot * SLOT_MINUTES, 1)) {
    const index = Math.floor((minute - hour * 60) / COARSE_MINUTES)
    add(coarse, index * NUMBERS_PER_POINT, sum, sampleCount, minimum, maximum)
  }
  return made
}

function* pointsIn(chunk: Float64Array, firstMinute: number, minutes: 1 | 5): Generator<MetricPoint> {
  for (let at = 0, minute = firstMinute; at < chunk.length; at += NUMBERS_PER_POINT, minute += minutes) {
    const sampleCount = chunk[at + 1] ?? 0
    if (sampleCount === 0) continue
    yield {
      minute,
      minutes,
      sum: chunk[at] ?? 0,
      sampleCount,
      minimum: chunk[at + 2] ?? 0,
      maximum: chunk[at + 3] ?? 0,
    }
  }
}

/** Every point that begins at or after `from` and before `to` (epoch minutes), in no particular order. */
export function* pointsBetween(points: MetricPoints, from: number, to: number): Generator<MetricPoint> {
  yield* within(points.coarse, 60, COARSE_MINUTES, from, to)
  yield* within(points.fine, SLOT_MINUTES, 1, from, to)
}

function* within(
  chunks: Map<number, Float64Array>,
  width: number,
  minutes: 1 | 5,
  from: number,
  to: number,
): Generator<MetricPoint> {
  const first = Math.floor(from / width)
  const last = Math.floor((to - 1) / width)
  // A long range over few chunks is walked by chunk, a short one over many by key.
  const keys = last - first < chunks.size ? keysBetween(first, last) : chunks.keys()
  for (const key of keys) {
    const chunk = key >= first && key <= last ? chunks.get(key) : undefined
    if (chunk === undefined) continue
    for (const point of pointsIn(chunk, key * width, minutes)) {
      if (point.minute >= from && point.minute < to) yield point
    }
  }
}

function* keysBetween(first: number, last: number): Generator<number> {
  for (let key = first; key <= last; key++) yield key
}
