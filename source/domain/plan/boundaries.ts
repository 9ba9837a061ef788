/** Load that lies at one hash key, in whole units of two measures that are limited alike. */
export type PlanPoint = { readonly hashKey: bigint; readonly bytes: number; readonly records: number }

export type BoundaryQuestion = {
  /** Size of the hash-key space; shards cover 0 .. space-1. */
  readonly space: bigint
  /** First hash keys of today's open shards, ascending, the first one 0. */
  readonly starts: readonly bigint[]
  /** Ascending by hash key, each hash key once, whole numbers below 2^53 in sum. */
  readonly points: readonly PlanPoint[]
  /** What one shard may take of each measure, in the same units. */
  readonly limit: number
  /** Any layout of the best score will do, not the most even one. */
  readonly isUneven?: boolean
}

/** How good a layout is: less is better, the first difference decides. */
export type LayoutScore = {
  /** Load above the limit, summed over shards and measures; more than zero only where keys are too hot for any shard. */
  readonly excess: number
  readonly shardCount: number
  /** Splits and merges from today's layout. */
  readonly stepCount: number
}

/** Two loaded keys this far apart leave room for a boundary that no width rule can touch. */
const WIDE_GAP = 8n
/** Layouts of equal score are told apart by their hottest shard, looked for in so many halvings. */
const EVENING_ROUNDS = 10

type Grid = {
  /** Places where a boundary may be, ascending; first 0, last the end of the space. */
  readonly at: readonly bigint[]
  readonly isToday: Uint8Array
  /** Today's inner boundaries up to and including each place. */
  readonly todayCount: Int32Array
  /** Load below each place. */
  readonly bytes: Float64Array
  readonly records: Float64Array
  /** The last place that leaves two hash keys before each place; -1 where there is none. */
  readonly lastStart: Int32Array
  /** The place of today's boundary before one that ends a shard of a single hash key; -1 elsewhere. */
  readonly singleStart: Int32Array
  /** Gap that a place was chosen in for good, where it may still be moved; by place. */
  readonly room: ReadonlyMap<number, { readonly from: bigint; readonly to: bigint }>
}

/**
 * The first hash keys of the best layout: least load above the limit, then fewest shards, then fewest steps, then the
 * coolest hottest shard. Exact: dynamic programming over every place where a boundary can matter. A range that is new has
 * at least two hash keys, since SplitShard wants its hash key above start + 1 and below the end.
 */
export function bestStarts(question: BoundaryQuestion): { starts: bigint[]; score: LayoutScore } {
  const grid = gridOf(question)
  const hottest = question.points.reduce(
    (most, { bytes, records }) =>
      Math.max(most, bytes > question.limit ? 0 : bytes, records > question.limit ? 0 : records),
    0,
  )
  const best = solve(grid, question.points, question.limit)
  let chosen = best.chain
  // With a lower limit the same number of shards and steps may do: that layout is the more even one.
  let [low, high] = [question.isUneven ? question.limit : hottest, question.limit]
  for (let round = 0; round < EVENING_ROUNDS && high - low > 1 && best.score.shardCount > 1; round += 1) {
    const limit = Math.floor((low + high) / 2)
    const candidate = solve(grid, question.points, limit)
    const excess = excessOf(grid, candidate.chain, question.limit)
    const isAsGood =
      candidate.score.shardCount === best.score.shardCount &&
      candidate.score.stepCount === best.score.stepCount &&
      excess === best.score.excess
    if (isAsGood) chosen = candidate.chain
    if (isAsGood) high = limit
    else low = limit
  }
  return { starts: placed(grid, chosen), score: best.score }
}

function gridOf({ space, starts, points }: BoundaryQuestion): Grid {
  const places = new Map<bigint, boolean>()
  const rooms = new Map<bigint, { from: bigint; to: bigint }>()
  places.set(0n, true)
  for (const start of starts) places.set(start, true)
  places.set(space, true)
  for (let index = 1; index < points.length; index += 1) {
    const below = points[index - 1]?.hashKey ?? 0n
    const upTo = points[index]?.hashKey ?? 0n
    if (upTo - below < WIDE_GAP) {
      for (let at = below + 1n; at <= upTo; at += 1n) if (!places.has(at)) places.set(at, false)
    } else {
      const at = below + (upTo - below) / 2n
      if (!places.has(at)) places.set(at, false)
      rooms.set(at, { from: below + 2n, to: upTo - 1n })
    }
  }
  const at = [...places.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const count = at.length
  const isToday = new Uint8Array(count)
  const todayCount = new Int32Array(count)
  const [bytes, records] = [new Float64Array(count), new Float64Array(count)]
  const [lastStart, singleStart] = [new Int32Array(count).fill(-1), new Int32Array(count).fill(-1)]
  const room = new Map<number, { from: bigint; to: bigint }>()
  let [today, point, behind, before] = [0, 0, -1, 0]
  let [byteSum, recordSum] = [0, 0]
  for (let index = 0; index < count; index += 1) {
    const place = at[index] ?? 0n
    for (let next = points[point]; next !== undefined && next.hashKey < place; next = points[point]) {
      byteSum += next.bytes
      recordSum += next.records
      point += 1
    }
    bytes[index] = byteSum
    records[index] = recordSum
    while (behind + 1 < index && (at[behind + 1] ?? 0n) + 2n <= place) behind += 1
    lastStart[index] = behind
    if (places.get(place) === true) {
      isToday[index] = 1
      if (index > 0 && index < count - 1) today += 1
      if (index > 0 && place - (at[before] ?? 0n) === 1n) singleStart[index] = before
      before = index
    } else {
      const free = rooms.get(place)
      if (free !== undefined) room.set(index, free)
    }
    todayCount[index] = today
  }
  return { at, isToday, todayCount, bytes, records, lastStart, singleStart, room }
}

function solve(
  grid: Grid,
  points: readonly PlanPoint[],
  limit: number,
): { chain: number[]; score: LayoutScore } {
  const { isToday, todayCount, bytes, records, lastStart, singleStart } = grid
  const count = grid.at.length
  const end = count - 1
  const excess = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  const shards = new Int32Array(count)
  const steps = new Int32Array(count)
  const from = new Int32Array(count).fill(-1)
  const unavoidable = unavoidableExcess(grid, points, limit)
  excess[0] = 0
  /** Steps that a place costs when what follows is merged: today's boundaries up to it are paid for already. */
  const open = (index: number) => (steps[index] ?? 0) - (todayCount[index] ?? 0)
  const isBetter = (a: number, b: number): boolean => {
    const byExcess = (excess[a] ?? 0) - (excess[b] ?? 0)
    if (byExcess !== 0) return byExcess < 0
    const byShards = (shards[a] ?? 0) - (shards[b] ?? 0)
    if (byShards !== 0) return byShards < 0
    return open(a) <= open(b)
  }
  // Sliding minimum over the places from which a shard up to here stays within the limit.
  const queue: number[] = []
  let [head, pushed, low] = [0, -1, 0]
  for (let to = 1; to < count; to += 1) {
    const ownToday = isToday[to] === 1 && to !== end ? 1 : 0
    const passed = (todayCount[to] ?? 0) - ownToday
    const made = isToday[to] === 1 ? 0 : 1
    let [bestExcess, bestShards, bestSteps, bestFrom] = [Number.POSITIVE_INFINITY, 0, 0, -1]
    const offer = (start: number, over: number): void => {
      const total = (excess[start] ?? 0) + over
      if (total === Number.POSITIVE_INFINITY || total > bestExcess) return
      const shardTotal = (shards[start] ?? 0) + 1
      const stepTotal = open(start) + passed + made
      if (
        bestFrom >= 0 &&
        total === bestExcess &&
        (shardTotal > bestShards || (shardTotal === bestShards && stepTotal >= bestSteps))
      )
        return
      ;[bestExcess, bestShards, bestSteps, bestFrom] = [total, shardTotal, stepTotal, start]
    }
    const overAt = (start: number): number =>
      Math.max(0, (bytes[to] ?? 0) - (bytes[start] ?? 0) - limit) +
      Math.max(0, (records[to] ?? 0) - (records[start] ?? 0) - limit)
    while (low < to && overAt(low) > 0) low += 1
    const last = lastStart[to] ?? -1
    while (pushed < last) {
      pushed += 1
      if (excess[pushed] === Number.POSITIVE_INFINITY) continue
      while (queue.length > head && isBetter(pushed, queue[queue.length - 1] ?? 0)) queue.pop()
      queue.push(pushed)
    }
    while (head < queue.length && (queue[head] ?? 0) < low) head += 1
    const front = queue[head]
    if (front !== undefined) offer(front, 0)
    const single = singleStart[to] ?? -1
    if (single >= 0) offer(single, overAt(single))
    for (let start = Math.min(low - 1, last); start >= 0; start -= 1) {
      const over = overAt(start)
      // Further left it only grows: what a shard is over its limit is at least what its parts are.
      if ((unavoidable[start] ?? 0) + over > bestExcess) break
      offer(start, over)
    }
    excess[to] = bestExcess
    shards[to] = bestShards
    steps[to] = bestSteps
    from[to] = bestFrom
  }
  const chain: number[] = []
  for (let at = end; at > 0; at = from[at] ?? 0) chain.push(at)
  chain.push(0)
  return {
    chain: chain.reverse(),
    score: { excess: excess[end] ?? 0, shardCount: shards[end] ?? 0, stepCount: steps[end] ?? 0 },
  }
}

/** What single keys are above the limit, summed up to each place: no layout below it has less. */
function unavoidableExcess(grid: Grid, points: readonly PlanPoint[], limit: number): Float64Array {
  const sums = new Float64Array(grid.at.length)
  let [point, sum] = [0, 0]
  for (let index = 0; index < grid.at.length; index += 1) {
    for (let next = points[point]; next !== undefined; next = points[point]) {
      if (next.hashKey >= (grid.at[index] ?? 0n)) break
      sum += Math.max(0, next.bytes - limit) + Math.max(0, next.records - limit)
      point += 1
    }
    sums[index] = sum
  }
  return sums
}

function excessOf({ bytes, records }: Grid, chain: readonly number[], limit: number): number {
  let sum = 0
  for (let index = 1; index < chain.length; index += 1) {
    const [from, to] = [chain[index - 1] ?? 0, chain[index] ?? 0]
    sum +=
      Math.max(0, (bytes[to] ?? 0) - (bytes[from] ?? 0) - limit) +
      Math.max(0, (records[to] ?? 0) - (records[from] ?? 0) - limit)
  }
  return sum
}

/**
 * The starts of a chain. Between two loaded keys every boundary is equal for today's load, so new ones go where widths are
 * most even: the best guess for keys not seen yet.
 */
function placed({ at, room }: Grid, chain: readonly number[]): bigint[] {
  const starts = chain.map(index => at[index] ?? 0n)
  for (let round = 0; round < 2; round += 1) {
    for (let index = 1; index < starts.length - 1; index += 1) {
      const free = room.get(chain[index] ?? 0)
      if (free === undefined) continue
      const [before, after] = [starts[index - 1] ?? 0n, starts[index + 1] ?? 0n]
      const from = before + 2n > free.from ? before + 2n : free.from
      const to = after - 2n < free.to ? after - 2n : free.to
      const middle = before + (after - before) / 2n
      if (from <= to) starts[index] = middle < from ? from : middle > to ? to : middle
    }
  }
  return starts.slice(0, -1)
}
