/** Shares are 0..1; utilisation 1 = the shard's limit. Absent = not known, never zero. */
export type ShardEvidence = {
  /** The larger of bytes and records against their limits, mean over the window. */
  readonly utilisation?: number
  /** The same in the busiest second; only records that were read can tell. */
  readonly peakUtilisation?: number
  /** Which limit `utilisation` is about. */
  readonly measure: 'bytes' | 'records'
  readonly throttledRecords?: number
  /** The shard's part of the hash-key space and of the stream's traffic. */
  readonly spaceShare: number
  readonly trafficShare?: number
  /** Heaviest keys by the limiting measure, share of the shard's traffic (lower bounds), heaviest first. */
  readonly topKeys?: readonly { readonly partitionKey: string; readonly share: number }[]
  /** Share of the traffic that carries no partition key; then no key is to blame. */
  readonly keylessShare?: number
  /** Mean utilisation over all open shards, and how many there are. */
  readonly streamUtilisation?: number
  readonly openShardCount: number
  /** Width of the widest open shard over that of the narrowest. */
  readonly widthRatio: number
}

export type VerdictKind =
  | 'no-data'
  | 'one-hot-key'
  | 'few-hot-keys'
  | 'under-provisioned'
  | 'wide-range'
  | 'hot'
  | 'burst'
  | 'throttled-low-average'
  | 'uneven-ranges'
  | 'cold'
  | 'fine'

/** A sentence, why it is said, and what to do. `partitionKeys` are untrusted until drawn. */
export type Verdict = {
  readonly kind: VerdictKind
  readonly sentence: string
  readonly nextStep: string
  readonly partitionKeys: readonly string[]
}

/** From here on a shard is called hot. */
export const HOT_UTILISATION = 0.8
const QUIET_UTILISATION = 0.5
const COLD_UTILISATION = 0.05
/** One key with this part of a hot shard is the cause of it. */
const HOT_KEY_SHARE = 0.5
/** This many keys together with `FEW_KEYS_SHARE` are "a few". */
const FEW_KEYS = 5
const FEW_KEYS_SHARE = 0.6
/** Lighter than this part of the heaviest key, a key is not one of the few. */
const BESIDE_FIRST = 0.25
const UNEVEN_WIDTHS = 1.5
/** Traffic goes with width when their shares differ by less than this factor. */
const PROPORTIONAL = 1.4
/** A shard that takes so many times an even share of the traffic stands out, however cool it still is. */
const STANDS_OUT = 1.5

type Rule = {
  readonly kind: VerdictKind
  readonly holds: (evidence: ShardEvidence) => boolean
  readonly say: (evidence: ShardEvidence) => Omit<Verdict, 'kind' | 'partitionKeys'>
  readonly keys?: (evidence: ShardEvidence) => readonly string[]
}

const percent = (share: number | undefined): string =>
  share === undefined
    ? 'an unknown part'
    : share > 0 && share < 0.005
      ? 'under 1 %'
      : `${Math.round(share * 100)} %`
const isHot = ({ utilisation }: ShardEvidence): boolean => (utilisation ?? 0) >= HOT_UTILISATION
/** Pressed on the whole, or in its busiest second, or so that records were refused. */
const isPressed = (evidence: ShardEvidence): boolean =>
  isHot(evidence) || (evidence.peakUtilisation ?? 0) >= 1 || (evidence.throttledRecords ?? 0) > 0
/** Not idle, and well above an even share of the stream's traffic: it will be the first to fill. */
const standsOut = ({ utilisation, trafficShare, openShardCount }: ShardEvidence): boolean =>
  (utilisation ?? 0) >= COLD_UTILISATION &&
  openShardCount > 1 &&
  (trafficShare ?? 0) * openShardCount >= STANDS_OUT
/** The heaviest keys, without those that are light beside the first. */
const fewKeys = ({ topKeys = [], keylessShare }: ShardEvidence) =>
  (keylessShare ?? 0) > 0.5
    ? []
    : topKeys.slice(0, FEW_KEYS).filter(({ share }) => share >= (topKeys[0]?.share ?? 0) * BESIDE_FIRST)
const sumOfShares = (keys: readonly { readonly share: number }[]): number =>
  keys.reduce((sum, { share }) => sum + share, 0)

/** Tried from top to bottom; the first that holds is the verdict. */
export const VERDICT_RULES: readonly Rule[] = [
  {
    kind: 'no-data',
    holds: ({ utilisation, peakUtilisation, throttledRecords }) =>
      utilisation === undefined && peakUtilisation === undefined && (throttledRecords ?? 0) === 0,
    say: () => ({
      sentence: 'no data yet',
      nextStep: 'Wait for the first complete second, or choose the other source.',
    }),
  },
  {
    kind: 'one-hot-key',
    holds: evidence =>
      (isPressed(evidence) || standsOut(evidence)) && (fewKeys(evidence)[0]?.share ?? 0) >= HOT_KEY_SHARE,
    say: evidence => ({
      sentence: `one key carries ${percent(fewKeys(evidence)[0]?.share)} of its ${evidence.measure}`,
      nextStep: isPressed(evidence)
        ? 'Spread that key over several (salt it): no split divides one key.'
        : 'It will be the first to fill: plan to spread that key over several (salt it).',
    }),
    keys: evidence =>
      fewKeys(evidence)
        .slice(0, 1)
        .map(({ partitionKey }) => partitionKey),
  },
  {
    kind: 'few-hot-keys',
    holds: evidence =>
      (isPressed(evidence) || standsOut(evidence)) &&
      fewKeys(evidence).length > 1 &&
      sumOfShares(fewKeys(evidence)) >= FEW_KEYS_SHARE,
    say: evidence => ({
      sentence: `${fewKeys(evidence).length} keys carry ${percent(sumOfShares(fewKeys(evidence)))} of its ${evidence.measure}`,
      nextStep: 'Split it between them, at the load and not at the middle.',
    }),
    keys: evidence => fewKeys(evidence).map(({ partitionKey }) => partitionKey),
  },
  {
    kind: 'under-provisioned',
    holds: evidence => isHot(evidence) && (evidence.streamUtilisation ?? 0) >= HOT_UTILISATION * 0.85,
    say: ({ streamUtilisation }) => ({
      sentence: `the whole stream is at ${percent(streamUtilisation)}: too few shards`,
      nextStep: 'Raise the shard count; splitting one shard only moves the trouble.',
    }),
  },
  {
    kind: 'wide-range',
    holds: ({ spaceShare, trafficShare, openShardCount, ...evidence }) =>
      isHot({ spaceShare, openShardCount, ...evidence }) &&
      trafficShare !== undefined &&
      spaceShare * openShardCount >= UNEVEN_WIDTHS &&
      trafficShare <= spaceShare * PROPORTIONAL,
    say: ({ spaceShare, trafficShare }) => ({
      sentence: `it owns ${percent(spaceShare)} of the hash space and takes ${percent(trafficShare)} of the traffic`,
      nextStep: 'Split it: its keys are even, its range is wide.',
    }),
  },
  {
    kind: 'hot',
    holds: isHot,
    say: ({ utilisation, measure, topKeys, keylessShare }) => {
      const sentence = `at ${percent(utilisation)} of its ${measure} limit`
      if ((keylessShare ?? 0) > 0.5) {
        const nextStep = 'Raise the shard count: the service spreads records without keys by itself.'
        return { sentence: `${sentence}; its records carry no key`, nextStep }
      }
      if (topKeys === undefined) {
        return {
          sentence: `${sentence}, keys unknown`,
          nextStep: 'Read records to see its keys before splitting.',
        }
      }
      return { sentence: `${sentence}, spread over many keys`, nextStep: 'Split it at the load.' }
    },
  },
  {
    kind: 'burst',
    holds: ({ utilisation, peakUtilisation }) =>
      (peakUtilisation ?? 0) >= 1 && (utilisation ?? 0) < HOT_UTILISATION,
    say: ({ utilisation, peakUtilisation }) => ({
      sentence: `bursts to ${percent(peakUtilisation)} within a second, ${percent(utilisation)} on average`,
      nextStep: 'Smooth the producer or batch less at once; if it cannot, split for the peak.',
    }),
  },
  {
    kind: 'throttled-low-average',
    holds: ({ utilisation, throttledRecords }) =>
      (throttledRecords ?? 0) > 0 && (utilisation ?? 0) < HOT_UTILISATION,
    say: ({ utilisation, throttledRecords }) => ({
      sentence: `${throttledRecords} records refused although it averages ${percent(utilisation)}`,
      nextStep: 'Look at single seconds: limits act by the second, these figures by the minute.',
    }),
  },
  {
    kind: 'uneven-ranges',
    holds: ({ widthRatio, spaceShare, trafficShare, openShardCount, utilisation }) =>
      widthRatio >= UNEVEN_WIDTHS &&
      (utilisation ?? 0) >= COLD_UTILISATION &&
      spaceShare * openShardCount >= UNEVEN_WIDTHS &&
      (trafficShare ?? 0) >= spaceShare / PROPORTIONAL,
    say: ({ spaceShare, openShardCount }) => ({
      sentence: `its range is ${(spaceShare * openShardCount).toFixed(1)} times an even share, from earlier reshards`,
      nextStep: 'It will be the first to fill: split it, or even out with a reshard.',
    }),
  },
  {
    kind: 'cold',
    holds: ({ utilisation }) => (utilisation ?? 0) < COLD_UTILISATION,
    say: ({ utilisation, openShardCount }) => ({
      sentence: utilisation === 0 ? 'idle' : `nearly idle at ${percent(utilisation)}`,
      nextStep: openShardCount > 1 ? 'A candidate for a merge with a neighbour.' : 'Nothing to do.',
    }),
  },
  {
    kind: 'fine',
    holds: () => true,
    say: ({ utilisation }) => ({ sentence: `fine at ${percent(utilisation)}`, nextStep: 'Nothing to do.' }),
  },
]

/** The verdict on one open shard, with its evidence in the sentence. */
export function verdictOn(evidence: ShardEvidence): Verdict {
  const rule = VERDICT_RULES.find(({ holds }) => holds(evidence))
  if (rule === undefined) throw new Error('the last rule always holds')
  return { kind: rule.kind, ...rule.say(evidence), partitionKeys: rule.keys?.(evidence) ?? [] }
}

/** How much of a limit is used, in steps that a glyph and a colour can show. */
export type HeatLevel = 'unknown' | 'cold' | 'low' | 'warm' | 'hot' | 'over'

/** `over` from the limit itself on; `hot` from 80 %. */
export function heatLevelOf(utilisation: number | undefined): HeatLevel {
  if (utilisation === undefined) return 'unknown'
  if (utilisation >= 1) return 'over'
  if (utilisation >= HOT_UTILISATION) return 'hot'
  if (utilisation >= QUIET_UTILISATION) return 'warm'
  return utilisation >= COLD_UTILISATION ? 'low' : 'cold'
}
