import { SyntaxComplaint, TokenReader, tokenize } from './lexer.ts'

export const INSIGHTS_FUNCTIONS = ['AVG', 'COUNT', 'MAX', 'MIN', 'SUM'] as const
export type InsightsFunction = (typeof INSIGHTS_FUNCTIONS)[number]

/** A Metrics Insights query. */
export type InsightsQuery = {
  aggregate: InsightsFunction
  metricName: string
  namespace: string
  /** Names of the dimensions a metric must have, no more and no less; absent: any. */
  schema?: string[]
  where: { label: string; equal: boolean; value: string }[]
  groupBy: string[]
  orderBy?: { aggregate: InsightsFunction; descending: boolean }
  limit?: number
}

/** Whether an expression is such a query rather than metric math. */
export const isInsightsQuery = (expression: string) => /^\s*SELECT\b/i.test(expression)

const WORD = /[A-Za-z0-9_:.]/
const SYMBOLS = ['!=', '=', '(', ')', ',', '*', '<', '>']

/**
 * Parses `SELECT FUNCTION(metric) FROM namespace | SCHEMA(namespace, label...) [WHERE label = 'value' [AND ...]]
 * [GROUP BY label, ...] [ORDER BY FUNCTION() [ASC | DESC]] [LIMIT n]`. Errors: SyntaxComplaint.
 */
export function parseInsightsQuery(source: string): InsightsQuery {
  const reader = new TokenReader(tokenize(source, WORD, SYMBOLS))
  reader.expect('SELECT')
  const aggregate = readFunction(reader)
  reader.expect('(')
  const metricName = readName(reader, 'the name of a metric')
  reader.expect(')')
  reader.expect('FROM')
  const from = readSource(reader)
  const where = reader.accept('WHERE') ? readConditions(reader) : []
  const groupBy: string[] = []
  if (reader.accept('GROUP')) {
    reader.expect('BY')
    do groupBy.push(readName(reader, 'the name of a dimension'))
    while (reader.accept(','))
  }
  const orderBy = reader.accept('ORDER') ? readOrder(reader) : undefined
  const limit = reader.accept('LIMIT') ? readLimit(reader) : undefined
  reader.expectEnd()
  return {
    aggregate,
    metricName,
    ...from,
    where,
    groupBy,
    ...(orderBy === undefined ? {} : { orderBy }),
    ...(limit === undefined ? {} : { limit }),
  }
}

function readFunction(reader: TokenReader): InsightsFunction {
  const found = INSIGHTS_FUNCTIONS.find(name => reader.accept(name))
  if (found === undefined) throw reader.complaint(`expected one of ${INSIGHTS_FUNCTIONS.join(', ')}`)
  return found
}

/** A name: bare, or in double quotes where it has other characters than letters, digits and underscores. */
function readName(reader: TokenReader, what: string): string {
  const { kind, text } = reader.next
  if (kind === 'word' && text.startsWith('tag.')) {
    throw new SyntaxComplaint(`${text}: conditions and groups by tag are not supported here`)
  }
  if (kind === 'quoted' || (kind === 'word' && /^\w+$/.test(text))) return reader.take().text
  throw reader.complaint(
    `expected ${what} (in double quotes if it has more than letters, digits and underscores)`,
  )
}

function readSource(reader: TokenReader): { namespace: string; schema?: string[] } {
  if (!reader.accept('SCHEMA')) return { namespace: readName(reader, 'a namespace or SCHEMA(...)') }
  reader.expect('(')
  const namespace = readName(reader, 'a namespace')
  const schema: string[] = []
  while (reader.accept(',')) schema.push(readName(reader, 'the name of a dimension'))
  reader.expect(')')
  return { namespace, schema }
}

function readConditions(reader: TokenReader): InsightsQuery['where'] {
  const conditions: InsightsQuery['where'] = []
  do {
    const label = readName(reader, 'the name of a dimension')
    const equal = reader.accept('=')
    if (!equal && !reader.accept('!=')) throw reader.complaint('expected = or !=')
    if (reader.next.kind !== 'text') throw reader.complaint('expected a value in single quotes')
    conditions.push({ label, equal, value: reader.take().text })
  } while (reader.accept('AND'))
  return conditions
}

function readOrder(reader: TokenReader): NonNullable<InsightsQuery['orderBy']> {
  reader.expect('BY')
  const aggregate = readFunction(reader)
  reader.expect('(')
  reader.expect(')')
  const descending = reader.accept('DESC')
  if (!descending) reader.accept('ASC')
  return { aggregate, descending }
}

function readLimit(reader: TokenReader): number {
  const limit = Number(reader.next.text)
  if (reader.next.kind !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 500) {
    throw reader.complaint('expected a whole number from 1 to 500')
  }
  reader.take()
  return limit
}
