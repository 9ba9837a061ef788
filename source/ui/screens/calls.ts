import type { CallEntry } from '../../state/model.ts'
import { countText, timeText } from '../format.ts'
import { type Line, line, span, widthOf, wrapText } from '../line.ts'
import { type Column, headerLine, type LaidOut, layOut, rowLine, widest } from '../table.ts'
import type { ScreenOf, ScreenView, View } from '../view.ts'
import { scrollTop } from './record.ts'

//  Calls and messages                                  1,204 calls, 3 throttled, 0 failed
//
//    UTC       CALL                       TOOK  OUTCOME    DETAIL
//    14:03:09  GetRecords                12 ms  ok         orders shardId-000000000003
//    14:03:08  DescribeStreamSummary    104 ms  throttled  LimitExceededException: Rate exceeded

function columnsFor(calls: readonly CallEntry[]): readonly Column<CallEntry>[] {
  return [
    { key: 'time', header: 'UTC', width: 8, priority: 1, text: call => timeText(call.at) },
    {
      key: 'call',
      header: 'CALL',
      width: Math.max(
        7,
        Math.min(
          widest(
            calls.map(call => call.operation),
            30,
          ),
          30,
        ),
      ),
      priority: 0,
      text: call => call.operation,
    },
    {
      key: 'took',
      header: 'TOOK',
      align: 'right',
      width: 8,
      priority: 3,
      text: call => (call.outcome === 'note' ? '' : `${countText(call.durationMillis)} ms`),
    },
    {
      key: 'outcome',
      header: 'OUTCOME',
      width: 9,
      priority: 2,
      text: call => (call.outcome === 'note' ? '' : call.outcome),
      tone: call =>
        call.outcome === 'failed' ? 'bad' : call.outcome === 'throttled' ? 'warning' : undefined,
    },
    { key: 'detail', header: 'DETAIL', width: 12, maxWidth: 1_000, priority: 4, text: () => '' },
  ]
}

export function callsView(view: View, screen: ScreenOf<'calls'>): ScreenView {
  const { calls } = view.model
  const columns = layOut(columnsFor(calls.recent), view.width)
  const lines = calls.recent.toReversed().flatMap(call => callLines(columns, call, view.width))
  const top = scrollTop(lines.length, screen.scroll, view.height)
  const body = lines.slice(top, top + view.height)
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

/** A call with its detail in full, over as many lines as that takes: this is where messages are read that were cut. */
function callLines(columns: readonly LaidOut<CallEntry>[], call: CallEntry, width: number): readonly Line[] {
  const detail = columns.find(({ column }) => column.key === 'detail')
  const others = columns.filter(({ column }) => column.key !== 'detail')
  const first = rowLine(others, call, false)
  const indent = widthOf(first) + 2
  if (detail === undefined || width - indent < 12) return [first]
  const [start = '', ...more] = wrapText(call.detail ?? '', width - indent)
  return [[...first, span(`  ${start}`)], ...more.map(text => line(' '.repeat(indent), text))]
}
