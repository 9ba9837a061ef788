import { dimensionOf, KINESIS_NAMESPACE } from './namespace.ts'
import { inOrder, type TimeSeries } from './time-series.ts'

/**
 * The label of a series: the default, the given text, or one with dynamic parts (`${PROP('Dim.ShardId')}`, `${SUM}`,
 * `${LABEL}`). A fixed text on one of several series is followed by what tells it apart. Unknown parts stay as they are.
 */
export function labelOf(
  given: string | undefined,
  series: TimeSeries,
  { isOneOfSeveral, region, accountId }: { isOneOfSeveral: boolean; region: string; accountId: string },
): string {
  if (given === undefined || given === '') return series.name
  if (!given.includes('${')) return isOneOfSeveral ? `${given} ${series.name}` : given
  return given.replace(/\$\{([^}]*)\}/g, (whole, part: string) => {
    const property = /^PROP\('([^']*)'\)$/.exec(part)?.[1]
    if (property !== undefined) return propertyOf(property, series, { region, accountId }) ?? whole
    return part === 'LABEL' ? series.name : (figureOf(part, series) ?? whole)
  })
}

function propertyOf(
  property: string,
  series: TimeSeries,
  { region, accountId }: { region: string; accountId: string },
): string | undefined {
  const metric = series.source
  switch (property) {
    case 'Region':
      return region
    case 'AccountId':
      return accountId
    case 'Namespace':
      return KINESIS_NAMESPACE
    case 'Period':
      return String(series.periodSeconds)
    case 'MetricName':
      return metric?.series.metricName
    case 'Stat':
      return metric?.stat
    default:
      return property.startsWith('Dim.') && metric !== undefined
        ? dimensionOf(metric.series, property.slice(4))
        : undefined
  }
}

function figureOf(part: string, series: TimeSeries): string | undefined {
  const numbers = inOrder(series).map(([, value]) => value)
  const sum = numbers.reduce((total, value) => total + value, 0)
  const figures: Record<string, number | undefined> = {
    AVG: sum / numbers.length,
    DATAPOINT_COUNT: numbers.length,
    FIRST: numbers[0],
    LAST: numbers.at(-1),
    MAX: numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    MIN: numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    SUM: sum,
  }
  if (!Object.hasOwn(figures, part)) return undefined
  const figure = figures[part]
  return figure === undefined || !Number.isFinite(figure) ? '-' : String(figure)
}
