import type { Filter } from '../domain/filter/filter.ts'
import type { Event } from '../state/event.ts'

export function infoNotice(text: string, at: number): Event {
  return { type: 'noticed', notice: { level: 'info', text, at } }
}

/** What must be said of a filter once it was used: records on which its expression could not be evaluated. */
export function troubleNotices(filter: Filter | undefined, at: number): readonly Event[] {
  const trouble = filter?.trouble()
  if (trouble === undefined) return []
  const text = `The filter's expression could not be evaluated ${trouble.count === 1 ? 'once' : `${trouble.count} times`}, which counts as no match: ${trouble.message}`
  return [{ type: 'noticed', notice: { level: 'warning', text, at } }]
}
