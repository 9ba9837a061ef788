import { dollarsText } from '../plan/preview-text.ts'
import { bytesText, counted, countText } from '../quantity-text.ts'
import type { BreakEven, Estimate, MonthlyCost, Traffic } from './estimate.ts'

export const MODE_NAMES: Readonly<Record<MonthlyCost['mode'], string>> = {
  provisioned: 'provisioned',
  'on-demand-standard': 'on-demand standard',
  'on-demand-advantage': 'on-demand advantage',
}

export function trafficText(traffic: Traffic): string {
  return `${countText(traffic.recordsPerSecond)} records/s of ${bytesText(traffic.averageRecordBytes)}, ${counted(traffic.pollingConsumers, 'polling reader')}, ${counted(traffic.fanOutConsumers, 'fan-out consumer')}, kept ${traffic.retentionHours} h.`
}

export function shardsText({ shardsNeeded, shardCount, limitedBy }: Estimate): string {
  const told = shardCount === shardsNeeded ? '' : ` Provisioned is told for the ${shardCount} that are open.`
  return `Shards needed: ${shardsNeeded}, for ${limitedBy}.${told}`
}

export function breakEvenText({
  first,
  then,
  recordsPerSecond,
  bytesPerSecond,
  isAlways,
}: BreakEven): string {
  if (isAlways) return `${MODE_NAMES[then]} is cheaper than ${MODE_NAMES[first]} at every rate looked at.`
  return recordsPerSecond === undefined
    ? `${MODE_NAMES[then]} is not cheaper than ${MODE_NAMES[first]} at any rate looked at.`
    : `${MODE_NAMES[then]} is cheaper than ${MODE_NAMES[first]} from about ${countText(recordsPerSecond)} records/s (${bytesText(bytesPerSecond)}/s).`
}

/** What each mode consists of, item by item: the modes in their order, absent where a mode has no such item. */
export function itemTable(
  costs: readonly MonthlyCost[],
): readonly { readonly name: string; readonly dollars: readonly (number | undefined)[] }[] {
  const names = [...new Set(costs.flatMap(({ items }) => items.map(({ name }) => name)))]
  return names.map(name => ({
    name,
    dollars: costs.map(({ items }) => items.find(item => item.name === name)?.dollars),
  }))
}

/** The modes one below the other, each with its items, for a page of any width. */
export function costLines(costs: readonly MonthlyCost[]): string[] {
  return costs.flatMap(({ mode, dollars, items }) => [
    `${MODE_NAMES[mode].padEnd(22)}${dollarsText(dollars).padStart(14)} a month`,
    ...items.map(item => `  ${item.name.padEnd(20)}${dollarsText(item.dollars).padStart(14)}`),
  ])
}

/** What the figures take for granted, and what they leave out. */
export const ESTIMATE_NOTES: readonly string[] = [
  'On-demand rounds each record up to 1 KiB. PUT units are per Kinesis record: KPL aggregation makes fewer.',
  'Extended retention of provisioned streams is billed per shard, whatever lies in it.',
  "The advantage commitment is the account's: here this stream alone has to fill 25 MiB/s in and out.",
  'Not in it: reading again of long-kept data, shard-level metrics of CloudWatch, KMS, transfer between regions.',
]
