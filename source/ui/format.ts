import { UNKNOWN } from '../domain/quantity-text.ts'

export { bytesText, counted, countText, rateText, shareText, UNKNOWN } from '../domain/quantity-text.ts'

/** A length of time in its two largest units: `12s`, `3m 12s`, `5h 2m`, `4d 3h`. */
export function durationText(millis: number | undefined): string {
  if (millis === undefined) return UNKNOWN
  if (millis < 1_000) return `${Math.max(0, Math.round(millis))}ms`
  const seconds = Math.floor(millis / 1_000)
  if (seconds < 60) return `${seconds}s`
  const [minutes, hours, days] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3_600),
    Math.floor(seconds / 86_400),
  ]
  if (minutes < 60) return pair(minutes, 'm', seconds % 60, 's')
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'm')
  return pair(days, 'd', hours % 24, 'h')
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`
}

/** How long ago in one unit and coarse steps, so that a screen without news stays still: `<10s`, `10s`, `2m`, `3h`. */
export function ageText(at: number | undefined, now: number): string {
  if (at === undefined) return UNKNOWN
  const seconds = Math.max(0, Math.floor((now - at) / 1_000))
  if (seconds < 10) return '<10s'
  if (seconds < 60) return `${Math.floor(seconds / 10) * 10}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** As ageText for what is hours or years old: `<1m`, `2m`, `3h`, `4d`. */
export function longAgeText(at: number | undefined, now: number): string {
  return at !== undefined && now - at < 60_000 ? '<1m' : ageText(at, now)
}

/** How far a reader is from the newest record: `at tip`, `3m 12s`, or unknown. */
export function lagText(millisBehindLatest: number | undefined): string {
  if (millisBehindLatest === undefined) return UNKNOWN
  return millisBehindLatest === 0 ? 'at tip' : durationText(millisBehindLatest)
}

/** `24 h`, or `7 d` for whole days from two on. */
export function hoursText(hours: number | undefined): string {
  if (hours === undefined) return UNKNOWN
  return hours >= 48 && hours % 24 === 0 ? `${hours / 24} d` : `${hours} h`
}

/** UTC time of day, `14:03:09` or `14:03:09.123`. */
export function timeText(at: number | Date | undefined, precision: 'seconds' | 'millis' = 'seconds'): string {
  const date = at === undefined ? undefined : new Date(at)
  if (date === undefined || Number.isNaN(date.getTime())) return UNKNOWN
  const iso = date.toISOString()
  const time = iso.slice(iso.indexOf('T') + 1)
  return precision === 'millis' ? time.slice(0, 12) : time.slice(0, 8)
}

/** ISO date and time in UTC with milliseconds. */
export function instantText(at: Date | undefined): string {
  if (at === undefined || Number.isNaN(at.getTime())) return UNKNOWN
  return at.toISOString()
}
