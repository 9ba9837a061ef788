import { usageFailure } from '../domain/failure.ts'
import type { ShardPlace } from '../domain/start-from.ts'

/** Where a tail stopped, as it is kept. */
export type Bookmark = {
  readonly v: 1
  readonly streamName: string
  readonly streamArn?: string
  /** Two endpoints can have a stream of one name. */
  readonly endpoint: string
  /** Tells two lives of one name apart. */
  readonly streamCreationTimestamp?: string
  readonly savedAt: string
  readonly places: Readonly<Record<string, KeptPlace>>
}

type KeptPlace =
  | { readonly after: string; readonly arrivedAt?: string }
  | { readonly at: string }
  | { readonly isEnded: true }

const NAME = /^[A-Za-z0-9_.-]{1,64}$/

/** Its name among the state files. */
export function fileOf(name: string): string {
  return `bookmarks/${name}.json`
}

/** @throws FailureError `usage` for what can be no name */
export function assertBookmarkName(name: string): void {
  if (NAME.test(name) && !name.startsWith('.')) return
  throw usageFailure('tail', `the bookmark "${name}" is no name`, 'A name has 1 to 64 of a-z A-Z 0-9 _ . -')
}

/** @throws FailureError `usage` for a file that holds something else */
export function readBookmark(text: string | undefined): Bookmark | undefined {
  if (text === undefined) return undefined
  try {
    const bookmark = JSON.parse(text) as Bookmark
    if (isBookmarkFile(bookmark)) return bookmark
  } catch {
    // No JSON.
  }
  throw usageFailure(
    'tail',
    'the file of the bookmark cannot be read as one',
    'Choose another name, or remove that file.',
  )
}

function isBookmarkFile({ v, streamName, endpoint, savedAt, places }: Bookmark): boolean {
  return (
    v === 1 &&
    [streamName, endpoint, savedAt].every(text => typeof text === 'string') &&
    typeof places === 'object' &&
    Object.values(places).every(isKeptPlace)
  )
}

function isKeptPlace(place: KeptPlace): boolean {
  if ('isEnded' in place) return place.isEnded
  if ('at' in place) return isMoment(place.at)
  return /^\d+$/.test(place.after) && (place.arrivedAt === undefined || isMoment(place.arrivedAt))
}

function isMoment(text: string): boolean {
  return typeof text === 'string' && !Number.isNaN(Date.parse(text))
}

export function placeOf(kept: KeptPlace): ShardPlace {
  if ('isEnded' in kept) return { type: 'ended' }
  if ('at' in kept) return { type: 'at', timestamp: new Date(kept.at) }
  return {
    type: 'after',
    sequenceNumber: kept.after,
    ...(kept.arrivedAt === undefined ? {} : { approximateArrivalTimestamp: new Date(kept.arrivedAt) }),
  }
}

export function keptOf(place: ShardPlace): KeptPlace {
  switch (place.type) {
    case 'ended':
      return { isEnded: true }
    case 'at':
      return { at: place.timestamp.toISOString() }
    case 'after': {
      const arrivedAt = place.approximateArrivalTimestamp?.toISOString()
      return { after: place.sequenceNumber, ...(arrivedAt === undefined ? {} : { arrivedAt }) }
    }
  }
}
