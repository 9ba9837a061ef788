import type { UnexplainedReads } from './reader.ts'

/** Rates of CloudWatch differ by minutes' edges and by what one reader reads twice. */
const TOLERANCE = 0.25

/**
 * Bytes that GetRecords handed out, held against what the known polling readers take when each reads every byte once. An
 * unknown one leaves no registration anywhere: its bytes are all that there is to see.
 */
export function unexplainedReads(told: {
  readonly incomingBytesPerSecond: number | undefined
  readonly outgoingBytesPerSecond: number | undefined
  /** Known readers that call GetRecords (not fan-out). */
  readonly knownPollers: number
  /** Some sources could not be asked, so that readers may be known to others only. */
  readonly isIncomplete: boolean
}): UnexplainedReads | undefined {
  const { incomingBytesPerSecond: incoming, outgoingBytesPerSecond: outgoing, knownPollers } = told
  // No point of GetRecords.Bytes means that nobody polled, if points of the stream are there at all.
  if (incoming === undefined && outgoing === undefined) return undefined
  const [taken, given] = [outgoing ?? 0, incoming ?? 0]
  const rates = { outgoingBytesPerSecond: taken, incomingBytesPerSecond: given, knownPollers }
  if (outgoing === undefined || outgoing === 0) {
    return {
      ...rates,
      verdict: 'nobody-polls',
      sentence:
        knownPollers === 0
          ? 'No bytes left the stream by GetRecords.'
          : 'No bytes left the stream by GetRecords, though readers that poll are known: they do not read now.',
    }
  }
  const expected = given * knownPollers
  if (taken <= expected * (1 + TOLERANCE)) {
    return { ...rates, verdict: 'explained', sentence: 'The known readers explain the bytes that were read.' }
  }
  const missing = told.isIncomplete
    ? ' Some services could not be asked (see above), so it may be theirs.'
    : ''
  const extra =
    given > 0 ? ` About ${Math.max(1, Math.round((taken - expected) / given))} more than is known.` : ''
  return {
    ...rates,
    verdict: 'unexplained',
    sentence: `Somebody polls who is not known here.${extra}${missing} A reader that catches up reads more than comes in; a tail of this console counts too.`,
  }
}
