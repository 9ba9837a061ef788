import { usageFailure } from './failure.ts'
import type { StartFrom } from './start-from.ts'

/** A moment as it was typed, and what was assumed while reading it. */
export type ReadMoment = {
  readonly timestamp: Date
  /** Said to the user where the text left something open, e.g. `no zone given: taken as UTC`. */
  readonly assumption?: string
}

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000
const UNIT_MILLIS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY }
const DURATION =
  /^-?\s*((?:\d+(?:\.\d+)?\s*(?:weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\s*)+)(?:ago)?$/i
const DURATION_PART = /(\d+(?:\.\d+)?)\s*([wdhms])[a-z]*/gi
const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(z|utc|[+-]\d{2}:?(?:\d{2})?)?$/i
const DAY_WORD =
  /^(today|yesterday)(?:\s+(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(z|utc|[+-]\d{2}:?(?:\d{2})?)?$/i
const EPOCH = /^(\d{9,10})(\.\d{1,9})?$|^(\d{12,13})$/
const EXAMPLES =
  'Write 2026-11-30T14:00:00Z, 2026-11-30T15:00+01:00, "yesterday 14:00", 15m, 2h30m, 3d, or epoch seconds or milliseconds.'
/** Real numbers have 56 digits and at most 129; below this many they would be mistaken for times. */
const SEQUENCE_MIN_DIGITS = 20
const SEQUENCE_MAX_DIGITS = 129

/** As parseMoment, but the moment may lie ahead: for ends of a reading. A length of time still counts back from now. */
export function parseAnyMoment(text: string, nowMillis: number): ReadMoment {
  const trimmed = text.trim()
  const moment =
    readDuration(trimmed, nowMillis) ??
    readIso(trimmed) ??
    readDayWord(trimmed, nowMillis) ??
    readEpoch(trimmed)
  if (moment === undefined) throw usageFailure('time', `"${text}" is not a time.`, EXAMPLES)
  return moment
}

/**
 * A moment in the past: ISO date or time, `15m` (ago), `yesterday 14:00`, epoch seconds or milliseconds. A time without a
 * zone is UTC, as everything that the console prints. Throws a usage failure that names the text and the rule.
 */
export function parseMoment(text: string, nowMillis: number): ReadMoment {
  const moment = parseAnyMoment(text, nowMillis)

  if (moment.timestamp.getTime() > nowMillis) {
    const now = new Date(nowMillis).toISOString()
    throw usageFailure(
      'time',
      `"${text}" is ${moment.timestamp.toISOString()}, which is in the future (it is ${now} now).`,
      moment.assumption === undefined
        ? 'Name a moment in the past.'
        : 'Name a moment in the past; a zone can be given: 2026-11-30T15:00+01:00.',
    )
  }
  return moment
}

/** Length of time: `90s`, `15m`, `2h30m`, `3d`. Milliseconds; throws a usage failure. */
export function parseDurationMillis(text: string): number {
  const millis = durationMillis(text.trim())
  if (millis === undefined) {
    throw usageFailure('time', `"${text}" is not a length of time.`, 'Write 90s, 15m, 2h30m, 3d or 1w.')
  }
  return millis
}

/**
 * What `--from` may say: `latest`, `oldest` (also the API's LATEST and TRIM_HORIZON), a moment, or a sequence number.
 * `sequence:N` takes any digits, for endpoints whose numbers are short. Throws a usage failure.
 */
export function parseStartFrom(
  text: string,
  nowMillis: number,
): { readonly from: StartFrom; readonly assumption?: string } {
  const trimmed = text.trim()
  const word = trimmed.toLowerCase()
  if (word === 'latest') return { from: { type: 'latest' } }
  if (word === 'oldest' || word === 'trim_horizon') return { from: { type: 'oldest' } }
  const named = /^seq(?:uence)?:(.*)$/i.exec(trimmed)
  const digits = named?.[1]?.trim() ?? trimmed
  const isDigits = /^\d+$/.test(digits)
  if (named !== null || (isDigits && digits.length >= SEQUENCE_MIN_DIGITS)) {
    if (!isDigits || digits.length > SEQUENCE_MAX_DIGITS || /^0\d/.test(digits)) {
      throw usageFailure(
        'time',
        `"${digits}" is not a sequence number: that is up to ${SEQUENCE_MAX_DIGITS} digits without a leading zero.`,
        'Copy it from a record or from the shard list.',
      )
    }
    return { from: { type: 'sequence-number', sequenceNumber: digits } }
  }
  if (isDigits && !EPOCH.test(digits)) {
    throw usageFailure(
      'time',
      `"${text}" has ${digits.length} digits: epoch seconds have 10, epoch milliseconds 13, sequence numbers at least ${SEQUENCE_MIN_DIGITS}.`,
      'Write sequence:N if it is a sequence number.',
    )
  }
  try {
    const { timestamp, assumption } = parseMoment(trimmed, nowMillis)
    return { from: { type: 'timestamp', timestamp }, ...(assumption === undefined ? {} : { assumption }) }
  } catch (error) {
    if (/^[a-z_]+$/i.test(trimmed)) {
      throw usageFailure('time', `"${text}" is no place to start.`, `Say latest or oldest. ${EXAMPLES}`)
    }
    throw error
  }
}

function durationMillis(text: string): number | undefined {
  const body = DURATION.exec(text)?.[1]
  if (body === undefined) return undefined
  let millis = 0
  for (const [, count, unit] of body.matchAll(DURATION_PART)) {
    millis += Number(count) * (UNIT_MILLIS[unit?.toLowerCase() ?? ''] ?? 0)
  }
  return Number.isSafeInteger(Math.round(millis)) ? Math.round(millis) : undefined
}

function readDuration(text: string, nowMillis: number): ReadMoment | undefined {
  const millis = durationMillis(text)
  if (millis === undefined) return undefined
  const timestamp = new Date(nowMillis - millis)
  return Number.isNaN(timestamp.getTime()) ? undefined : { timestamp }
}

function readIso(text: string): ReadMoment | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = match
  const millis = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    Math.floor(Number(`0.${fraction ?? 0}`) * 1_000),
  )
  const isInRange = Number(hour ?? 0) < 24 && Number(minute ?? 0) < 60 && Number(second ?? 0) < 60
  const date = new Date(millis)
  // Date.UTC rolls the 31st of a short month over.
  if (!isInRange || date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day))
    return undefined
  return zoned(millis, zone)
}

function readDayWord(text: string, nowMillis: number): ReadMoment | undefined {
  const match = DAY_WORD.exec(text)
  if (match === null) return undefined
  const [, word, hour, minute, second, zone] = match
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined
  const offset = zone === undefined ? 0 : offsetMillis(zone)
  if (offset === undefined) return undefined
  // The day is that of the named zone.
  const midnight =
    Math.floor((nowMillis + offset) / DAY) * DAY - (word?.toLowerCase() === 'yesterday' ? DAY : 0)
  const time = Number(hour ?? 0) * HOUR + Number(minute ?? 0) * MINUTE + Number(second ?? 0) * 1_000
  return zoned(midnight + time, zone)
}

function readEpoch(text: string): ReadMoment | undefined {
  const match = EPOCH.exec(text)
  if (match === null) return undefined
  const [, seconds, fraction, millis] = match
  if (millis !== undefined) return { timestamp: new Date(Number(millis)) }
  return { timestamp: new Date(Number(seconds) * 1_000 + Math.floor(Number(`0${fraction ?? ''}`) * 1_000)) }
}

/** `localMillis` is the wall clock read as if it were UTC. */
function zoned(localMillis: number, zone: string | undefined): ReadMoment | undefined {
  if (zone === undefined) {
    return { timestamp: new Date(localMillis), assumption: 'no zone given: taken as UTC' }
  }
  const offset = offsetMillis(zone)
  return offset === undefined ? undefined : { timestamp: new Date(localMillis - offset) }
}

function offsetMillis(zone: string): number | undefined {
  if (/^(z|utc)$/i.test(zone)) return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || 0)
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * MINUTE)
}
