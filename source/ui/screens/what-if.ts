import { amountText, sourceText } from '../../domain/heat/heat-text.ts'
import { heatLevelOf } from '../../domain/heat/verdict.ts'
import type { RangeForecast, WhatIf } from '../../domain/heat/what-if.ts'
import type { WhatIfView } from '../../state/heat-state.ts'
import { heatOf, snapshotOf } from '../../state/select-heat.ts'
import { LEVEL_SIGNS, LEVEL_TONES } from '../charts.ts'
import { failedBody, waitingBody } from '../failure-lines.ts'
import { counted, shareText } from '../format.ts'
import { fitText, type Line, line, span, wrapText } from '../line.ts'
import { stripLine } from '../parts/strip.ts'
import { scrolled, withMark } from '../scroll.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > what if                                              1.2 MiB/s, 830.0/s
//  Split shardId-000000000002 at 1701...
//   before |------|######|------|------   4 shards, hottest 94.0 %
//   after  |------|---|##|------|------   5 shards, hottest 52.1 %

export function whatIfScreenView(view: View, screen: ScreenOf<'what-if'>): ScreenView {
  const snapshot = snapshotOf(view.model, screen.stream)
  const forecast = snapshot?.forecast
  const lines = bodyLines(view, screen, forecast)
  const shown = scrolled(lines, screen.scroll, view.height)
  return {
    title: [...streamTitle(screen.stream.streamName), span(' > what if', 'muted')],
    summary: line(withMark(ratesText(forecast), shown)),
    facts:
      snapshot === undefined ? [] : line(`Forecast only; nothing is changed. ${sourceText(snapshot.board)}`),
    header: forecast === undefined ? [] : [span(forecast.title, 'heading')],
    body: shown.body,
  }
}

function ratesText(forecast: WhatIfView | undefined): string {
  if (forecast?.whatIf === undefined) return ''
  const { bytesPerSecond, recordsPerSecond } = forecast.whatIf
  return `${amountText(bytesPerSecond, 'bytes')}, ${amountText(recordsPerSecond, 'records')} before and after`
}

function bodyLines(
  view: View,
  screen: ScreenOf<'what-if'>,
  forecast: WhatIfView | undefined,
): readonly Line[] {
  const failure = heatOf(view.model, screen.stream)?.failure
  if (failure !== undefined) return failedBody(view, failure)
  if (forecast === undefined) return waitingBody('Reading records to see where the load lies ...')
  const { whatIf, midpoint, refusal } = forecast
  if (whatIf === undefined) {
    return [
      [],
      line(`  ${refusal ?? ''}`),
      [],
      line(`  ${keyOf(view, 'heat.what-if')} thinks another change through.`),
    ]
  }
  return [
    ...strips(view, [
      ['before', whatIf.before],
      ['after', whatIf.after],
      ...(midpoint === undefined ? [] : [['in the middle', midpoint.after] as const]),
    ]),
    [],
    ...comparison(view, whatIf),
  ]
}

function strips(
  view: View,
  layouts: readonly (readonly [string, readonly RangeForecast[]])[],
): readonly Line[] {
  const width = view.width - 2
  return layouts.flatMap(([name, ranges]) => {
    const hottest = ranges.reduce((most, { utilisation }) => Math.max(most, utilisation), 0)
    const level = heatLevelOf(hottest)
    return [
      [],
      line(
        ` ${name}: ${counted(ranges.length, 'shard')}, hottest `,
        span(`${LEVEL_SIGNS[level]} ${shareText(hottest)}`, LEVEL_TONES[level]),
      ),
      [span(' '), ...stripLine(ranges, width)],
    ]
  })
}

/** So few that all are in sight at once: they stand by range, and no refresh moves them. */
const FEW = 8

/** Hottest first by whole percent, else by range: rows that differ by a hair must not change places at each refresh. */
function byHeat(a: RangeForecast, b: RangeForecast): number {
  const percent = ({ utilisation }: RangeForecast): number => Math.round(utilisation * 100)
  return percent(b) - percent(a) || byRange(a, b)
}

function byRange(a: RangeForecast, b: RangeForecast): number {
  return a.range.startingHashKey < b.range.startingHashKey ? -1 : 1
}

/** The ranges that the change makes anew. */
function comparison(view: View, whatIf: WhatIf): readonly Line[] {
  const before = new Set(whatIf.before.map(({ range }) => `${range.startingHashKey} ${range.endingHashKey}`))
  const found = whatIf.after.filter(
    ({ range }) => !before.has(`${range.startingHashKey} ${range.endingHashKey}`),
  )
  const fresh = found.sort(found.length > FEW ? byHeat : byRange)
  if (fresh.length === 0)
    return wrapText('The ranges stay as they are.', view.width - 2).map(text => line(' ', text))
  const keyWidth = Math.min(39, Math.max(12, view.width - 40))
  return [
    line(
      span(` ${fitText('NEW RANGE FROM', keyWidth, 'right')}      USE        BYTES    RECORDS`, 'heading'),
    ),
    ...fresh.map(({ range, utilisation, bytesPerSecond, recordsPerSecond }) => {
      const level = heatLevelOf(utilisation)
      return line(
        ` ${fitText(range.startingHashKey.toString(), keyWidth, 'right')}  `,
        span(`${LEVEL_SIGNS[level]} ${shareText(utilisation).padStart(6)}`, LEVEL_TONES[level]),
        ` ${amountText(bytesPerSecond, 'bytes').padStart(11)} ${amountText(recordsPerSecond, 'records').padStart(10)}`,
      )
    }),
  ]
}
