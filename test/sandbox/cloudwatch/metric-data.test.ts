import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { id } from '../support.ts'
import { at, type Bench, MINUTE, ofShard, ofStream, startBench, stat } from './support.ts'

const HALF = 2n ** 127n
let bench: Bench

/**
 * Two streams of two shards, monitored. Minute 0: `hot` takes 30 bytes in shard 0 (10 + 20) and 5 in shard 1; `cold`
 * takes 4 bytes. Minute 1: `hot` takes 7 bytes in shard 0 only. Partition keys are one byte of each record.
 */
beforeEach(async () => {
  bench = await startBench()
  for (const StreamName of ['hot', 'cold']) {
    bench.kinesis('CreateStream', { StreamName, ShardCount: 2 })
    bench.kinesis('EnableEnhancedMonitoring', { StreamName, ShardLevelMetrics: ['ALL'] })
  }
  const put = (StreamName: string, shard: number, bytes: number) =>
    bench.kinesis('PutRecord', {
      StreamName,
      PartitionKey: 'k',
      ExplicitHashKey: String(BigInt(shard) * HALF),
      Data: Buffer.alloc(bytes - 1),
    })
  put('hot', 0, 10)
  put('hot', 0, 20)
  put('hot', 1, 5)
  put('cold', 1, 4)
  bench.clock.advance(MINUTE)
  put('hot', 0, 7)
  bench.clock.advance(10 * MINUTE)
})
afterEach(() => bench.stop())

async function results(queries: MetricDataQuery[], more: object = {}): Promise<MetricDataResult[]> {
  const answer = await bench.data({ ScanBy: 'TimestampAscending', MetricDataQueries: queries, ...more })
  return answer.MetricDataResults ?? []
}

/** [label, values by minute] of every result that belongs to a query. */
const lines = (all: MetricDataResult[], wanted: string) =>
  all
    .filter(({ Id }) => Id === wanted)
    .map(({ Label, Timestamps = [], Values }) => [
      Label,
      Object.fromEntries(
        Timestamps.map((time, index) => [(Number(time) - Number(at(0))) / MINUTE, Values?.[index]]),
      ),
    ])

const hot = stat('hot', 'IncomingBytes', ofStream('hot'))
const cold = stat('cold', 'IncomingBytes', ofStream('cold'))
const value = async (Expression: string, more: Partial<MetricDataQuery> = {}) =>
  lines(await results([hot, cold, { Id: 'e', Expression, ...more }]), 'e')
const refusal = (queries: MetricDataQuery[], more: object = {}) =>
  results(queries, more).then(
    () => 'accepted',
    error => `${error.name}: ${error.message}`,
  )

describe('metric math', () => {
  it.each([
    ['hot / 60', { 0: 35 / 60, 1: 7 / 60 }],
    ['hot + cold', { 0: 39 }],
    ['hot - cold * 2', { 0: 27 }],
    ['(hot - cold) * 2', { 0: 62 }],
    ['-hot + 1', { 0: -34, 1: -6 }],
    ['2 ^ 3 ^ 0 * hot', { 0: 70, 1: 14 }],
    ['100 / hot', { 0: 100 / 35, 1: 100 / 7 }],
    ['hot / (cold - cold)', {}],
    ['hot / PERIOD(hot)', { 0: 35 / 60, 1: 7 / 60 }],
    ['SUM([hot, cold])', { 0: 39, 1: 7 }],
    ['SUM(METRICS())', { 0: 39, 1: 7 }],
    ['SUM(METRICS("col"))', { 0: 4 }],
    ['MAX([hot, cold])', { 0: 35, 1: 7 }],
    ['AVG([hot, cold])', { 0: 19.5, 1: 7 }],
    ['hot / SUM(hot)', { 0: 35 / 42, 1: 7 / 42 }],
    ['hot - MIN(hot)', { 0: 28, 1: 0 }],
    ['FLOOR(hot / 60) + CEIL(hot / 60) + ABS(-hot)', { 0: 36, 1: 8 }],
    ['RATE(hot)', { 1: (7 - 35) / 60 }],
    ["SUM(SEARCH('{AWS/Kinesis,StreamName} MetricName=\"IncomingBytes\"', 'Sum', 60))", { 0: 39, 1: 7 }],
  ])('computes %s', async (expression, expected) => {
    expect(await value(expression)).toEqual([['e', expected]])
  })

  it('fills gaps up to the present', async () => {
    const [[, zeros]] = (await value('FILL(cold, 0)')) as [[string, Record<number, number>]]
    // It is 00:11 now, so the period beginning at 00:10 is the last.
    expect(zeros).toEqual({ 0: 4, ...Object.fromEntries(Array.from({ length: 10 }, (_, n) => [n + 1, 0])) })
    const [[, repeated]] = (await value('FILL(cold, REPEAT)')) as [[string, Record<number, number>]]
    expect(repeated[10]).toBe(4)
  })

  it('does the same to each of several series', async () => {
    const rates = await value(
      "SEARCH('{AWS/Kinesis,StreamName,ShardId} StreamName=\"hot\" IncomingBytes', 'Sum', 60) / 5",
    )
    expect(rates).toEqual([
      [id(0), { 0: 6, 1: 7 / 5 }],
      [id(1), { 0: 1 }],
    ])
  })

  it('sorts and cuts', async () => {
    const search = "SEARCH('{AWS/Kinesis,StreamName,ShardId} IncomingBytes', 'Sum', 60)"
    expect((await value(`SORT(${search}, SUM, DESC, 2)`)).map(([label]) => label)).toEqual([
      `hot ${id(0)}`,
      `hot ${id(1)}`,
    ])
    expect((await value(`SORT(${search}, MAX, ASC)`)).map(([label]) => label)).toEqual([
      `cold ${id(1)}`,
      `hot ${id(1)}`,
      `hot ${id(0)}`,
    ])
  })

  it('uses expressions in expressions, and gives only what is asked to be returned', async () => {
    const all = await results([
      { ...hot, ReturnData: false },
      { Id: 'rate', Expression: 'hot / 60', ReturnData: false },
      { Id: 'twice', Expression: 'rate * 120', Label: 'two minutes of it' },
    ])
    expect(all.map(({ Id }) => Id)).toEqual(['twice'])
    expect(lines(all, 'twice')).toEqual([['two minutes of it', { 0: 70, 1: 14 }]])
  })

  it.each([
    ['hot +', "Error in expression 'e': expected a value, found the end"],
    ['hot cold', `Error in expression 'e': expected the end, found "cold" at character 5`],
    ['(hot', "Error in expression 'e': expected ), found the end"],
    ['hot > 5', "Error in expression 'e': the operator > is not supported here; + - * / ^ are"],
    ['nothing + 1', "Error in expression 'e': there is no query with the id 'nothing'"],
    ['e + 1', "Error in expression 'e': it refers to itself"],
    [
      'ANOMALY_DETECTION_BAND(hot)',
      "Error in expression 'e': Function 'ANOMALY_DETECTION_BAND' not found; here there are",
    ],
    ['1 + 1', "Error in expression 'e': it gives a single number"],
    ['[hot] + [cold]', "Error in expression 'e': two lists of time series cannot be combined"],
    ["SEARCH('{AWS/Kinesis', 'Sum')", "Error in expression 'e': expected }, found the end"],
    ['hot + #', `Error in expression 'e': unexpected "#" at character 7`],
    ["SEARCH('x", "Error in expression 'e': the quote at character 8 is not closed"],
  ])('refuses %s', async (Expression, message) => {
    expect(await refusal([hot, cold, { Id: 'e', Expression }])).toContain(`ValidationException: ${message}`)
  })
})

describe('SEARCH', () => {
  const search = async (terms: string, stat = 'Sum') =>
    lines(await results([{ Id: 's', Expression: `SEARCH('${terms}', '${stat}', 60)` }]), 's')

  it('finds the shards of one stream, named by what tells them apart', async () => {
    expect(
      await search('{AWS/Kinesis,StreamName,ShardId} StreamName="hot" MetricName="IncomingBytes"'),
    ).toEqual([
      [id(0), { 0: 30, 1: 7 }],
      [id(1), { 0: 5 }],
    ])
  })

  it('takes the statistic', async () => {
    const found = await search(
      '{AWS/Kinesis,StreamName,ShardId} StreamName="hot" MetricName="IncomingBytes"',
      'Maximum',
    )
    expect(found[0]).toEqual([id(0), { 0: 20, 1: 7 }])
  })

  it.each([
    ['{AWS/Kinesis,ShardId,StreamName} StreamName="hot" IncomingBytes', [id(0), id(1)]],
    ['{AWS/Kinesis,StreamName} IncomingBytes', ['hot', 'cold']],
    ['{AWS/Kinesis,StreamName} incoming bytes', ['hot', 'cold']],
    [
      '{AWS/Kinesis,StreamName} NOT StreamName="hot" MetricName=(IncomingBytes OR IncomingRecords)',
      ['IncomingBytes', 'IncomingRecords'],
    ],
    [
      'MetricName="IncomingBytes" StreamName="hot" (ShardId="shardId-000000000001" OR ShardId=000000000000)',
      [id(0), id(1)],
    ],
    ['{AWS/Kinesis,StreamName} "IncomingBytes" AND "cold"', ['IncomingBytes']],
    ['{AWS/Kinesis,StreamName} StreamName="ho" IncomingBytes', []],
    ['{AWS/EC2,StreamName} IncomingBytes', []],
    ['{AWS/Kinesis,StreamName,ConsumerName}', []],
  ])('finds by %s', async (terms, labels) => {
    expect((await search(terms)).map(([label]) => label)).toEqual(labels)
  })
})

describe('Metrics Insights', () => {
  const ask = async (Expression: string, more: Partial<MetricDataQuery> = {}) =>
    lines(await results([{ Id: 'q', Expression, Period: 60, ...more }]), 'q')

  it('gives the hottest shards first', async () => {
    const query =
      'SELECT SUM(IncomingBytes) FROM SCHEMA("AWS/Kinesis", StreamName, ShardId) WHERE StreamName = \'hot\' GROUP BY ShardId ORDER BY SUM() DESC LIMIT 20'
    expect(await ask(query)).toEqual([
      [id(0), { 0: 30, 1: 7 }],
      [id(1), { 0: 5 }],
    ])
  })

  it.each([
    [
      'SELECT SUM(IncomingBytes) FROM SCHEMA("AWS/Kinesis", ShardId, StreamName)',
      [['IncomingBytes', { 0: 39, 1: 7 }]],
    ],
    // Without a schema the stream's own metrics and those of its shards are added up.
    ['SELECT SUM(IncomingBytes) FROM "AWS/Kinesis"', [['IncomingBytes', { 0: 78, 1: 14 }]]],
    [
      'select max("IncomingBytes") from schema("AWS/Kinesis",StreamName) group by StreamName order by max() asc limit 1',
      [['cold', { 0: 4 }]],
    ],
    [
      'SELECT COUNT(IncomingBytes) FROM SCHEMA("AWS/Kinesis", StreamName)',
      [['IncomingBytes', { 0: 4, 1: 1 }]],
    ],
    [
      'SELECT AVG(IncomingBytes) FROM SCHEMA("AWS/Kinesis", StreamName) WHERE StreamName != \'cold\'',
      [['IncomingBytes', { 0: 35 / 3, 1: 7 }]],
    ],
    [
      "SELECT MIN(IncomingBytes) FROM SCHEMA(\"AWS/Kinesis\", StreamName, ShardId) WHERE StreamName = 'hot' AND ShardId = 'shardId-000000000000'",
      [['IncomingBytes', { 0: 10, 1: 7 }]],
    ],
    [
      'SELECT SUM(IncomingBytes) FROM SCHEMA("AWS/Kinesis", StreamName, ShardId) GROUP BY StreamName, ShardId ORDER BY MAX() DESC LIMIT 1',
      [[`hot ${id(0)}`, { 0: 30, 1: 7 }]],
    ],
    ['SELECT SUM(CPUUtilization) FROM "AWS/EC2" GROUP BY InstanceId', []],
  ])('answers %s', async (query, expected) => {
    expect(await ask(query)).toEqual(expected)
  })

  it('can be used by an expression', async () => {
    const all = await results([
      { Id: 'q', Expression: 'SELECT SUM(IncomingBytes) FROM SCHEMA("AWS/Kinesis", StreamName)', Period: 60 },
      { Id: 'e', Expression: 'q / 60' },
    ])
    expect(lines(all, 'e')).toEqual([['e', { 0: 39 / 60, 1: 7 / 60 }]])
  })

  it.each([
    [
      'SELECT IncomingBytes FROM "AWS/Kinesis"',
      'expected one of AVG, COUNT, MAX, MIN, SUM, found "IncomingBytes" at character 8',
    ],
    ['SELECT SUM(GetRecords.Bytes) FROM "AWS/Kinesis"', 'in double quotes'],
    ['SELECT SUM(IncomingBytes)', 'expected FROM, found the end'],
    [
      'SELECT SUM(IncomingBytes) FROM "AWS/Kinesis" WHERE StreamName = hot',
      'expected a value in single quotes, found "hot"',
    ],
    ['SELECT SUM(IncomingBytes) FROM "AWS/Kinesis" WHERE StreamName > \'a\'', 'expected = or !=, found ">"'],
    [
      'SELECT SUM(IncomingBytes) FROM "AWS/Kinesis" LIMIT 501',
      'expected a whole number from 1 to 500, found "501"',
    ],
    [
      'SELECT SUM(IncomingBytes) FROM "AWS/Kinesis" ORDER BY StreamName',
      'expected one of AVG, COUNT, MAX, MIN, SUM',
    ],
    [
      'SELECT SUM(IncomingBytes) FROM "AWS/Kinesis" WHERE tag.team = \'web\'',
      'by tag are not supported here',
    ],
    ['SELECT SUM(IncomingBytes) FROM "AWS/Kinesis" HAVING x', 'expected the end, found "HAVING"'],
  ])('refuses %s', async (Expression, message) => {
    const text = await refusal([{ Id: 'q', Expression, Period: 60 }])
    expect(text).toContain("ValidationException: Error in expression 'q': ")
    expect(text).toContain(message)
  })

  it('wants a period, and only one query a call', async () => {
    const Expression = 'SELECT SUM(IncomingBytes) FROM "AWS/Kinesis"'
    expect(await refusal([{ Id: 'q', Expression }])).toContain('needs Period')
    expect(
      await refusal([
        { Id: 'q', Expression, Period: 60 },
        { Id: 'r', Expression, Period: 60 },
      ]),
    ).toContain('can have one Metrics Insights query; this has 2: q, r')
  })
})

describe('labels', () => {
  const search = "SEARCH('{AWS/Kinesis,StreamName,ShardId} StreamName=\"hot\" IncomingBytes', 'Sum', 60)"

  /** A dynamic part, which looks like a template's. */
  const part = (name: string) => `$\{${name}}`

  it.each([
    [part("PROP('Dim.ShardId')"), [id(0), id(1)]],
    [
      ['MetricName', 'Stat', 'Period', 'Region'].map(name => part(`PROP('${name}')`)).join(' '),
      Array(2).fill('IncomingBytes Sum 60 us-east-1'),
    ],
    [
      ['LABEL', 'SUM', 'DATAPOINT_COUNT', 'FIRST', 'LAST', 'MIN', 'MAX', 'AVG'].map(part).join(' '),
      [`${id(0)} 37 2 30 7 7 30 18.5`, `${id(1)} 5 1 5 5 5 5 5`],
    ],
    ['bytes', [`bytes ${id(0)}`, `bytes ${id(1)}`]],
    [part('NONE'), Array(2).fill(part('NONE'))],
  ])('writes %s', async (Label, expected) => {
    expect((await value(search, { Label })).map(([label]) => label)).toEqual(expected)
  })
})

describe('paging', () => {
  it('cuts at MaxDatapoints and goes on where it stopped, whatever is published meanwhile', async () => {
    const MetricDataQueries = [
      hot,
      cold,
      stat('none', 'GetRecords.Bytes', ofStream('hot')),
      { Id: 'e', Expression: 'hot * 1' },
    ]
    const pages: [string | undefined, number[] | undefined, string | undefined][][] = []
    let NextToken: string | undefined
    do {
      const page = await bench.data({
        MetricDataQueries,
        MaxDatapoints: 2,
        ScanBy: 'TimestampDescending',
        NextToken,
      })
      pages.push((page.MetricDataResults ?? []).map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]))
      NextToken = page.NextToken
      bench.kinesis('PutRecord', { StreamName: 'hot', PartitionKey: 'k', Data: Buffer.alloc(1) })
      bench.clock.advance(5 * MINUTE)
    } while (NextToken !== undefined)
    expect(pages).toEqual([
      [['hot', [7, 35], 'Complete']],
      [
        ['cold', [4], 'Complete'],
        ['none', [], 'Complete'],
        ['e', [7], 'PartialData'],
      ],
      [['e', [35], 'Complete']],
    ])
  })

  it('refuses a token of another call', async () => {
    const { NextToken } = await bench.data({ MetricDataQueries: [hot], MaxDatapoints: 1 })
    expect(NextToken).toBeTypeOf('string')
    expect(await refusal([cold], { NextToken, MaxDatapoints: 1 })).toContain('InvalidNextToken')
  })

  it('takes 500 queries in one call, and not one more', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        stat(`m${index}`, 'IncomingBytes', ofShard('hot', id(index % 2))),
      )
    const all = await results(many(500))
    expect(all).toHaveLength(500)
    expect(all[499]?.Values).toEqual([5])
    expect(await refusal(many(501))).toMatch(
      /^ValidationException: The collection MetricDataQueries must not have a size greater than 500/,
    )
  })
})

describe('what is refused', () => {
  it.each([
    ['ids twice', [hot, hot], {}, 'not unique: hot'],
    [
      'ids with a capital',
      [stat('Hot', 'IncomingBytes', ofStream('hot'))],
      {},
      'The value Hot for parameter MetricDataQueries.Id',
    ],
    [
      'a period of 90 s',
      [stat('m', 'IncomingBytes', ofStream('hot'), 'Sum', 90)],
      {},
      'The value 90 for parameter',
    ],
    [
      'a statistic it does not keep',
      [stat('m', 'IncomingBytes', ofStream('hot'), 'tm90')],
      {},
      'The value tm90 for parameter',
    ],
    ['neither metric nor expression', [{ Id: 'm' }], {}, 'Query m must have either MetricStat or Expression'],
    ['nothing to return', [{ ...hot, ReturnData: false }], {}, 'At least one query'],
    ['equal times', [hot], { EndTime: at(0) }, 'The parameter StartTime must not equal parameter EndTime.'],
    [
      'an end before the start',
      [hot],
      { EndTime: at(-1) },
      'The parameter StartTime must be less than the parameter EndTime.',
    ],
    ['too many points', [hot], { MaxDatapoints: 100_801 }, 'between 1 and 100,800'],
    [
      'an empty dimension',
      [stat('m', 'IncomingBytes', ofStream(''))],
      {},
      'Member must have length greater than or equal to 1',
    ],
  ])('%s', async (_, queries, more, message) => {
    const text = await refusal(queries, more)
    expect(text).toMatch(/^ValidationException: /)
    expect(text).toContain(message)
  })

  it('gives no data, and no error, for a wrong unit, dimension or namespace', async () => {
    const other = (change: object, metric: object = {}): MetricDataQuery => ({
      Id: 'm',
      MetricStat: { ...hot.MetricStat, ...change, Metric: { ...hot.MetricStat.Metric, ...metric } },
    })
    const [unit] = await results([other({ Unit: 'Count' })])
    expect(unit?.Values).toEqual([])
    expect((await results([other({ Unit: 'Bytes' })]))[0]?.Values).toEqual([35, 7])
    for (const metric of [
      { Namespace: 'AWS/EC2' },
      { Dimensions: [] },
      { Dimensions: [...ofStream('hot'), { Name: 'Other', Value: 'x' }] },
      { Dimensions: ofStream('HOT') },
      { MetricName: 'incomingbytes' },
    ]) {
      const [result] = await results([other({}, metric)])
      expect([result?.Values, result?.StatusCode]).toEqual([[], 'Complete'])
    }
  })
})
