import type { KinesisApi } from '../aws/kinesis-api.ts'
import type { Clock } from '../domain/clock.ts'
import { type Failure, failureOf } from '../domain/failure.ts'
import { isLoopback } from '../domain/loopback.ts'
import type { StreamListing, StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { SessionInfo } from '../state/model.ts'
import { defineCommand } from './command.ts'
import { STREAM_COLUMNS, streamRow } from './output-rows.ts'

/** A list of streams must leave the account's 20 summaries a second to the programs that need them. */
const SUMMARY_PACE_MILLIS = 250
const SUMMARY_PACE_SLOWED_MILLIS = 2_000
/** A wait that wants a word beforehand. */
const WORTH_SAYING_MILLIS = 5_000

export const listStreams = defineCommand({
  id: 'stream.list',
  title: 'List the streams of the account and region',
  group: 'stream',
  // The console keeps its lists fresh by itself.
  keys: [],
  where: [],
  effect: 'read',
  args: {
    namesOnly: {
      kind: 'flag',
      title: 'Only what ListStreams tells: no call for each stream',
      only: 'headless',
    },
  },
  headless: {
    name: 'streams',
    columns: STREAM_COLUMNS,
    rows: event => {
      if (event.type === 'summary-described') return [streamRow(event.summary)]
      if (event.type === 'summary-failed' && event.listing !== undefined) return [streamRow(event.listing)]
      return []
    },
  },
  async *run({ namesOnly }, { api, clock, signal, model }): AsyncGenerator<Event> {
    yield { type: 'streams-requested' }
    const streams: StreamListing[] = []
    try {
      for await (const page of api.listStreams({ signal })) {
        streams.push(...page)
        yield { type: 'streams-listed', streams: [...streams], at: clock.now() }
      }
      if (streams.length === 0) yield { type: 'streams-listed', streams, at: clock.now() }
    } catch (error) {
      yield { type: 'streams-failed', failure: failureOf(error, 'ListStreams'), at: clock.now() }
      return
    }
    if (namesOnly) {
      for (const summary of streams)
        yield { type: 'summary-described', stream: refOf(summary), summary, at: clock.now() }
      return
    }
    yield* describeAll({ api, clock, signal }, streams, paceOf(model().session))
  },
})

/** Asks for the summary of each stream, evenly paced and slower once the account is throttled. */
async function* describeAll(
  world: { readonly api: KinesisApi; readonly clock: Clock; readonly signal: AbortSignal },
  streams: readonly StreamListing[],
  paceMillis: number,
): AsyncGenerator<Event> {
  const { api, clock, signal } = world
  let pace = paceMillis
  const expectedMillis = pace * (streams.length - 1)
  if (expectedMillis >= WORTH_SAYING_MILLIS) {
    const text = `Asking for ${streams.length} summaries takes about ${Math.round(expectedMillis / 1_000)} s, to leave the account's calls to others.`
    yield { type: 'noticed', notice: { level: 'info', text, at: clock.now() } }
  }
  let unsupported: Failure | undefined
  for (const [index, listing] of streams.entries()) {
    const stream = refOf(listing)
    if (unsupported !== undefined) {
      yield { type: 'summary-failed', stream, listing, failure: unsupported, at: clock.now() }
      continue
    }
    if (index > 0 && pace > 0) await clock.sleep(pace, signal)
    if (signal.aborted) return
    try {
      const summary = await api.describeStreamSummary(stream, { signal })
      yield { type: 'summary-described', stream, summary: { ...listing, ...summary }, at: clock.now() }
    } catch (error) {
      const failure = failureOf(error, 'DescribeStreamSummary')
      if (failure.kind === 'throttled') pace = Math.max(pace, SUMMARY_PACE_SLOWED_MILLIS)
      if (failure.kind === 'unsupported') unsupported = failure
      yield { type: 'summary-failed', stream, listing, failure, at: clock.now() }
    }
  }
}

function refOf({ streamName, streamArn }: StreamListing): StreamRef {
  return streamArn === undefined ? { streamName } : { streamName, streamArn }
}

/** An endpoint on this machine is nobody's production. */
function paceOf(session: SessionInfo): number {
  return session.isSandbox || isLoopback(session.endpoint.value) ? 0 : SUMMARY_PACE_MILLIS
}
