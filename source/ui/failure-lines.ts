import type { Failure, FailureKind } from '../domain/failure.ts'
import type { Fetched } from '../state/model.ts'
import { ageText } from './format.ts'
import { type Line, line, span, wrapText } from './line.ts'
import { keyOf, type View } from './view.ts'

const KIND_TEXT: Readonly<Record<FailureKind, string>> = {
  usage: 'Cannot be read',
  denied: 'Not allowed',
  credentials: 'No valid credentials',
  'not-found': 'Not found',
  throttled: 'Throttled',
  quota: 'Quota used up',
  conflict: 'Not possible in this state',
  invalid: 'Refused',
  incomplete: 'Not seen to be done',
  'nothing-found': 'Nothing found',
  'over-limit': 'Over the limit',
  'expired-iterator': 'Iterator expired',
  'expired-token': 'Token expired',
  'read-only': 'Read-only',
  unsupported: 'Unknown to this endpoint',
  unreachable: 'Not reachable',
  'bad-answer': 'No answer of Kinesis',
  service: 'Fault of the service',
  aborted: 'Called off',
  internal: 'Fault of shardscope',
}

/** A failure that fills a body: what was tried, what came of it, what to do. */
export function failureLines(
  failure: Failure,
  view: View,
  keys: readonly (readonly [string, string])[],
): readonly Line[] {
  const width = Math.max(20, view.width - 4)
  const lines: Line[] = [
    [],
    line('  ', span(`! ${KIND_TEXT[failure.kind]}: ${failure.action}`, 'bad')),
    ...wrapText(failure.message, width).map(text => line('  ', text)),
  ]
  if (failure.nextStep !== undefined) {
    lines.push([], ...wrapText(`Next: ${failure.nextStep}`, width).map(text => line('  ', text)))
  }
  return [...lines, [], ...keyLines(view, keys)]
}

/** A body that could not be filled, with the two ways on that each screen has. */
export function failedBody(
  view: View,
  failure: Failure,
  others: readonly (readonly [string, string])[] = [],
): readonly Line[] {
  return failureLines(failure, view, [['view.refresh', 'try again'], ...others, ['view.back', 'back']])
}

/** A body for which an answer is awaited. */
export function waitingBody(text: string): readonly Line[] {
  return [[], line('  ', span(text, 'muted'))]
}

/** The body of a list of which the filter leaves nothing, e.g. `No shard contains 0007.` */
export function filteredOutBody(view: View, noun: string, filter: string): readonly Line[] {
  return [
    [],
    line(`  No ${noun} contains `, span(filter, 'accent'), '.'),
    [],
    ...keyLines(view, [['view.back', 'clear the filter']]),
  ]
}

/** The line over a filtered list. */
export function filterFacts(filter: string): Line {
  return line('Only rows with ', span(filter, 'accent'))
}

/** Keys that help here, one a line, by command id. */
export function keyLines(view: View, keys: readonly (readonly [string, string])[]): readonly Line[] {
  return keys.map(([commandId, text]) =>
    line('  ', span(keyOf(view, commandId).padEnd(7), 'key'), ` ${text}`),
  )
}

/** One line that says that the data on screen is older than the last try. */
export function staleLine(fetched: Fetched<unknown>, now: number): Line | undefined {
  const { failure, answeredAt } = fetched
  if (failure === undefined || fetched.value === undefined) return undefined
  const age = ageText(answeredAt, now)
  return [
    span(`! ${KIND_TEXT[failure.kind]}: ${failure.action}`, 'warning'),
    span(`; the data is ${age} old. ${failure.message}`),
  ]
}
