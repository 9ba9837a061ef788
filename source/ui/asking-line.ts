import type { Fetched, Model } from '../state/model.ts'
import { streamKey } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import { durationText } from './format.ts'
import { type Line, line, span } from './line.ts'
import { keyOf, type View } from './view.ts'

/** An answer that takes longer than this is worth a word. */
const LONG_MILLIS = 5_000

/**
 * What the listing on screen waits for: since when, where, the how manieth try, and what can be done; or when it is tried
 * again. Nothing where all goes well.
 */
export function askingLine(view: View): Line | undefined {
  const { model } = view
  const asked = listingOf(model)
  if (asked === undefined) return undefined
  const { operation, fetched } = asked
  const { askedAt, failedCount = 0, retryAt, phase } = fetched
  const refresh = keyOf(view, 'view.refresh')
  if (phase === 'loading' && askedAt !== undefined && model.now - askedAt >= LONG_MILLIS) {
    const attempt = failedCount === 0 ? '' : `, try ${failedCount + 1}`
    return line(
      span('asking ', 'accent'),
      `for ${durationText(model.now - askedAt)}: ${operation} at ${model.session.endpoint.value}${attempt}; ${refresh} begins anew${asked.isLeftByBack ? `, ${keyOf(view, 'view.back')} leaves` : ''}`,
    )
  }
  if (failedCount > 0 && retryAt !== undefined && phase === 'loaded') {
    const wait = retryAt - model.now
    const next = wait <= 0 ? 'tried again now' : `next try in ${durationText(wait)}`
    const times = failedCount === 1 ? 'failed' : `failed ${failedCount} times`
    return line(span('! ', 'warning'), `${operation} ${times}; ${next}, ${refresh} tries at once`)
  }
  return undefined
}

function listingOf(
  model: Model,
):
  | { readonly operation: string; readonly fetched: Fetched<unknown>; readonly isLeftByBack: boolean }
  | undefined {
  const screen = topScreen(model)
  if (screen.screen === 'streams') {
    return { operation: 'ListStreams', fetched: model.streams, isLeftByBack: false }
  }
  if (screen.screen !== 'shards') return undefined
  const fetched = model.shards.get(streamKey(screen.stream))
  return fetched === undefined ? undefined : { operation: 'ListShards', fetched, isLeftByBack: true }
}
