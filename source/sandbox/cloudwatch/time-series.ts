import type { MetricSeries } from '../engine/metrics.ts'

/** One line of a graph, as queries hand it on to expressions and to the answer. */
export type TimeSeries = {
  /** What tells it from its neighbours; the label where none was given. */
  name: string
  periodSeconds: number
  /** Epoch second -> value. Absent is not zero. */
  points: Map<number, number>
  /** The metric behind it, where there is exactly one; dynamic labels name its properties. */
  source?: { series: MetricSeries; stat: string }
}

/** What an expression gives: a number, one line, or several. */
export type Value =
  | { kind: 'scalar'; value: number }
  | { kind: 'series'; series: TimeSeries }
  | { kind: 'array'; array: TimeSeries[] }

/** Timestamps and values in ascending order of time. */
export const inOrder = ({ points }: TimeSeries): [number, number][] => [...points].sort(([a], [b]) => a - b)
