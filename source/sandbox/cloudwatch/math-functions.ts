import { SyntaxComplaint } from './lexer.ts'
import type { MathNode, Operator } from './math-expression.ts'
import { inOrder, type TimeSeries, type Value } from './time-series.ts'

/** What functions need of the request around them. */
export type MathScope = {
  /** The value of another query. Errors: SyntaxComplaint where there is none of that id. */
  reference(id: string): Value
  /** All queries for plain metrics whose id contains the text. */
  metrics(part: string): TimeSeries[]
  search(query: string, stat: string, periodSeconds: number | undefined): TimeSeries[]
  /** Epoch seconds at which a period of that length begins within the range and up to the present. */
  grid(periodSeconds: number): number[]
}

/** Computes an expression. Errors: SyntaxComplaint. */
export function evaluate(node: MathNode, scope: MathScope): Value {
  switch (node.kind) {
    case 'number':
      return { kind: 'scalar', value: node.value }
    case 'text':
      throw new SyntaxComplaint(`the text ${JSON.stringify(node.text)} is no value`)
    case 'reference':
      return scope.reference(node.id)
    case 'negation':
      return mapped(evaluate(node.operand, scope), value => -value)
    case 'operation':
      return combined(evaluate(node.left, scope), evaluate(node.right, scope), OPERATIONS[node.operator])
    case 'list':
      return { kind: 'array', array: node.members.flatMap(member => seriesIn(evaluate(member, scope))) }
    case 'call': {
      const name = node.name.toUpperCase()
      const run = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
      if (run === undefined) {
        throw new SyntaxComplaint(
          `Function '${node.name}' not found; here there are ${Object.keys(FUNCTIONS).join(', ')}`,
        )
      }
      return run(node.arguments, scope, name)
    }
  }
}

const OPERATIONS: Record<Operator, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
}

function seriesIn(value: Value): TimeSeries[] {
  if (value.kind === 'scalar') throw new SyntaxComplaint('a number cannot stand where time series are wanted')
  return value.kind === 'series' ? [value.series] : value.array
}

function mapped(value: Value, change: (value: number) => number): Value {
  if (value.kind === 'scalar') return { kind: 'scalar', value: change(value.value) }
  const over = (series: TimeSeries): TimeSeries => ({
    ...series,
    points: new Map([...series.points].map(([second, own]) => [second, change(own)])),
  })
  return value.kind === 'series'
    ? { kind: 'series', series: over(value.series) }
    : { kind: 'array', array: value.array.map(over) }
}

/** Point by point. Where either side has no point there is no result, nor where it is no finite number (x / 0). */
function combined(left: Value, right: Value, operation: (a: number, b: number) => number): Value {
  if (left.kind === 'array' && right.kind === 'array') {
    throw new SyntaxComplaint('two lists of time series cannot be combined; use SUM(...) on one of them')
  }
  if (left.kind === 'array') {
    return { kind: 'array', array: left.array.map(own => joined(own, right, operation)) }
  }
  if (right.kind === 'array') {
    const array = right.array.map(own => joined(own, left, (a, b) => operation(b, a)))
    return { kind: 'array', array }
  }
  if (left.kind === 'series') return { kind: 'series', series: joined(left.series, right, operation) }
  if (right.kind === 'series') {
    return { kind: 'series', series: joined(right.series, left, (a, b) => operation(b, a)) }
  }
  return { kind: 'scalar', value: operation(left.value, right.value) }
}

function joined(series: TimeSeries, other: Value, operation: (a: number, b: number) => number): TimeSeries {
  const points = new Map<number, number>()
  for (const [second, value] of series.points) {
    const partner = other.kind === 'scalar' ? other.value : seriesIn(other)[0]?.points.get(second)
    const result = partner === undefined ? Number.NaN : operation(value, partner)
    if (Number.isFinite(result)) points.set(second, result)
  }
  return { ...series, points }
}

type MathFunction = (given: MathNode[], scope: MathScope, name: string) => Value

/** The argument at a place. Errors: SyntaxComplaint. */
function argument(given: MathNode[], index: number, name: string, what: string): MathNode {
  const node = given[index]
  if (node === undefined) throw new SyntaxComplaint(`${name} needs ${what} as argument ${index + 1}`)
  return node
}

const values = (series: TimeSeries) => [...series.points.values()]
const sum = (numbers: number[]) => numbers.reduce((total, value) => total + value, 0)
const average = (numbers: number[]) => sum(numbers) / numbers.length
const least = (numbers: number[]) => numbers.reduce((a, b) => Math.min(a, b))
const most = (numbers: number[]) => numbers.reduce((a, b) => Math.max(a, b))

/** Over one series a number, over several one series: at each time, of those that have a point. */
function aggregated(reduce: (numbers: number[]) => number): MathFunction {
  return (given, scope, name) => {
    const value = evaluate(argument(given, 0, name, 'a time series or a list'), scope)
    if (value.kind === 'scalar') return value
    if (value.kind === 'series') {
      const numbers = values(value.series)
      return { kind: 'scalar', value: numbers.length === 0 ? Number.NaN : reduce(numbers) }
    }
    const columns = new Map<number, number[]>()
    for (const series of value.array) {
      for (const [second, own] of series.points) {
        const column = columns.get(second)
        if (column === undefined) columns.set(second, [own])
        else column.push(own)
      }
    }
    const points = new Map([...columns].map(([second, numbers]) => [second, reduce(numbers)]))
    const periodSeconds = value.array[0]?.periodSeconds ?? 60
    return { kind: 'series', series: { name: '', periodSeconds, points } }
  }
}

const rounding =
  (change: (value: number) => number): MathFunction =>
  (given, scope, name) =>
    mapped(evaluate(argument(given, 0, name, 'a value'), scope), change)

/** Does the same to one series or to each of several. */
function overSeries(value: Value, change: (series: TimeSeries) => TimeSeries): Value {
  if (value.kind === 'array') return { kind: 'array', array: value.array.map(change) }
  return { kind: 'series', series: change(seriesIn(value)[0] as TimeSeries) }
}

const FUNCTIONS: Record<string, MathFunction> = {
  ABS: rounding(Math.abs),
  AVG: aggregated(average),
  CEIL: rounding(Math.ceil),
  FILL: fill,
  FLOOR: rounding(Math.floor),
  MAX: aggregated(most),
  METRICS: (given, scope) => ({
    kind: 'array',
    array: scope.metrics(given[0]?.kind === 'text' ? given[0].text : ''),
  }),
  MIN: aggregated(least),
  PERIOD: (given, scope, name) => ({
    kind: 'scalar',
    value: seriesIn(evaluate(argument(given, 0, name, 'a metric'), scope))[0]?.periodSeconds ?? 60,
  }),
  RATE: (given, scope, name) =>
    overSeries(evaluate(argument(given, 0, name, 'a metric'), scope), series => {
      const steps = inOrder(series)
      const points = new Map<number, number>()
      for (const [index, [second, value]] of steps.entries()) {
        const before = steps[index - 1]
        if (before !== undefined) points.set(second, (value - before[1]) / (second - before[0]))
      }
      return { ...series, points }
    }),
  SEARCH: search,
  SORT: sort,
  SUM: aggregated(sum),
}

/** FILL(m, number) puts the number where there is no point, FILL(m, REPEAT) the value before. */
function fill(given: MathNode[], scope: MathScope): Value {
  const wanted = argument(given, 1, 'FILL', 'a number or REPEAT')
  const isRepeat = wanted.kind === 'reference' && wanted.id === 'REPEAT'
  const filler = isRepeat ? undefined : evaluate(wanted, scope)
  if (filler !== undefined && filler.kind !== 'scalar') {
    throw new SyntaxComplaint('FILL takes a number or REPEAT as argument 2 here')
  }
  return overSeries(evaluate(argument(given, 0, 'FILL', 'a metric'), scope), series => {
    const points = new Map<number, number>()
    let last: number | undefined
    for (const second of scope.grid(series.periodSeconds)) {
      const value = series.points.get(second) ?? filler?.value ?? last
      if (value !== undefined) points.set(second, value)
      last = value
    }
    return { ...series, points }
  })
}

/** SEARCH('{AWS/Kinesis,StreamName} MetricName="IncomingBytes"', 'Sum', 60). */
function search(given: MathNode[], scope: MathScope): Value {
  const [query, stat] = [0, 1].map(index => {
    const node = argument(given, index, 'SEARCH', index === 0 ? "'a search'" : "'a statistic'")
    if (node.kind !== 'text') throw new SyntaxComplaint(`SEARCH takes a quoted text as argument ${index + 1}`)
    return node.text
  }) as [string, string]
  const period = given[2]
  if (period !== undefined && period.kind !== 'number') {
    throw new SyntaxComplaint('SEARCH takes a number of seconds as argument 3')
  }
  return { kind: 'array', array: scope.search(query, stat, period?.value) }
}

/** SORT(list, SUM, DESC, 10): by that function over the whole time; series without points come last. */
function sort(given: MathNode[], scope: MathScope): Value {
  const word = (index: number, allowed: string[]) => {
    const node = argument(given, index, 'SORT', allowed.join(' or '))
    const text = node.kind === 'reference' ? node.id.toUpperCase() : ''
    if (!allowed.includes(text))
      throw new SyntaxComplaint(`SORT takes ${allowed.join(', ')} as argument ${index + 1}`)
    return text
  }
  const reduce = { AVG: average, MAX: most, MIN: least, SUM: sum }[word(1, ['AVG', 'MAX', 'MIN', 'SUM'])]
  const sign = word(2, ['ASC', 'DESC']) === 'DESC' ? -1 : 1
  const limit = given[3] === undefined ? undefined : evaluate(given[3], scope)
  const keyed = seriesIn(evaluate(argument(given, 0, 'SORT', 'a list'), scope)).map(series => ({
    series,
    key: series.points.size === 0 ? undefined : sign * (reduce?.(values(series)) ?? 0),
  }))
  keyed.sort((a, b) => (a.key ?? Number.POSITIVE_INFINITY) - (b.key ?? Number.POSITIVE_INFINITY) || 0)
  const array = keyed.map(({ series }) => series)
  return { kind: 'array', array: limit?.kind === 'scalar' ? array.slice(0, limit.value) : array }
}
