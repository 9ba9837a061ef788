import type { Failure } from '../domain/failure.ts'
import { visibleText } from '../domain/visible-text.ts'
import type { Event } from '../state/event.ts'

/**
 * What stderr tells a person while a command runs; an empty string for events that say nothing. One object a run, since
 * what has been said once is not said for every stream or shard again.
 */
export class Progress {
  readonly #told = new Set<string>()
  #stream = ''
  #from = ''

  text(event: Event): string {
    switch (event.type) {
      case 'act-started':
        return line(`${event.title} …`)
      case 'act-progressed':
        return line(`  ${event.detail}`)
      case 'act-finished':
        return line(`Done: ${event.detail}`)
      case 'summary-failed':
        return this.#warnOnce(event.failure)
      case 'streams-listed':
        return event.streams.length === 0 ? line('There are no streams in this account and region.') : ''
      case 'tags-listed':
        return event.tags.size === 0 ? line('The stream has no tags.') : ''
      case 'noticed':
        return line(event.notice.text)
      case 'tail-started':
        this.#stream = event.stream.streamName
        this.#from = event.from ?? 'latest'
        return ''
      case 'tail-ready':
        return this.#from.toLowerCase() === 'latest'
          ? line(`Tailing ${this.#stream}: what is written from now on will be shown.`)
          : line(`Tailing ${this.#stream} from ${this.#from}.`)
      case 'tail-troubled':
        return event.failure === undefined
          ? line('Reading goes on.')
          : line(`Reading is held up: ${event.failure.message} Tried again, place kept.`)
      case 'reader-changed':
        return this.#readerText(event.reader)
      case 'readers-changed':
        return event.readers.map(reader => this.#readerText(reader)).join('')
      case 'tail-finished':
        return event.totals === undefined || (event.reason === 'failed' && event.totals.recordCount === 0)
          ? ''
          : line(summaryOf(event.totals, event.reason))
      default:
        return ''
    }
  }

  /** Throttling, ends and failures of single shards; each state of a shard is told when it begins. */
  #readerText(reader: Extract<Event, { type: 'reader-changed' }>['reader']): string {
    const key = `reader ${reader.shardId}`
    const { state, note } = reader
    const isWorthTelling = state === 'throttled' || state === 'ended' || state === 'failed'
    const text = `${reader.shardId}: ${note === undefined || note === '' ? state : note}`
    const isNew = !this.#told.has(`${key} ${state} ${text}`)
    if (!isWorthTelling || !isNew) return ''
    // A shard that is throttled for the tenth time says so in the summary only.
    this.#told.add(`${key} ${state} ${text}`)
    return line(text)
  }

  #warnOnce(failure: Failure): string {
    if (this.#told.has(failure.kind)) return ''
    this.#told.add(failure.kind)
    return line(`warning: ${failure.action}: ${failure.message} What the listing tells is shown without it.`)
  }
}

type Finished = Extract<Event, { type: 'tail-finished' }>

const REASONS: Readonly<Record<NonNullable<Finished['reason']>, string>> = {
  limit: 'the asked number was reached',
  tip: 'every shard was read to its tip',
  until: 'every shard was read to the asked time',
  idle: 'no record came for the asked time',
  ended: 'every shard ended and none has children',
  aborted: 'stopped',
  failed: 'no shard can be read any more',
}

function summaryOf(totals: NonNullable<Finished['totals']>, reason: Finished['reason']): string {
  const parts = [
    `${totals.recordCount} ${totals.recordCount === 1 ? 'record' : 'records'}, ${totals.byteCount} bytes from ${totals.shardCount} ${totals.shardCount === 1 ? 'shard' : 'shards'} in ${(totals.elapsedMillis / 1_000).toFixed(1)} s`,
    ...(totals.throttledCount > 0 ? [`${totals.throttledCount} reads throttled`] : []),
    ...(totals.failedShardCount > 0 ? [`${totals.failedShardCount} shards failed`] : []),
    ...(reason === undefined ? [] : [REASONS[reason]]),
  ]
  return parts.join('; ')
}

function line(text: string): string {
  return `${visibleText(text)}\n`
}
