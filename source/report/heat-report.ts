import { hash } from 'node:crypto'
import { readsText } from '../domain/heat/heat-reads.ts'
import {
  adviceLines,
  amountText,
  estimateText,
  keylessText,
  peakText,
  sourceText,
  totalsText,
} from '../domain/heat/heat-text.ts'
import type { HeatBoard, KeyShare, ShardHeat } from '../domain/heat/shard-heat.ts'
import { streamVerdict } from '../domain/heat/stream-verdict.ts'
import { countText, shareText, UNKNOWN } from '../domain/quantity-text.ts'
import type { HeatSnapshot } from '../state/heat-state.ts'
import { sparkline, stripChart, timeChart } from './heat-charts.ts'
import { type Html, html } from './html.ts'

export type HeatReport = {
  readonly streamName: string
  readonly region: string
  readonly endpoint: string
  readonly writtenAt: Date
  readonly snapshot: HeatSnapshot
  /** Heaviest keys of the stream; empty where the source knows no keys. */
  readonly keys: readonly KeyShare[]
}

const CSS = `
:root { color-scheme: light dark; --line: #8886; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.facts { margin: 0; opacity: .8; }
svg { width: 100%; height: auto; display: block; } svg.spark { width: 8rem; height: 1.4rem; }
svg text { font: 12px ui-monospace, monospace; text-anchor: middle; fill: CanvasText; } svg .label { text-anchor: start; font-size: 10px; }
.spark line { stroke: CanvasText; stroke-width: .5; stroke-dasharray: 2 2; }
.unknown { fill: #8884; } .cold { fill: #9ec5e8; } .low { fill: #7fbf8f; } .warm { fill: #e8c44a; } .hot { fill: #e8833a; } .over { fill: #d03b3b; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th.n, td.n { text-align: right; white-space: nowrap; } td.id code { white-space: nowrap; } .shards td { border-bottom: 0; } .shards tbody tr.said { border-bottom: 1px solid var(--line); } .said td { padding-top: 0; opacity: .85; } .keys td:first-child { min-width: 12rem; } code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.key { display: inline-block; margin-right: 1rem; } .key svg { width: 1rem; display: inline-block; vertical-align: -.15rem; }
@media print { body { margin: 0; max-width: none; } }
`

/**
 * One page that stands for itself: no script, nothing is loaded from anywhere, every name in it is escaped. Made for an
 * incident, so it says of each figure where it comes from.
 */
export function heatReport(report: HeatReport): string {
  const { streamName, snapshot } = report
  const { board } = snapshot
  const policy = `default-src 'none'; style-src 'sha256-${hash('sha256', CSS, 'base64')}'; form-action 'none'; base-uri 'none'`
  const keyless = keylessText(board.keylessShare)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Heat of ${streamName}</title>
<style>${{ html: CSS }}</style>
</head>
<body>
<h1>Heat of ${streamName}</h1>
<p class="facts">${totalsText(board)}</p>
<p class="facts">${sourceText(board)}</p>
${snapshot.reads === undefined ? undefined : html`<p class="facts">${readsText(snapshot.reads)}</p>`}
<p class="facts">${report.region}, ${report.endpoint}; written ${report.writtenAt.toISOString()}</p>
${keyless === '' ? undefined : html`<p class="facts">${keyless}</p>`}
<h2>Verdicts</h2>
${verdicts(snapshot)}
<h2>Hash-key space</h2>
${stripChart(board)}
<p>${legend()}</p>
<h2>Heat over time</h2>
<p class="facts">One cell is ${board.seriesSeconds === 1 ? 'a second' : 'a minute'}, newest at the right; gaps were not seen.</p>
${timeChart(board)}
<h2>Shards</h2>
<div class="scroll">${shardTable(board)}</div>
${report.keys.length === 0 ? undefined : keyTable(report, board)}
</body>
</html>
`
  return page.html
}

function verdicts(snapshot: HeatSnapshot): Html {
  const { board, advice } = snapshot
  const wrong = board.shards
    .filter(({ isOpen, verdict }) => isOpen && !['fine', 'cold', 'no-data'].includes(verdict.kind))
    .sort((a, b) => (b.utilisation ?? 0) - (a.utilisation ?? 0))
  const count = (kind: string) =>
    board.shards.filter(({ isOpen, verdict }) => isOpen && verdict.kind === kind).length
  const others = [
    [count('fine'), 'fine'],
    [count('cold'), 'nearly idle'],
    [count('no-data'), 'unknown'],
  ] as const
  const rest = others.filter(([shards]) => shards > 0).map(([shards, what]) => `${shards} ${what}`)
  const items = wrong.map(heat => {
    const own = advice.get(heat.shard.shardId)
    return html`<li><code>${heat.shard.shardId}</code> ${heat.verdict.sentence}${keyList(heat)}. ${heat.verdict.nextStep}${own === undefined ? undefined : html`<ul>${adviceLines(own).map(text => html`<li>${text}</li>`)}</ul>`}</li>`
  })
  const summary =
    rest.length === 0
      ? undefined
      : html`<p>${wrong.length === 0 ? 'Shards: ' : 'Other shards: '}${rest.join(', ')}.</p>`
  const whole = streamVerdict(board)
  const ofStream = whole === undefined ? undefined : html`<p>Stream: ${whole.sentence}. ${whole.nextStep}</p>`
  return html`${ofStream}${items.length === 0 ? undefined : html`<ol>${items}</ol>`}${summary}`
}

function keyList({ verdict }: ShardHeat): Html | undefined {
  if (verdict.partitionKeys.length === 0) return undefined
  return html`: ${verdict.partitionKeys.map((key, index) => html`${index === 0 ? '' : ', '}<code>${key}</code>`)}`
}

function shardTable(board: HeatBoard): Html {
  const rows = board.shards
    .filter(({ isOpen }) => isOpen)
    .map(
      heat =>
        html`<tr><td class="id"><code>${heat.shard.shardId}</code></td><td class="n">${shareText(heat.utilisation)}</td><td class="n">${estimateText(heat.bytesPerSecond, 'bytes')}</td><td class="n">${estimateText(heat.recordsPerSecond, 'records')}</td><td class="n">${peakText(heat)}</td><td class="n">${heat.throttledRecords === undefined ? UNKNOWN : countText(heat.throttledRecords)}</td><td class="n">${shareText(heat.spaceShare)}</td><td class="n">${shareText(heat.trafficShare)}</td><td>${sparkline(heat.series)}</td></tr><tr class="said"><td colspan="9">${heat.verdict.sentence}</td></tr>`,
    )
  return html`<table class="shards"><thead><tr><th>Shard</th><th class="n">Use</th><th class="n">Bytes</th><th class="n">Records</th><th class="n">Peak second</th><th class="n">Throttled</th><th class="n">Range</th><th class="n">Traffic</th><th>Over time</th></tr></thead><tbody>${rows}</tbody></table>`
}

function keyTable({ keys }: HeatReport, board: HeatBoard): Html {
  const error = board.keyErrorShare ?? 0
  const bound =
    error === 0
      ? 'Shares are exact for what was read.'
      : `Shares are too low by ${shareText(error)} of the stream at most.`
  const rows = keys.map(
    key =>
      html`<tr><td><code>${key.partitionKey}</code></td><td class="id"><code>${key.shardId}</code></td><td class="n">${shareText(key.byteShare)}</td><td class="n">${amountText(key.bytesPerSecond, 'bytes')}</td><td class="n">${shareText(key.recordShare)}</td><td class="n">${amountText(key.recordsPerSecond, 'records')}</td></tr>`,
  )
  return html`<h2>Heaviest keys</h2><p class="facts">${bound}</p><div class="scroll"><table class="keys"><thead><tr><th>Key</th><th>Shard</th><th class="n">Of bytes</th><th class="n">Bytes</th><th class="n">Of records</th><th class="n">Records</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

function legend(): readonly Html[] {
  const levels = [
    ['cold', 'under 5 %'],
    ['low', '5 to 50 %'],
    ['warm', 'w: 50 to 80 %'],
    ['hot', 'H: 80 to 100 %'],
    ['over', '!!: over the limit'],
    ['unknown', '?: not known'],
  ] as const
  return levels.map(
    ([level, text]) =>
      html`<span class="key"><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="${level}" width="10" height="10"/></svg> ${text}</span>`,
  )
}
