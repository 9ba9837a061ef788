import type { HeatReads } from '../../source/domain/heat/heat-reads.ts'
import type { HeatBoard } from '../../source/domain/heat/shard-heat.ts'
import type { HeatSnapshot } from '../../source/state/heat-state.ts'
import { initialModel } from '../../source/state/initial-model.ts'
import type { ChartGlyphs, Model, ScreenState, Viewport } from '../../source/state/model.ts'
import { update } from '../../source/state/update.ts'

export const STREAM = { streamName: 'orders' }

export const READS: HeatReads = {
  readsPerSecond: 1,
  bytesPerSecond: 300_000,
  totalReadsPerSecond: 2,
  totalBytesPerSecond: 400_000,
  refusedCount: 0,
  followingCount: 1,
  samplingCount: 1,
  backingOffCount: 0,
  failedCount: 0,
  notes: new Map(),
}

export function snapshotOf(board: HeatBoard, rest: Partial<HeatSnapshot> = {}): HeatSnapshot {
  return {
    source: board.source,
    board,
    advice: new Map(),
    ...(board.source === 'observed' ? { reads: READS } : {}),
    ...rest,
  }
}

/** A console that shows a heat screen with this snapshot. */
export function modelWith(
  screen: ScreenState,
  snapshot: HeatSnapshot,
  view: { readonly viewport?: Viewport; readonly chartGlyphs?: ChartGlyphs } = {},
): Model {
  const session = {
    endpoint: { value: 'http://127.0.0.1:4567', origin: 'test' },
    region: { value: 'us-east-1', origin: 'test' },
    isSandbox: true,
    isArmed: true,
  }
  let model = initialModel(session, {
    now: snapshot.board.at,
    viewport: view.viewport ?? { columns: 80, rows: 24 },
    chartGlyphs: view.chartGlyphs ?? 'ascii',
  })
  model = update(model, { type: 'screen-opened', screen })
  model = update(model, { type: 'heat-started', stream: STREAM, source: snapshot.source })
  return update(model, { type: 'heat-measured', stream: STREAM, heat: snapshot })
}

export const BOARD: Extract<ScreenState, { screen: 'board' }> = {
  screen: 'board',
  stream: STREAM,
  source: 'observed',
  showClosed: false,
  filter: '',
  sort: { column: 'use', direction: 'descending' },
}
