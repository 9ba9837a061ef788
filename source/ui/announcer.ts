import type { Spoken, SpokenDialog } from './spoken.ts'

/** What only data changed is told at most this often: a tail at full speed must not drown everything else. */
export const SUMMARY_MILLIS = 5_000
/** A word is told once its typing rests. */
export const TYPING_MILLIS = 600

export type Announcement = {
  readonly lines: readonly string[]
  /** When to look again although nothing changes, in milliseconds since the epoch; undefined: not. */
  readonly nextAt: number | undefined
}

/**
 * Decides what of each new state is said, for who hears the console instead of seeing it: every change of screen,
 * selection, question and notice at once, what data changes in summaries. Lines are only ever added.
 */
export class Announcer {
  #said: Spoken | undefined
  #saidAt = Number.NEGATIVE_INFINITY
  #typedAt: number | undefined
  #isByKey = false

  /** A key was pressed: what changes next is its answer. */
  pressed(now: number): void {
    this.#isByKey = true
    if (this.#said?.dialog !== undefined) this.#typedAt = now
  }

  /** All of the screen, on demand. */
  whole(next: Spoken, now: number): readonly string[] {
    this.#said = next
    this.#saidAt = now
    this.#isByKey = false
    return [
      next.session,
      next.title,
      next.facts,
      ...next.body,
      next.row ?? 'No row is selected.',
      next.notice ?? '',
      ...next.acts,
    ].filter(line => line !== '')
  }

  look(next: Spoken, now: number): Announcement {
    const before = this.#said
    if (before === undefined) return { lines: this.whole(next, now), nextAt: undefined }
    const lines: string[] = []
    const say = (line: string | undefined): void => {
      if (line !== undefined && line !== '') lines.push(...line.split('\n').filter(part => part !== ''))
    }
    const isByKey = this.#isByKey
    this.#isByKey = false
    if (next.session !== before.session) say(next.session)
    const isOther = next.screenId !== before.screenId
    const isFilled = before.rowCount === 0 && (next.rowCount ?? 0) > 0
    if (isOther || isFilled) {
      for (const line of [next.title, next.facts, ...next.body, next.row]) say(line)
    } else if (isByKey) {
      if (next.row !== before.row || next.rowId !== before.rowId) say(next.row)
      if (next.rowCount === 0 && next.body.join() !== before.body.join()) next.body.forEach(say)
      if (next.scroll !== undefined) this.#sayText(before, next, say)
      if (next.facts !== before.facts) say(next.facts)
    }
    let held = before
    let nextAt: number | undefined
    const dialog = this.#sayDialog(before.dialog, next.dialog, now, say)
    nextAt = dialog.nextAt
    if (next.notice !== before.notice) say(next.notice)
    for (const act of next.acts) if (!before.acts.includes(act)) say(act)

    const isTold = isOther || isFilled || isByKey
    if (isTold) held = next
    else {
      const news = summary(before, next)
      if (news.length > 0) {
        const due = this.#saidAt + SUMMARY_MILLIS
        if (now >= due) {
          news.forEach(say)
          held = next
        } else nextAt = Math.min(nextAt ?? due, due)
      }
    }
    // What was not told yet stays to be told; what is told at once is done with.
    this.#said = {
      ...held,
      session: next.session,
      notice: next.notice,
      acts: next.acts,
      dialog: dialog.held,
    }
    if (lines.length > 0) this.#saidAt = now
    return { lines, nextAt }
  }

  #sayText(before: Spoken, next: Spoken, say: (line: string) => void): void {
    const moved = (next.scroll ?? 0) - (before.scroll ?? 0)
    if (moved === 0 && next.body.join() === before.body.join()) return
    const isLine = Math.abs(moved) === 1
    for (const line of isLine ? next.body.slice(0, 1) : next.body) say(line)
  }

  #sayDialog(
    before: SpokenDialog | undefined,
    next: SpokenDialog | undefined,
    now: number,
    say: (line: string) => void,
  ): { readonly held: SpokenDialog | undefined; readonly nextAt: number | undefined } {
    if (next === undefined) {
      if (before !== undefined) say('Closed.')
      this.#typedAt = undefined
      return { held: undefined, nextAt: undefined }
    }
    if (before?.id !== next.id) {
      for (const line of [...next.opening, next.focus, next.value, next.news]) say(line)
      this.#typedAt = undefined
      return { held: next, nextAt: undefined }
    }
    if (next.news !== before.news) say(next.news)
    if (next.focus !== before.focus && next.focus.split(';')[0] !== before.focus.split(';')[0]) {
      say(next.focus)
      say(next.value)
      return { held: next, nextAt: undefined }
    }
    if (next.value === before.value) return { held: { ...next, value: before.value }, nextAt: undefined }
    const due = (this.#typedAt ?? now) + TYPING_MILLIS
    if (now < due) return { held: { ...next, value: before.value }, nextAt: due }
    say(next.value === '' ? 'empty' : next.value)
    return { held: next, nextAt: undefined }
  }
}

/** What data alone has changed, in a few sentences. */
function summary(before: Spoken, next: Spoken): readonly string[] {
  const news: string[] = []
  if (next.receivedCount !== undefined) {
    const count = next.receivedCount - (before.receivedCount ?? 0)
    if (count > 0) {
      const newest = next.isFollowing && next.row !== undefined ? `; the newest is ${next.row}` : ''
      news.push(`${count} more ${count === 1 ? 'record' : 'records'}${newest}`)
    }
    if (next.facts !== before.facts && next.facts !== '') news.push(next.facts)
    return news
  }
  if (next.title !== before.title) news.push(next.title)
  if (next.facts !== before.facts && next.facts !== '') news.push(next.facts)
  if (next.row !== before.row && next.row !== undefined) news.push(next.row)
  if (next.rowCount === 0 && next.body.join() !== before.body.join()) news.push(...next.body)
  return news
}
