import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'

/** When a plan that does not get on is given up. */
export const PATIENCE = {
  kind: 'count',
  title: 'Seconds without any progress after which it stops',
  defaultText: '600',
  min: 1,
  only: 'headless',
} as const

/** What is read once a plan is done. */
export const AFTER = {
  kind: 'text',
  title: 'How long to read after the last step, to hold what came beside the forecast; 0 reads nothing',
  defaultText: '30s',
  only: 'headless',
} as const

/** Opens the screen of a stream's plan. */
export function planScreenOf(stream: StreamRef): Event {
  return { type: 'screen-opened', screen: { screen: 'plan', stream, scroll: 0 } }
}
