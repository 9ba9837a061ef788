import type { Command } from './command.ts'
import { CONTROL_COMMANDS } from './control-commands.ts'
import { runDoctor } from './doctor-command.ts'
import { estimateCost } from './estimate-command.ts'
import { findRecords } from './find-command.ts'
import { generateTraffic } from './generate-command.ts'
import { listKeys, measureHeat, whereIsKey, writeReport } from './heat-commands.ts'
import { setMonitoring } from './monitoring-command.ts'
import { makeShardPlan, runShardPlan } from './plan-commands.ts'
import { listPlans, resumePlan } from './plan-resume.ts'
import { putRecord } from './put-command.ts'
import { putRecords } from './put-many-command.ts'
import { listReaders } from './readers-commands.ts'
import { tailRecords } from './record-commands.ts'
import { replayRecords } from './replay-command.ts'
import { reshardStream } from './reshard-command.ts'
import { setRetention } from './retention-command.ts'
import { runSandbox } from './sandbox-command.ts'
import { listServices, putDeliveryRecord } from './services-commands.ts'
import { listShards, mergeShards, splitShard } from './shard-commands.ts'
import { createStream, deleteStream } from './stream-acts.ts'
import { listStreams } from './stream-commands.ts'
import { addTag, listTags, removeTag } from './tag-commands.ts'

/** What asks or changes the service, in the order of `--help`. */
export const SERVICE_COMMANDS: readonly Command[] = [
  listStreams,
  listShards,
  tailRecords,
  findRecords,
  measureHeat,
  listKeys,
  whereIsKey,
  writeReport,
  putRecord,
  putRecords,
  generateTraffic,
  replayRecords,
  createStream,
  deleteStream,
  splitShard,
  mergeShards,
  reshardStream,
  makeShardPlan,
  runShardPlan,
  resumePlan,
  listPlans,
  setRetention,
  setMonitoring,
  ...CONTROL_COMMANDS,
  estimateCost,
  listReaders,
  listServices,
  putDeliveryRecord,
  runDoctor,
  listTags,
  addTag,
  removeTag,
  runSandbox,
]
