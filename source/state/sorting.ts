import type { Sort } from './model.ts'

/** What a row is sorted by in one column; absent values come last in both directions. */
export type SortValue = string | number | bigint | boolean | undefined

/** How the rows of one screen can be sorted: column key -> value. The first column is the natural order. */
export type SortKeys<Row> = Readonly<Record<string, (row: Row) => SortValue>>

/** The rows in the asked order, stable; the given order where no sort is asked. */
export function sorted<Row>(
  rows: readonly Row[],
  keys: SortKeys<Row>,
  sort: Sort | undefined,
): readonly Row[] {
  const valueIn = sort !== undefined && Object.hasOwn(keys, sort.column) ? keys[sort.column] : undefined
  if (sort === undefined || valueIn === undefined) return rows
  const sign = sort.direction === 'ascending' ? 1 : -1
  const keyed = rows.map(row => ({ row, value: valueIn(row) }))
  keyed.sort((a, b) => {
    if (a.value === undefined || b.value === undefined) {
      return a.value === b.value ? 0 : a.value === undefined ? 1 : -1
    }
    return sign * compareValues(a.value, b.value)
  })
  return keyed.map(({ row }) => row)
}

/** The sort after the present one in the row of columns: unsorted, then each column, then unsorted again. */
export function nextSort<Row>(keys: SortKeys<Row>, sort: Sort | undefined): Sort | undefined {
  const columns = Object.keys(keys)
  const column = columns[sort === undefined ? 0 : columns.indexOf(sort.column) + 1]
  return column === undefined ? undefined : { column, direction: 'ascending' }
}

function compareValues(a: NonNullable<SortValue>, b: NonNullable<SortValue>): number {
  // Names with numbers in them sort as people count: orders-2 before orders-10.
  if (typeof a === 'string' && typeof b === 'string') return compareNatural(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

/** Compares texts by runs of digits as numbers and the rest by code unit. */
export function compareNatural(a: string, b: string): number {
  const [as, bs] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []]
  for (let index = 0; index < Math.min(as.length, bs.length); index += 1) {
    const [x, y] = [as[index] ?? '', bs[index] ?? '']
    if (x === y) continue
    if (/^\d/.test(x) && /^\d/.test(y)) {
      const [m, n] = [BigInt(x), BigInt(y)]
      if (m !== n) return m < n ? -1 : 1
    }
    return x < y ? -1 : 1
  }
  return as.length - bs.length || (a < b ? -1 : a > b ? 1 : 0)
}
