import { setCommitment, showAccount, showLimits } from './account-commands.ts'
import type { Command } from './command.ts'
import { deregisterConsumer, listConsumers, registerConsumer } from './consumer-commands.ts'
import { setDistribution } from './distribution-command.ts'
import { startEncryption, stopEncryption } from './encryption-commands.ts'
import { deletePolicy, putPolicy, showPolicy } from './policy-commands.ts'
import { setMaxRecordSize, setMode, setWarmThroughput } from './setting-commands.ts'

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
