import type { Command } from './command.ts'
import { copyRecord } from './copy-command.ts'
import { exportRecords } from './export-command.ts'
import { HEAT_SCREEN_COMMANDS } from './heat-screen-commands.ts'
import { MATCH_COMMANDS } from './match-commands.ts'
import { NAVIGATION_COMMANDS } from './navigation-commands.ts'
import { READERS_SCREEN_COMMANDS } from './readers-commands.ts'
import { MORE_SCREEN_COMMANDS, OPEN_NAMED, SCREEN_COMMANDS } from './screen-commands.ts'
import { SERVICE_COMMANDS } from './service-commands.ts'
import { SERVICES_SCREEN_COMMANDS } from './services-commands.ts'
import { SESSION_COMMANDS } from './session-commands.ts'
import { STREAM_FACTS_COMMANDS } from './stream-facts-commands.ts'
import { TAIL_SCREEN_COMMANDS } from './tail-screen-commands.ts'
import { TAIL_START_COMMANDS } from './tail-start-commands.ts'
import { GENERAL_COMMANDS } from './view-commands.ts'

/** Everything that can be done, once. Keys, palette, help, hints, flags and `--help` are computed from this list. */
export const COMMANDS: readonly Command[] = [
  ...SCREEN_COMMANDS,
  ...TAIL_SCREEN_COMMANDS,
  ...TAIL_START_COMMANDS,
  ...MATCH_COMMANDS,
  exportRecords,
  copyRecord,
  ...HEAT_SCREEN_COMMANDS,
  ...READERS_SCREEN_COMMANDS,
  ...SERVICES_SCREEN_COMMANDS,
  ...SERVICE_COMMANDS,
  ...STREAM_FACTS_COMMANDS,
  ...MORE_SCREEN_COMMANDS,
  ...GENERAL_COMMANDS,
  OPEN_NAMED,
  ...SESSION_COMMANDS,
  ...NAVIGATION_COMMANDS,
]
