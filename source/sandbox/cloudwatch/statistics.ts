/** Samples taken together: those of a minute, of a period, or of several series. */
export type StatisticSet = { sum: number; sampleCount: number; minimum: number; maximum: number }

/** What a query asks of a statistic set. */
export type Statistic = { kind: BasicStatistic } | { kind: 'percentile'; percent: number }

export type BasicStatistic = 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount'

const BASIC: readonly BasicStatistic[] = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']

/** The statistic of that name (`Sum`, `p99.9`), or nothing where there is none such. Trimmed means and ranks are not kept. */
export function parseStatistic(text: string): Statistic | undefined {
  const kind = BASIC.find(name => name === text)
  if (kind !== undefined) return { kind }
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(text)?.[1]
  return percent !== undefined && Number(percent) <= 100
    ? { kind: 'percentile', percent: Number(percent) }
    : undefined
}

/**
 * The value of a statistic. The samples themselves are not kept, and then CloudWatch gives a percentile only where it
 * needs none of them: with a single sample, or when all are equal. Otherwise there is no value.
 */
export function statisticValue(statistic: Statistic, set: StatisticSet): number | undefined {
  switch (statistic.kind) {
    case 'Sum':
      return set.sum
    case 'Average':
      return set.sum / set.sampleCount
    case 'Minimum':
      return set.minimum
    case 'Maximum':
      return set.maximum
    case 'SampleCount':
      return set.sampleCount
    case 'percentile':
      return set.minimum === set.maximum ? set.minimum : undefined
  }
}

/** Adds `more` to `into` (in place), or begins with a copy of it. */
export function merge(into: StatisticSet | undefined, more: StatisticSet): StatisticSet {
  const { sum, sampleCount, minimum, maximum } = more
  if (into === undefined) return { sum, sampleCount, minimum, maximum }
  into.sum += sum
  into.sampleCount += sampleCount
  into.minimum = Math.min(into.minimum, minimum)
  into.maximum = Math.max(into.maximum, maximum)
  return into
}
