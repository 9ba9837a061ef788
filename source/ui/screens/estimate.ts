import {
  breakEvenText,
  costLines,
  ESTIMATE_NOTES,
  itemTable,
  shardsText,
  trafficText,
} from '../../domain/cost/estimate-text.ts'
import { pricesText } from '../../domain/cost/prices.ts'
import { dollarsText } from '../../domain/plan/preview-text.ts'
import type { MadeEstimate } from '../../state/estimate-state.ts'
import { ofStream } from '../../state/select-consumers.ts'
import { failedBody, waitingBody } from '../failure-lines.ts'
import { ageText, counted, UNKNOWN } from '../format.ts'
import { fitText, type Line, line, span, wrapText } from '../line.ts'
import { scrolled, withMark } from '../scroll.ts'
import type { ScreenOf, ScreenView, View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > estimate                              4 shards needed; lines 1-18 of 24
//  An estimate, not a bill; made 12s ago from 15 seconds of orders, taken for the whole month
//   A MONTH             PROVISIONED     STANDARD    ADVANTAGE
//   all of it                $43.80      $131.40    $2,190.00

const LABEL_WIDTH = 20
const COST_WIDTH = 13

export function estimateView(view: View, screen: ScreenOf<'estimate'>): ScreenView {
  const fetched = ofStream(view.model.estimate, screen.stream)
  const made = fetched?.value
  const lines =
    fetched?.failure !== undefined
      ? failedBody(view, fetched.failure, [['estimate.type', 'type the traffic']])
      : made === undefined || fetched?.phase === 'loading'
        ? waitingBody(fetched?.detail ?? 'Looking at the traffic ...')
        : bodyLines(made, view.width - 2)
  const shown = scrolled(lines, screen.scroll, view.height)
  const needed = made === undefined ? '' : `${counted(made.estimate.shardsNeeded, 'shard')} needed`
  return {
    title: [...streamTitle(screen.stream.streamName), span(' > estimate', 'muted')],
    summary: line(withMark(needed, shown)),
    facts:
      made === undefined
        ? []
        : line(
            span('An estimate, not a bill', 'warning'),
            span(`; made ${ageText(fetched?.answeredAt, view.model.now)} ago from ${made.basis}`, 'muted'),
          ),
    header: [],
    body: shown.body,
  }
}

function bodyLines(made: MadeEstimate, width: number): readonly Line[] {
  const { estimate } = made
  const told = (text: string): readonly Line[] => wrapText(text, width).map(part => line(' ', part))
  return [
    ...told(trafficText(estimate.traffic)),
    ...told(shardsText(estimate)),
    [],
    ...costTable(made, width),
    [],
    ...estimate.breakEvens.flatMap(breakEven => told(breakEvenText(breakEven))),
    [],
    ...[`Prices: ${pricesText(made.prices)}.`, ...ESTIMATE_NOTES].flatMap(text =>
      wrapText(text, width).map(part => line(' ', span(part, 'muted'))),
    ),
  ]
}

/** The modes side by side, the cheapest set off; below each other where the screen is too narrow. */
function costTable({ estimate: { costs } }: MadeEstimate, width: number): readonly Line[] {
  if (width < LABEL_WIDTH + costs.length * COST_WIDTH - 1)
    return costLines(costs).map(text => line(' ', text))
  const cheapest = costs.reduce(
    (least, cost) => (cost.dollars < least.dollars ? cost : least),
    costs[0] as never,
  )
  const cell = (text: string) => fitText(text, COST_WIDTH, 'right')
  const head = {
    provisioned: 'PROVISIONED',
    'on-demand-standard': 'OD STANDARD',
    'on-demand-advantage': 'OD ADVANTAGE',
  }
  return [
    line(
      span(
        ` ${fitText('A MONTH', LABEL_WIDTH - 1)}${costs.map(({ mode }) => cell(head[mode])).join('')}`,
        'heading',
      ),
    ),
    [
      span(` ${fitText('all of it', LABEL_WIDTH - 1)}`),
      ...costs.map(cost => span(cell(dollarsText(cost.dollars)), cost === cheapest ? 'good' : undefined)),
    ],
    ...itemTable(costs).map(({ name, dollars }) =>
      line(
        span(
          ` ${fitText(name, LABEL_WIDTH - 1)}${dollars.map(value => cell(value === undefined ? UNKNOWN : dollarsText(value))).join('')}`,
          'muted',
        ),
      ),
    ),
    line(
      ' ',
      span(
        `Cheapest for this traffic: ${head[cheapest.mode].toLowerCase().replace('od ', 'on-demand ')}.`,
        'good',
      ),
    ),
  ]
}
