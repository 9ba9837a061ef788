import type { Event } from './event.ts'
import type { Model } from './model.ts'
import { updateAct, updateCalls } from './update-acts.ts'
import { updateShards, updateStreams, updateSummary } from './update-fetched.ts'
import { updateHeat } from './update-heat.ts'
import { updateReaders } from './update-readers.ts'
import { updateSession } from './update-session.ts'
import { updateStreamFacts } from './update-stream-facts.ts'
import { updateTail } from './update-tail.ts'
import { updateDialog, updateScreen } from './update-view.ts'

/** Ages move in steps of this many milliseconds: a screen without news then stays still. */
export const CLOCK_STEP_MILLIS = 5_000

/** The next state after one past fact. Pure; an event that changes nothing returns the same model. */
export function update(model: Model, event: Event): Model {
  switch (event.type) {
    case 'streams-requested':
    case 'streams-listed':
    case 'streams-failed':
      return updateStreams(model, event)
    case 'summary-requested':
    case 'summary-described':
    case 'summary-failed':
      return updateSummary(model, event)
    case 'shards-requested':
    case 'shards-listed':
    case 'shards-failed':
      return updateShards(model, event)
    case 'tail-started':
    case 'tail-ready':
    case 'tail-progressed':
    case 'search-called-off':
    case 'reader-changed':
    case 'readers-changed':
    case 'readers-expired':
    case 'rows-arrived':
    case 'tail-failed':
    case 'tail-troubled':
    case 'tail-finished':
    case 'pause-changed':
      return updateTail(model, event)
    case 'act-started':
    case 'act-progressed':
    case 'act-finished':
    case 'act-failed':
      return updateAct(model, event)
    case 'heat-started':
    case 'heat-measured':
    case 'heat-failed':
      return updateHeat(model, event)
    case 'stream-readers-found':
    case 'stream-readers-failed':
    case 'services-found':
      return updateReaders(model, event)
    case 'consumers-listed':
    case 'consumers-failed':
    case 'policy-told':
    case 'policy-failed':
    case 'estimate-progressed':
    case 'estimate-made':
    case 'estimate-failed':
      return updateStreamFacts(model, event)
    case 'call-ended':
      return updateCalls(model, event.call)
    case 'clock-ticked':
      return tick(model, event.at)
    case 'session-changed':
      return updateSession(model, event.session)
    case 'screen-opened':
    case 'screen-replaced':
    case 'screen-closed':
    case 'row-selected':
    case 'filter-changed':
    case 'sort-changed':
    case 'closed-shards-toggled':
    case 'follow-changed':
    case 'scrolled':
    case 'record-view-changed':
      return updateScreen(model, event)
    case 'dialog-opened':
    case 'dialog-changed':
    case 'dialog-closed':
    case 'draft-kept':
      return updateDialog(model, event)
    case 'noticed':
      return withNotice(model, event.notice)
    case 'notice-cleared':
      return without(model, 'notice')
    case 'viewport-changed':
      return sameViewport(model, event.viewport) ? model : { ...model, viewport: event.viewport }
    case 'chart-glyphs-toggled':
      return { ...model, chartGlyphs: model.chartGlyphs === 'blocks' ? 'ascii' : 'blocks' }
    case 'decoding-changed':
      return { ...model, decodingCount: (model.decodingCount ?? 0) + 1 }
    case 'heat-budget-changed':
      return { ...model, heatBudget: event.budget }
    case 'refresh-requested':
      return { ...model, refreshCount: model.refreshCount + 1 }
    case 'leave-requested':
      return { ...model, isLeaving: true, exitCode: event.exitCode ?? model.exitCode }
    // Headless output is made of these; no screen shows them yet.
    case 'plan-made':
      return { ...model, plan: event.view }
    case 'records-read':
    case 'act-previewed':
    case 'rows-told':
    case 'tags-listed':
    case 'doctor-reported':
    case 'key-located':
    case 'sandbox-started':
    case 'sandbox-stopped':
      return model
  }
}

/** Errors also go to the log, so that a message that has left the screen can be read again. */
function withNotice(model: Model, notice: NonNullable<Model['notice']>): Model {
  const next = { ...model, notice }
  if (notice.level !== 'error') return next
  const note = { operation: 'message', at: notice.at, durationMillis: 0, detail: notice.text }
  return updateCalls(next, { ...note, outcome: 'note' })
}

function tick(model: Model, at: number): Model {
  const now = Math.floor(at / CLOCK_STEP_MILLIS) * CLOCK_STEP_MILLIS
  const ticked = now === model.now ? model : { ...model, now }
  return updateTail(ticked, { type: 'clock-ticked', at })
}

function sameViewport(model: Model, viewport: Model['viewport']): boolean {
  return model.viewport.columns === viewport.columns && model.viewport.rows === viewport.rows
}

function without(model: Model, key: 'notice'): Model {
  if (model[key] === undefined) return model
  const { [key]: _, ...rest } = model
  return rest
}
