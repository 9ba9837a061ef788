/**
 * What UpdateShardCount leaves, worked out by hand and not by any program. The rules are those of the API and of the
 * developer guide ("resharding"): the service works by splits and merges; a shard id is the next number after the highest
 * ever used, the lower child of a split first; ranges end up equally wide. The guide's own example, 4 to 3 leaves 6, 9 and
 * 10 open and 0 to 5, 7 and 8 closed, fixes the order: along the hash-key space, for each new range first split the shard
 * that crosses its end, then merge its pieces from the left.
 *
 * Ranges are told in parts of the space: `of` parts are the whole, so that old and new boundaries are both whole numbers.
 */
export type LineageRow = {
  readonly id: number
  readonly from: number
  readonly to: number
  /** One of a split, two of a merge (the lower first), none of the first shards. */
  readonly parents: readonly number[]
  readonly isOpen: boolean
}

export type UniformCase = {
  readonly before: number
  readonly target: number
  readonly of: number
  readonly rows: readonly LineageRow[]
}

const open = (id: number, from: number, to: number, ...parents: number[]): LineageRow => ({
  id,
  from,
  to,
  parents,
  isOpen: true,
})
const closed = (id: number, from: number, to: number, ...parents: number[]): LineageRow => ({
  ...open(id, from, to, ...parents),
  isOpen: false,
})

export const UNIFORM_CASES: readonly UniformCase[] = [
  {
    // Doubling splits every shard once, at its middle, from the left: two children each, numbered on.
    before: 4,
    target: 8,
    of: 8,
    rows: [
      closed(0, 0, 2),
      closed(1, 2, 4),
      closed(2, 4, 6),
      closed(3, 6, 8),
      open(4, 0, 1, 0),
      open(5, 1, 2, 0),
      open(6, 2, 3, 1),
      open(7, 3, 4, 1),
      open(8, 4, 5, 2),
      open(9, 5, 6, 2),
      open(10, 6, 7, 3),
      open(11, 7, 8, 3),
    ],
  },
  {
    // Twelfths; old boundaries 3 6 9, new ones 2 4 6 8 10.
    // 0-2: 0 crosses 2, so 0 -> 4 (0-2) and 5 (2-3).
    // 2-4: 5, and 1 crosses 4, so 1 -> 6 (3-4) and 7 (4-6); 5 + 6 -> 8 (2-4).
    // 4-6: 7 as it is.
    // 6-8: 2 crosses 8, so 2 -> 9 (6-8) and 10 (8-9).
    // 8-10: 10, and 3 crosses 10, so 3 -> 11 (9-10) and 12 (10-12); 10 + 11 -> 13 (8-10).
    // 10-12: 12 as it is.
    before: 4,
    target: 6,
    of: 12,
    rows: [
      closed(0, 0, 3),
      closed(1, 3, 6),
      closed(2, 6, 9),
      closed(3, 9, 12),
      open(4, 0, 2, 0),
      closed(5, 2, 3, 0),
      closed(6, 3, 4, 1),
      open(7, 4, 6, 1),
      open(8, 2, 4, 5, 6),
      open(9, 6, 8, 2),
      closed(10, 8, 9, 2),
      closed(11, 9, 10, 3),
      open(12, 10, 12, 3),
      open(13, 8, 10, 10, 11),
    ],
  },
  {
    // The guide's example. Twelfths; old boundaries 3 6 9, new ones 4 8.
    // 0-4: 0, and 1 crosses 4, so 1 -> 4 (3-4) and 5 (4-6); 0 + 4 -> 6 (0-4).
    // 4-8: 5, and 2 crosses 8, so 2 -> 7 (6-8) and 8 (8-9); 5 + 7 -> 9 (4-8).
    // 8-12: 8 + 3 -> 10 (8-12).
    before: 4,
    target: 3,
    of: 12,
    rows: [
      closed(0, 0, 3),
      closed(1, 3, 6),
      closed(2, 6, 9),
      closed(3, 9, 12),
      closed(4, 3, 4, 1),
      closed(5, 4, 6, 1),
      open(6, 0, 4, 0, 4),
      closed(7, 6, 8, 2),
      closed(8, 8, 9, 2),
      open(9, 4, 8, 5, 7),
      open(10, 8, 12, 8, 3),
    ],
  },
  {
    // Halving: no shard crosses a new boundary, neighbours are merged in pairs from the left.
    before: 8,
    target: 4,
    of: 8,
    rows: [
      ...[0, 1, 2, 3, 4, 5, 6, 7].map(id => closed(id, id, id + 1)),
      open(8, 0, 2, 0, 1),
      open(9, 2, 4, 2, 3),
      open(10, 4, 6, 4, 5),
      open(11, 6, 8, 6, 7),
    ],
  },
  {
    // Fifteenths; old boundaries 5 10, new ones 3 6 9 12.
    // 0-3: 0 crosses 3, so 0 -> 3 (0-3) and 4 (3-5).
    // 3-6: 4, and 1 crosses 6, so 1 -> 5 (5-6) and 6 (6-10); 4 + 5 -> 7 (3-6).
    // 6-9: 6 crosses 9, so 6 -> 8 (6-9) and 9 (9-10).
    // 9-12: 9, and 2 crosses 12, so 2 -> 10 (10-12) and 11 (12-15); 9 + 10 -> 12 (9-12).
    // 12-15: 11 as it is.
    before: 3,
    target: 5,
    of: 15,
    rows: [
      closed(0, 0, 5),
      closed(1, 5, 10),
      closed(2, 10, 15),
      open(3, 0, 3, 0),
      closed(4, 3, 5, 0),
      closed(5, 5, 6, 1),
      closed(6, 6, 10, 1),
      open(7, 3, 6, 4, 5),
      open(8, 6, 9, 6),
      closed(9, 9, 10, 6),
      closed(10, 10, 12, 2),
      open(11, 12, 15, 2),
      open(12, 9, 12, 9, 10),
    ],
  },
]

/** A shard as any listing tells it, in numbers. */
export type ListedShard = {
  readonly id: number
  readonly parents: readonly number[]
  readonly startingHashKey: bigint
  readonly endingHashKey: bigint
  readonly isOpen: boolean
}

const SPACE = 2n ** 128n
/** How the service rounds a third of the space is not documented: a boundary may be a few hash keys off. */
const ROUNDING = 16n

/** The listing in the terms of the tables; a boundary that is not where a part begins stays a hash key. */
export function lineageRows(shards: readonly ListedShard[], of: number): unknown[] {
  const part = (boundary: bigint): number | bigint => {
    for (let index = 0; index <= of; index += 1) {
      const wanted = (SPACE * BigInt(index)) / BigInt(of)
      const distance = boundary > wanted ? boundary - wanted : wanted - boundary
      if (distance <= ROUNDING) return index
    }
    return boundary
  }
  return shards
    .map(({ id, parents, startingHashKey, endingHashKey, isOpen }) => ({
      id,
      from: part(startingHashKey),
      to: part(endingHashKey + 1n),
      parents,
      isOpen,
    }))
    .sort((a, b) => a.id - b.id)
}
