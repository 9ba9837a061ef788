import type { MetricSeries } from '../engine/metrics.ts'
import { SyntaxComplaint, TokenReader, tokenize } from './lexer.ts'
import { dimensionOf, dimensionsOf, KINESIS_NAMESPACE, schemaOf } from './namespace.ts'

/** A condition on a metric. */
type Condition = (series: MetricSeries) => boolean

const WORD = /[A-Za-z0-9_:./-]/
const SYMBOLS = ['{', '}', '(', ')', ',', '=']

/**
 * Parses the first argument of SEARCH, `{namespace, dimension...} term term ...`: a term is a word or `key=value`;
 * terms are joined by AND (also unwritten), OR and NOT, with parentheses. In double quotes a term must equal the whole
 * value, bare ones match parts of it. Errors: SyntaxComplaint.
 */
export function parseSearchQuery(source: string): Condition {
  const reader = new TokenReader(tokenize(source, WORD, SYMBOLS))
  const inSchema = reader.accept('{') ? readSchema(reader) : () => true
  const holds = reader.next.kind === 'end' ? () => true : readOr(reader)
  reader.expectEnd()
  return series => inSchema(series) && holds(series)
}

function readSchema(reader: TokenReader): Condition {
  const names: string[] = []
  do {
    if (!['word', 'quoted'].includes(reader.next.kind)) throw reader.complaint('expected a name in {...}')
    names.push(reader.take().text)
  } while (reader.accept(','))
  reader.expect('}')
  const [namespace, ...dimensions] = names
  const schema = dimensions.sort().join(',')
  return series => namespace === KINESIS_NAMESPACE && schemaOf(series) === schema
}

function readOr(reader: TokenReader): Condition {
  const either = [readAnd(reader)]
  while (reader.accept('OR')) either.push(readAnd(reader))
  return series => either.some(condition => condition(series))
}

function readAnd(reader: TokenReader): Condition {
  const all = [readTerm(reader)]
  while (reader.next.kind !== 'end' && !reader.isAt(')') && !reader.isAt('OR')) {
    reader.accept('AND')
    all.push(readTerm(reader))
  }
  return series => all.every(condition => condition(series))
}

function readTerm(reader: TokenReader): Condition {
  if (reader.accept('NOT')) {
    const condition = readTerm(reader)
    return series => !condition(series)
  }
  if (reader.accept('(')) {
    const condition = readOr(reader)
    reader.expect(')')
    return condition
  }
  const first = readText(reader)
  if (!reader.accept('=')) {
    const matches = matcher(first)
    return series => textsOf(series).some(matches)
  }
  if (first.text.startsWith(':aws.')) {
    throw new SyntaxComplaint(`${first.text} is not supported here: there is one account`)
  }
  const values = reader.accept('(') ? readValues(reader) : [readText(reader)]
  const matchers = values.map(matcher)
  return series => {
    const own = valueNamed(series, first.text)
    return own !== undefined && matchers.some(matches => matches(own))
  }
}

/** `(a OR b OR c)` behind a key. */
function readValues(reader: TokenReader) {
  const values = [readText(reader)]
  while (reader.accept('OR')) values.push(readText(reader))
  reader.expect(')')
  return values
}

function readText(reader: TokenReader): { text: string; exact: boolean } {
  const { kind, text } = reader.next
  if (kind !== 'word' && kind !== 'quoted' && kind !== 'number')
    throw reader.complaint('expected a search term')
  reader.take()
  return { text, exact: kind === 'quoted' }
}

function valueNamed(series: MetricSeries, key: string): string | undefined {
  if (key === 'MetricName') return series.metricName
  return key === 'Namespace' ? KINESIS_NAMESPACE : dimensionOf(series, key)
}

const textsOf = (series: MetricSeries) => [
  KINESIS_NAMESPACE,
  series.metricName,
  ...dimensionsOf(series).flatMap(({ Name, Value }) => [Name, Value]),
]

/** An exact term equals the whole; else each of its words must be a word of the value, whatever the case. */
function matcher({ text, exact }: { text: string; exact: boolean }): (value: string) => boolean {
  if (exact) return value => value === text
  const wanted = wordsOf(text)
  return value => {
    const own = new Set(wordsOf(value))
    return value.toLowerCase() === text.toLowerCase() || wanted.every(word => own.has(word))
  }
}

/** Words are parted by anything but letters and digits, and where a capital follows a small letter. */
const wordsOf = (text: string) =>
  text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '')
