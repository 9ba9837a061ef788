/** What is not known. Never 0, which would be a claim. */
export const UNKNOWN = '-'

/** `512 B`, `1.2 KiB`, `10.0 MiB`: powers of 1,024. */
export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return UNKNOWN
  if (bytes < 1_024) return `${Math.round(bytes)} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes / 1_024
  let unit = 0
  // 1,023.96 KiB would be printed as 1024.0 KiB.
  while (value >= 1_023.95 && unit < units.length - 1) {
    value /= 1_024
    unit += 1
  }
  return `${value.toFixed(value < 1_000 ? 1 : 0)} ${units[unit]}`
}

/** `1,234`. */
export function countText(count: number | undefined): string {
  if (count === undefined) return UNKNOWN
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A count and its noun: `1 shard`, `2 shards`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `25.0 %` of a share 0..1; what is there but rounds to nothing is `<0.1 %`. */
export function shareText(share: number | undefined): string {
  if (share === undefined) return UNKNOWN
  const percent = share * 100
  return percent > 0 && percent < 0.05 ? '<0.1 %' : `${percent.toFixed(1)} %`
}

/** `12.3/s`; small rates keep a digit, large ones none. */
export function rateText(perSecond: number | undefined): string {
  if (perSecond === undefined) return UNKNOWN
  if (perSecond > 0 && perSecond < 0.05) return '<0.1/s'
  return perSecond < 100 ? `${perSecond.toFixed(1)}/s` : `${countText(perSecond)}/s`
}
