import type { Command } from '../commands/command.ts'
import type { Dialog, Model, ScreenState } from '../state/model.ts'
import { SMALLEST_VIEWPORT, topScreen } from '../state/selection.ts'
import { type BoxContent, withBox } from './dialogs/box.ts'
import { confirmBox } from './dialogs/confirm.ts'
import { formBox } from './dialogs/form.ts'
import { helpBox } from './dialogs/help.ts'
import { paletteBox } from './dialogs/palette.ts'
import { keyLine } from './key-line.ts'
import { EMPTY_LINE, type Line, line, spread, widthOf } from './line.ts'
import { noticeLines } from './notice-line.ts'
import { paint } from './paint.ts'
import { boardView } from './screens/board.ts'
import { callsView } from './screens/calls.ts'
import { consumersView } from './screens/consumers.ts'
import { estimateView } from './screens/estimate.ts'
import { keysView } from './screens/keys.ts'
import { planScreenView } from './screens/plan.ts'
import { policyView } from './screens/policy.ts'
import { readersView, readerView } from './screens/readers.ts'
import { recordView } from './screens/record.ts'
import { servicesView, serviceView } from './screens/services.ts'
import { shardHeatView } from './screens/shard-heat.ts'
import { STREAMS_PATH, shardsView } from './screens/shards.ts'
import { streamsView } from './screens/streams.ts'
import { tailView } from './screens/tail.ts'
import { whatIfScreenView } from './screens/what-if.ts'
import { statusLine } from './status-line.ts'
import type { Theme } from './theme.ts'
import { keyOf, type ScreenView, type View, viewOf } from './view.ts'

//  status     where we are connected to, what we may do, how old the data is
//  title      where the user is                                     numbers of the whole
//  facts      state, filter, failure
//  HEADER
//  body ...
//  notice     filter, notice, act in progress
//  keys       what can be pressed now

/** The whole screen: exactly as many lines as the terminal has rows, each exactly as wide as it has columns. */
export function frameOf(model: Model, commands: readonly Command[], theme: Theme): readonly string[] {
  const { columns, rows } = model.viewport
  const lines =
    columns < SMALLEST_VIEWPORT.columns || rows < SMALLEST_VIEWPORT.rows
      ? tooSmall(model, commands)
      : linesOf(viewOf(model, commands))
  return Array.from({ length: rows }, (_, index) => paint(lines[index] ?? EMPTY_LINE, columns, theme))
}

function linesOf(view: View): readonly Line[] {
  const { model } = view
  const screen = screenView(view, topScreen(model))
  const filled = Array.from({ length: view.height }, (_, index) => screen.body[index] ?? EMPTY_LINE)
  const box = model.dialog === undefined ? undefined : boxOf(view, model.dialog)
  const notices = noticeLines(view)
  const body = box === undefined ? filled : withBox(filled, box, view.width)
  return [
    statusLine(view),
    titleLine(screen, view.width),
    screen.facts,
    screen.header,
    ...body.slice(0, body.length - notices.length + 1),
    ...notices,
    keyLine(view),
  ]
}

/** Where both do not fit, the beginning of the path goes first: everybody knows that streams come before a stream. */
function titleLine({ title, summary = EMPTY_LINE }: ScreenView, width: number): Line {
  const isTooLong = widthOf(title) + widthOf(summary) >= width
  const isPath = title[0]?.text === STREAMS_PATH
  return spread(isTooLong && isPath ? title.slice(1) : title, summary, width)
}

export function screenView(view: View, screen: ScreenState): ScreenView {
  switch (screen.screen) {
    case 'streams':
      return streamsView(view, screen)
    case 'shards':
      return shardsView(view, screen)
    case 'tail':
      return tailView(view, screen)
    case 'record':
      return recordView(view, screen)
    case 'calls':
      return callsView(view, screen)
    case 'board':
      return boardView(view, screen)
    case 'shard-heat':
      return shardHeatView(view, screen)
    case 'keys':
      return keysView(view, screen)
    case 'what-if':
      return whatIfScreenView(view, screen)
    case 'readers':
      return readersView(view, screen)
    case 'reader':
      return readerView(view, screen)
    case 'consumers':
      return consumersView(view, screen)
    case 'policy':
      return policyView(view, screen)
    case 'estimate':
      return estimateView(view, screen)
    case 'services':
      return servicesView(view, screen)
    case 'service':
      return serviceView(view, screen)
    case 'plan':
      return planScreenView(view, screen)
  }
}

function boxOf(view: View, dialog: Dialog): BoxContent | undefined {
  switch (dialog.dialog) {
    case 'filter':
      return undefined
    case 'palette':
      return paletteBox(view, dialog)
    case 'help':
      return helpBox(view, dialog)
    case 'form':
      return formBox(view, dialog)
    case 'confirm':
      return confirmBox(view, dialog)
  }
}

function tooSmall({ viewport }: Model, commands: readonly Command[]): readonly Line[] {
  const { columns, rows } = SMALLEST_VIEWPORT
  return [
    line(`Too small: ${viewport.columns}x${viewport.rows}.`),
    line(`Needs ${columns}x${rows}.`),
    line(`${keyOf({ commands }, 'view.quit')} quits.`),
  ]
}
