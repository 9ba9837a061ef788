import type { Argv } from 'yargs'
import {
  COMMON_FLAGS,
  CONSOLE_FLAGS,
  describeArgument,
  flagsOfCommand,
  type HeadlessCommand,
  LEAVING_FLAGS,
  placeholderOf,
  positionalsOf,
  usageLine,
} from './flags.ts'
import { PROGRAM_WORDS } from './program-words.ts'

/** The help of one command, or of the program where none is given; all of it computed from the registry. */
export async function helpText(
  parser: Argv,
  command: HeadlessCommand | undefined,
  commands: readonly HeadlessCommand[],
): Promise<string> {
  let introduction: readonly string[]
  if (command === undefined) {
    const words = [
      ...commands.map(({ headless, title }) => ({ name: headless.name, title })),
      ...PROGRAM_WORDS,
    ]
    const width = Math.max(...words.map(({ name }) => name.length))
    const list = words.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`)
    introduction = [
      'shardscope: a terminal console for Amazon Kinesis Data Streams',
      '',
      'Usage:',
      '  shardscope [options]            open the console',
      '  shardscope COMMAND [options]    print and leave',
      '',
      'Commands:',
      ...list,
      '',
      'Without a profile, region or endpoint the console opens on an embedded sandbox.',
      'shardscope COMMAND --help tells more about one.',
    ]
  } else {
    const positionals = positionalsOf(command)
    const width = Math.max(0, ...positionals.map(([name]) => name.length))
    introduction = [
      `Usage: ${usageLine(command)}`,
      '',
      `${command.title}.`,
      ...(positionals.length === 0 ? [] : ['', 'Arguments:']),
      ...positionals.map(
        entry =>
          `  ${placeholderOf([entry[0], { ...entry[1], required: true }]).padEnd(width)}  ${describeArgument(entry[1])}`,
      ),
    ]
    parser.group(Object.keys(flagsOfCommand(command)), 'Options:')
  }
  if (command === undefined) parser.group(Object.keys(CONSOLE_FLAGS), 'Options of the console:')
  parser.group([...Object.keys(COMMON_FLAGS), ...Object.keys(LEAVING_FLAGS)], 'Common options:')
  return `${introduction.join('\n')}\n\n${await parser.getHelp()}`
}
