import type { Model, Notice } from '../state/model.ts'
import { askingLine } from './asking-line.ts'
import { type Line, line, span, wrapText } from './line.ts'
import { fieldSpans } from './text-input.ts'
import type { Tone } from './theme.ts'
import type { View } from './view.ts'

const LEVELS: Readonly<Record<Notice['level'], readonly [string, Tone | undefined]>> = {
  info: ['', undefined],
  success: ['ok: ', 'good'],
  warning: ['! ', 'warning'],
  error: ['ERROR ', 'bad'],
}

/** Lines that a notice may take from the body: an error with its next step must be readable whole. */
const MOST_LINES = 4

/** Above the keys: the filter while it is typed, else the newest notice, else the act in progress. One line at least. */
export function noticeLines(view: View): readonly Line[] {
  const { model } = view
  const { dialog, notice } = model
  if (dialog?.dialog === 'filter') {
    return [line(span('/', 'key'), ...fieldSpans(dialog, Math.max(1, view.width - 2), true))]
  }
  if (notice !== undefined && notice.isUntilAnswer !== true) {
    const [sign, tone] = LEVELS[notice.level]
    const texts = wrapText(`${sign}${notice.text}`, view.width).slice(0, MOST_LINES)
    return texts.map((text, index) =>
      index === 0 ? line(span(text.slice(0, sign.length), tone), text.slice(sign.length)) : line(text),
    )
  }
  if (model.acts.some(act => act.state === 'running')) return [actLine(model)]
  return [askingLine(view) ?? line(notice?.text ?? '')]
}

function actLine(model: Model): Line {
  const running = model.acts.filter(act => act.state === 'running')
  const act = running.at(-1)
  if (act === undefined) return []
  const others = running.length > 1 ? ` (and ${running.length - 1} more)` : ''
  return line(
    span('running: ', 'accent'),
    `${act.title}${others}${act.detail === undefined ? '' : `: ${act.detail}`}`,
  )
}
