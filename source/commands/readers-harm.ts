import { failureOf } from '../domain/failure.ts'
import { harmOf, type PlannedAct } from '../domain/readers/harm.ts'
import type { ReadersSnapshot } from '../domain/readers/reader.ts'
import type { StreamRef } from '../domain/stream.ts'
import { readersOf } from '../state/select-readers.ts'
import type { Context } from './command.ts'
import { within } from './doctor-checks.ts'
import { ReadersLook } from './readers-look.ts'

/** A question before an act must not wait for the slowest of seven services. */
const LOOK_MILLIS = 6_000
/** What is on screen counts as of now for this long. */
const FRESH_MILLIS = 60_000
const PROBES = 10
const MOST_LINES = 12

/**
 * Who reads a stream, for what an act would do to them: as last seen on screen, else one look with a bound. Undefined
 * where no other service is connected; a failure is the sentence to say instead.
 */
export async function readersBefore(
  context: Context,
  stream: StreamRef,
): Promise<ReadersSnapshot | string | undefined> {
  if (context.services === undefined) return undefined
  const known = readersOf(context.model(), stream)?.snapshot
  if (known !== undefined && context.clock.now() - known.at < FRESH_MILLIS) return known
  const look = new ReadersLook(context, stream, { probes: PROBES })
  try {
    return await within(context.clock, LOOK_MILLIS, 'readers', context.signal, signal => look.look(signal))
  } catch (error) {
    if (context.signal.aborted) throw error
    return `Who reads the stream could not be looked at: ${failureOf(error, 'readers').message}`
  }
}

/** What an act would do to each reader, one line each; one line too where nothing speaks against it. */
export function harmLines(readers: ReadersSnapshot | string | undefined, act: PlannedAct): string[] {
  if (readers === undefined) return []
  if (typeof readers === 'string') return [readers]
  const harms = harmOf(readers, act)
  const known = readers.readers.filter(({ kind }) => kind !== 'unknown').length
  if (harms.length === 0) {
    return [
      known === 0
        ? 'No reader is known.'
        : `Of ${known} known reader${known === 1 ? '' : 's'} none is harmed by it, as far as their lags are known.`,
    ]
  }
  const lines = harms.slice(0, MOST_LINES).map(({ level, sentence }) => {
    const sign = level === 'loses' || level === 'stops' ? 'WARNING: ' : ''
    return `${sign}${sentence}`
  })
  return harms.length > MOST_LINES ? [...lines, `... and ${harms.length - MOST_LINES} more.`] : lines
}
