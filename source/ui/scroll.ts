import type { Line } from './line.ts'

/** The lines in sight of a body that is longer than the screen, and which they are. */
export type Scrolled = {
  readonly body: readonly Line[]
  /** `lines 1-18 of 40`; empty where all are in sight. */
  readonly mark: string
}

/** `scroll`: the first line wanted; the last page is never left. */
export function scrolled(lines: readonly Line[], scroll: number, height: number): Scrolled {
  const first = Math.min(scroll, Math.max(0, lines.length - height))
  const mark =
    lines.length <= height
      ? ''
      : `lines ${first + 1}-${Math.min(lines.length, first + height)} of ${lines.length}`
  return { body: lines.slice(first, first + height), mark }
}

/** A summary with the mark behind it. */
export function withMark(summary: string, { mark }: Scrolled): string {
  return [summary, mark].filter(part => part !== '').join('; ')
}
