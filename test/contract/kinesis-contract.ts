import type { Scene } from './fact.ts'
import { consumerScene } from './facts/consumers.ts'
import { mergingScene } from './facts/merging.ts'
import { manyShardsScene, shardPagingScene, streamPagingScene } from './facts/paging.ts'
import { readingScene } from './facts/reading.ts'
import { routingScene } from './facts/routing.ts'
import { scalingScenes } from './facts/scaling.ts'
import { retentionScene, tagScene } from './facts/settings.ts'
import { shardScenes, thirdsScene } from './facts/shards.ts'
import { busyScene, splittingScene } from './facts/splitting.ts'
import { onDemandScene, streamScene } from './facts/streams.ts'
import { dailyLimitScene, throttlingScene } from './facts/throttling.ts'
import { timeScene } from './facts/time.ts'
import { writingScene } from './facts/writing.ts'

/** All that is expected of Kinesis, in the order in which it is tried. */
export const KINESIS_CONTRACT: readonly Scene[] = [
  streamScene,
  ...shardScenes,
  thirdsScene,
  routingScene,
  writingScene,
  readingScene,
  splittingScene,
  busyScene,
  mergingScene,
  ...scalingScenes,
  retentionScene,
  tagScene,
  streamPagingScene,
  shardPagingScene,
  manyShardsScene,
  onDemandScene,
  consumerScene,
  throttlingScene,
  dailyLimitScene,
  timeScene,
]

/** What can be tried of a target whose clock cannot be moved. */
export const STANDING_SCENES: readonly Scene[] = KINESIS_CONTRACT.filter(scene => !scene.movesTime)
