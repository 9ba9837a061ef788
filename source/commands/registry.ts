import type { Command } from './command.ts'
import { SERVICE_COMMANDS } from './service-commands.ts'
import { SESSION_COMMANDS } from './session-commands.ts'
import { VIEW_COMMANDS } from './view-commands.ts'

/** The one list of all commands: keys, palette, help, forms, flags and `--help` are computed from it. */
export const COMMANDS: readonly Command[] = [...VIEW_COMMANDS, ...SERVICE_COMMANDS, ...SESSION_COMMANDS]
