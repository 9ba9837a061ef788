import { countText, shareText } from '../quantity-text.ts'
import type { HeatBoard } from './shard-heat.ts'
import { HOT_UTILISATION } from './verdict.ts'

/** Shares of an even load scatter a little; from here on the stream as a whole is the trouble. */
const FULL_STREAM = HOT_UTILISATION * 0.85

export type StreamVerdict = { readonly sentence: string; readonly nextStep: string }

/**
 * What is wrong with the stream as a whole, or undefined where nothing is: all that can be said while nothing is known of
 * single shards.
 */
export function streamVerdict(board: HeatBoard): StreamVerdict | undefined {
  const { utilisation, throttledRecords, openShardCount } = board
  if (utilisation !== undefined && utilisation >= FULL_STREAM) {
    return {
      sentence: `the whole stream is at ${shareText(utilisation)} of its ${countText(openShardCount)} shards: too few`,
      nextStep: 'Raise the shard count; splitting one shard only moves the trouble.',
    }
  }
  if ((throttledRecords ?? 0) > 0) {
    const average = utilisation === undefined ? '' : ` although the stream averages ${shareText(utilisation)}`
    return {
      sentence: `${countText(throttledRecords)} records refused${average}`,
      nextStep:
        'One shard is hot, or bursts are: look at single shards, by reading records or with shard-level metrics.',
    }
  }
  return undefined
}
