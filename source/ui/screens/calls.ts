import type { CallEntry } from '../../state/model.ts'
import { countText, timeText } from '../format.ts'
import { type Line, line, span } from '../line.ts'
import { type Column, headerLine, layOut, rowLine } from '../table.ts'
import type { ScreenOf, ScreenView, View } from '../view.ts'
import { scrollTop } from './record.ts'

//  Calls and messages                                  1,204 calls, 3 throttled, 0 failed
//
//    UTC       CALL                       TOOK  OUTCOME    DETAIL
//    14:03:09  GetRecords                12 ms  ok         orders shardId-000000000003
//    14:03:08  DescribeStreamSummary    104 ms  throttled  LimitExceededException: Rate exceeded

const COLUMNS: readonly Column<CallEntry>[] = [
  { key: 'time', header: 'UTC', width: 8, priority: 1, text: call => timeText(call.at) },
  { key: 'call', header: 'CALL', width: 21, maxWidth: 30, priority: 0, text: call => call.operation },
  {
    key: 'took',
    header: 'TOOK',
    align: 'right',
    width: 9,
    priority: 3,
    text: call => (call.outcome === 'note' ? '' : `${countText(call.durationMillis)} ms`),
  },
  {
    key: 'outcome',
    header: 'OUTCOME',
    width: 9,
    priority: 2,
    text: call => (call.outcome === 'note' ? '' : call.outcome),
    tone: call => (call.outcome === 'failed' ? 'bad' : call.outcome === 'throttled' ? 'warning' : undefined),
  },
  {
    key: 'detail',
    header: 'DETAIL',
    width: 12,
    maxWidth: 1_000,
    priority: 4,
    text: call => call.detail ?? '',
  },
]

export function callsView(view: View, screen: ScreenOf<'calls'>): ScreenView {
  const { calls } = view.model
  const columns = layOut(COLUMNS, view.width)
  const newestFirst = calls.recent.toReversed()
  const top = scrollTop(newestFirst.length, screen.scroll, view.height)
  const body: readonly Line[] = newestFirst
    .slice(top, top + view.height)
    .map(call => rowLine(columns, call, false))
  return {
    title: line(span('Calls and messages', 'title')),
    summary: line(
      `${countText(calls.totalCount)} calls, ${countText(calls.throttledCount)} throttled, ${countText(calls.failedCount)} failed`,
    ),
    facts: line(span('Newest first', 'muted')),
    header: headerLine(columns, undefined),
    body: body.length > 0 ? body : [[], line('  No call has ended yet.')],
  }
}
