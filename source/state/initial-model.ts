import { type ChartGlyphs, type Model, NOT_FETCHED, type SessionInfo, type Viewport } from './model.ts'

/** A session that has fetched nothing yet and shows the list of streams. */
export function initialModel(
  session: SessionInfo,
  options: {
    readonly viewport?: Viewport
    readonly now?: number
    readonly chartGlyphs?: ChartGlyphs
  } = {},
): Model {
  return {
    session,
    screens: [{ screen: 'streams', filter: '' }],
    streams: NOT_FETCHED,
    summaries: new Map(),
    shards: new Map(),
    acts: [],
    calls: { totalCount: 0, throttledCount: 0, failedCount: 0, recent: [] },
    viewport: options.viewport ?? { columns: 80, rows: 24 },
    chartGlyphs: options.chartGlyphs ?? 'ascii',
    now: options.now ?? 0,
    refreshCount: 0,
    connectionCount: 0,
    drafts: new Map(),
    exitCode: 0,
    isLeaving: false,
  }
}
