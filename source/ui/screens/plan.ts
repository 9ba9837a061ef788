import { basisText, unreachableOf } from '../../commands/plan-making.ts'
import { monthlyShardDollars, uniformsOf } from '../../commands/plan-rows.ts'
import { amountText } from '../../domain/heat/heat-text.ts'
import { heatLevelOf } from '../../domain/heat/verdict.ts'
import type { RangeForecast } from '../../domain/heat/what-if.ts'
import { dollarsText, stepTimeText } from '../../domain/plan/preview-text.ts'
import { hottestOf } from '../../domain/plan/shard-plan.ts'
import type { PlanView } from '../../state/plan-state.ts'
import { LEVEL_SIGNS, LEVEL_TONES } from '../charts.ts'
import { previewLines } from '../dialogs/confirm.ts'
import { counted, shareText } from '../format.ts'
import { fitText, type Line, line, span, wrapText } from '../line.ts'
import { stripLine } from '../parts/strip.ts'
import { scrolled, withMark } from '../scroll.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > plan                                       3 shards to 4, 2 steps
//   today: 3 shards, hottest # 94.0 %
//   |------|######|------
//   plan: 4 shards, hottest = 61.0 %
//   |------|==|==|------
//             this plan   UpdateShardCount to 4   UpdateShardCount to 6

export function planScreenView(view: View, screen: ScreenOf<'plan'>): ScreenView {
  const made = view.model.plan
  const isThis = made !== undefined && made.stream.streamName === screen.stream.streamName
  const lines = isThis ? bodyLines(view, made) : waitingLines(view)
  const shown = scrolled(lines, screen.scroll, view.height)
  const target = isThis ? shareText(made.plan.targetUtilisation) : ''
  return {
    title: [...streamTitle(screen.stream.streamName), span(' > plan', 'muted')],
    ...(isThis
      ? {
          summary: line(
            withMark(
              `${counted(made.plan.before.length, 'shard')} to ${made.plan.after.length}, ${counted(made.plan.steps.length, 'step')}`,
              shown,
            ),
          ),
        }
      : {}),
    facts: isThis
      ? line(
          `Target ${target} a shard, from ${made.basis === 'peak' ? 'peak' : 'average'} of ${made.windowSeconds} s${made.recordCount === undefined ? '' : `, ${counted(made.recordCount, 'record')}`}.`,
        )
      : [],
    header: [],
    body: shown.body,
  }
}

function waitingLines(view: View): readonly Line[] {
  const running = runningLines(view)
  if (running.length > 0) return running
  const act = view.model.acts.findLast(({ commandId }) => commandId === 'plan.make')
  if (act?.state === 'failed') {
    const text = `${act.failure?.message ?? ''} ${act.failure?.nextStep ?? ''}`
    return [[], ...wrapText(text, view.width - 2).map(part => line(' ', span(part, 'bad')))]
  }
  return [[], line('  ', span(act?.detail ?? 'Reading records to see where the load lies ...', 'muted'))]
}

function bodyLines(view: View, made: PlanView): readonly Line[] {
  const { plan } = made
  const width = view.width - 2
  return [
    ...unreachableLines(made, width),
    ...layoutLines('today', plan.before, width),
    ...layoutLines('plan', plan.after, width),
    ...wrapText(`Forecast from ${basisText(made)}.`, width).map(part => line(' ', span(part, 'muted'))),
    ...runningLines(view),
    [],
    ...comparisonLines(made, view.width),
    ...hotKeyLines(made, width),
    [],
    line(
      span(keyOf(view, 'plan.run'), 'key'),
      plan.steps.length === 0
        ? ' has nothing to do'
        : ' carries it out, one step at a time, after a question',
    ),
    ...previewLines(made.preview, width).map(content => [span(' '), ...content]),
  ]
}

function unreachableLines(made: PlanView, width: number): readonly Line[] {
  const text = unreachableOf(made)
  return text === undefined ? [] : wrapText(text, width).map(part => line(' ', span(part, 'bad')))
}

function layoutLines(name: string, ranges: readonly RangeForecast[], width: number): readonly Line[] {
  const hottest = hottestOf(ranges)
  const level = heatLevelOf(hottest)
  return [
    line(
      ` ${name}: ${counted(ranges.length, 'shard')}, hottest `,
      span(`${LEVEL_SIGNS[level]} ${shareText(hottest)}`, LEVEL_TONES[level]),
    ),
    [span(' '), ...stripLine(ranges, width)],
  ]
}

/** The plan beside what UpdateShardCount would do. */
function comparisonLines(made: PlanView, width: number): readonly Line[] {
  const { plan, uniformEnough } = made
  const columns = [
    {
      name: 'this plan',
      hottest: hottestOf(plan.after),
      calls: plan.steps.length,
      counts: plan.counts,
      open: plan.after.length,
      steps: plan.steps.length,
    },
    ...uniformsOf(made).map(uniform => ({
      name: `UpdateShardCount ${uniform.shardCount}`,
      hottest: uniform.hottest,
      calls: uniform.callCount,
      counts: uniform.counts,
      open: uniform.shardCount,
      steps: uniform.counts.splits + uniform.counts.merges,
    })),
  ]
  const cell = Math.max(10, Math.min(22, Math.floor((width - 18) / columns.length)))
  const row = (label: string, values: readonly string[], tone?: 'heading'): Line =>
    line(span(` ${label.padEnd(16)}${values.map(value => fitText(value, cell, 'right')).join('')}`, tone))
  return [
    row(
      '',
      columns.map(({ name }) => name),
      'heading',
    ),
    row(
      'hottest shard',
      columns.map(({ hottest }) => shareText(hottest)),
    ),
    row(
      'calls',
      columns.map(({ calls }) => String(calls)),
    ),
    row(
      'time',
      columns.map(({ steps }) => stepTimeText(steps)),
    ),
    row(
      'closed shards',
      columns.map(({ counts }) => String(counts.closedShards)),
    ),
    row(
      'short-lived',
      columns.map(({ counts }) => String(counts.shortLivedShards)),
    ),
    row(
      'shards a month',
      columns.map(({ open }) => dollarsText(monthlyShardDollars(open))),
    ),
    ...(uniformEnough === undefined
      ? [line(span(' No number of equal shards was found that keeps the target.', 'muted'))]
      : []),
  ]
}

function hotKeyLines({ plan, keyNames }: PlanView, width: number): readonly Line[] {
  return plan.hotKeys.slice(0, 5).flatMap(({ hashKey, utilisation, bytesPerSecond, recordsPerSecond }) => {
    const name = keyNames.get(hashKey)
    const who = name === undefined ? `hash key ${hashKey}` : `key "${name}"`
    const text = `${who} alone takes ${shareText(utilisation)} of a shard (${amountText(bytesPerSecond, 'bytes')}, ${amountText(recordsPerSecond, 'records')}): no split helps, it must be spread over several keys.`
    return [[], ...wrapText(text, width).map(part => line(' ', span(part, 'warning')))]
  })
}

/** Acts that carry a plan out. */
const RUNS: ReadonlySet<string> = new Set(['plan.run', 'plan.resume'])

function runningLines(view: View): readonly Line[] {
  const act = view.model.acts.findLast(({ commandId }) => RUNS.has(commandId))
  if (act === undefined) return []
  const { failure, detail = '' } = act
  const what =
    act.state === 'failed'
      ? [failure?.message ?? 'failed', failure?.nextStep].filter(part => part !== undefined).join(' ')
      : `${act.state === 'done' ? 'Done: ' : ''}${detail}`
  // The title names the stream: it need not be the one of this screen.
  const text = `${act.title}: ${what}`
  return [
    [],
    ...wrapText(text, view.width - 2).map(part =>
      line(' ', span(part, act.state === 'failed' ? 'bad' : 'accent')),
    ),
  ]
}
