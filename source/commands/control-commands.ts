import { setCommitment, showAccount, showLimits } from './account-commands.ts'
import type { Command } from './command.ts'
import { deregisterConsumer, listConsumers, registerConsumer } from './consumer-commands.ts'
import { deletePolicy, putPolicy, showPolicy } from './policy-commands.ts'
import {
  setDistribution,
  setMaxRecordSize,
  setMode,
  setWarmThroughput,
  startEncryption,
  stopEncryption,
} from './setting-commands.ts'

/** What sets streams and the account, in the order of `--help`. */
export const CONTROL_COMMANDS: readonly Command[] = [
  setMode,
  setWarmThroughput,
  setMaxRecordSize,
  startEncryption,
  stopEncryption,
  setDistribution,
  listConsumers,
  registerConsumer,
  deregisterConsumer,
  showPolicy,
  putPolicy,
  deletePolicy,
  showLimits,
  showAccount,
  setCommitment,
]
