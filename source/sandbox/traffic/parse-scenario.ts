import { PAYLOAD_KINDS, type Scenario } from './scenario.ts'

/**
 * Checks what was read from a scenario file. Errors: TypeError that names the place, the value and the rule. Members
 * that are not known are refused: a misspelt one would change nothing and nobody would see why.
 */
export function parseScenario(value: unknown): Scenario {
  record('the scenario', value, { streams: list(stream) }, ['streams'])
  return value as Scenario
}

type Check = (place: string, value: unknown) => void

function fail(place: string, value: unknown, rule: string): never {
  throw new TypeError(`${place} is ${JSON.stringify(value)}; it must be ${rule}`)
}

const number =
  (least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): Check =>
  (place, value) => {
    if (typeof value === 'number' && value >= least && value <= most) return
    fail(
      place,
      value,
      `a number${least === Number.NEGATIVE_INFINITY ? '' : ` from ${least}`}${most === Number.POSITIVE_INFINITY ? '' : ` to ${most}`}`,
    )
  }

const count =
  (most = 10_000): Check =>
  (place, value) => {
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > most) {
      fail(place, value, `a whole number from 0 to ${most}`)
    }
  }

const text: Check = (place, value) => {
  if (typeof value !== 'string' || value === '') fail(place, value, 'a text')
}

const oneOf =
  (...choices: readonly string[]): Check =>
  (place, value) => {
    if (!choices.includes(value as string)) fail(place, value, `one of ${choices.join(', ')}`)
  }

const list =
  (item: Check): Check =>
  (place, value) => {
    if (!Array.isArray(value)) fail(place, value, 'a list')
    for (const [index, member] of value.entries()) item(`${place}[${index}]`, member)
  }

function record(
  place: string,
  value: unknown,
  members: Record<string, Check>,
  required: readonly string[],
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(place, value, 'an object')
  const given = value as Record<string, unknown>
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(members, name)) {
      throw new TypeError(`${place} has an unknown member ${name}; known: ${Object.keys(members).join(', ')}`)
    }
  }
  for (const name of required) if (given[name] === undefined) throw new TypeError(`${place} needs ${name}`)
  for (const [name, check] of Object.entries(members)) {
    if (given[name] !== undefined) check(place === 'the scenario' ? name : `${place}.${name}`, given[name])
  }
}

const stream: Check = (place, value) =>
  record(
    place,
    value,
    {
      name: text,
      shardCount: count(),
      retentionPeriodHours: number(25, 8760),
      maxRecordSizeInKiB: number(1024, 10_240),
      recordDistributionStrategy: oneOf('AUTO', 'USER_PARTITION_KEY'),
      kmsKeyId: text,
      tags: (tagPlace, tags) => {
        if (typeof tags !== 'object' || tags === null) fail(tagPlace, tags, 'an object of texts')
        for (const [key, tag] of Object.entries(tags as object)) {
          if (typeof tag !== 'string') fail(`${tagPlace}.${key}`, tag, 'a text')
        }
      },
      consumers: list(text),
      shardLevelMetrics: list(text),
      historyMinutes: number(0, 24 * 60),
      producers: list(producer),
      schedule: list(act),
    },
    ['name'],
  )

const rate = number(0, 100_000)

const producer: Check = (place, value) =>
  record(
    place,
    value,
    {
      recordsPerSecond: rate,
      keys,
      payload: oneOf(...PAYLOAD_KINDS),
      payloadBytes: count(10 << 20),
      startsAtMinute: number(),
      burst: (burstPlace, burst) =>
        record(
          burstPlace,
          burst,
          { everySeconds: number(1), lastingSeconds: number(0), recordsPerSecond: rate },
          ['everySeconds', 'lastingSeconds', 'recordsPerSecond'],
        ),
    },
    ['recordsPerSecond', 'keys', 'payload'],
  )

const keys: Check = (place, value) => {
  const kind = (value as { kind?: unknown } | null)?.kind
  if (kind === 'single') return record(place, value, { kind: text, key: text }, ['key'])
  oneOf('uniform', 'zipf', 'single')(`${place}.kind`, kind)
  return record(place, value, { kind: text, prefix: text, count: count(1e9) }, ['prefix', 'count'])
}

/** Members of each act beside `atMinute`. */
const ACTS: Record<string, Record<string, Check>> = {
  split: { shard: count(), atShare: number(0, 1) },
  merge: { shards: list(count()) },
  'update-shard-count': { target: count() },
  'increase-retention': { hours: number(25, 8760) },
  delete: {},
}

const act: Check = (place, value) => {
  const kind = (value as { act?: unknown } | null)?.act
  const members = ACTS[kind as string]
  if (members === undefined) return oneOf(...Object.keys(ACTS))(`${place}.act`, kind)
  const required = ['atMinute', ...Object.keys(members).filter(name => name !== 'atShare')]
  return record(place, value, { act: text, atMinute: number(), ...members }, required)
}
