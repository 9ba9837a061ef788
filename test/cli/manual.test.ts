import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES, EXIT_MEANINGS } from '../../source/cli/exit-codes.ts'
import { flagsOfCommand, headlessCommands } from '../../source/cli/flags.ts'
import { manualPage } from '../../source/cli/manual.ts'
import { chordLabel } from '../../source/commands/keymap.ts'
import { reboundCommands } from '../../source/commands/rebinding.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { CONFIG_VARIABLES } from '../../source/config.ts'
import { FILES, VARIABLES } from '../../source/manual-tables.ts'
import { run } from './program.ts'

const page = manualPage(COMMANDS, { version: '1.2.3', variables: VARIABLES, files: FILES })
const has = (program: string, flag: string): boolean => spawnSync(program, [flag]).error === undefined
const plain = page
  .replaceAll('\\-', '-')
  .replaceAll('\\&', '')
  .replaceAll('\\e', '\\')
  .replaceAll('\\(ha', '^')
  .replaceAll('\\(ti', '~')
const section = (name: string): string => plain.split(`\n.SH ${name}\n`)[1]?.split('\n.SH ')[0] ?? ''
const flat = (text: string): string => text.replaceAll('\n', ' ')

describe('the manual page', () => {
  it('is what the program prints', async () => {
    const { code, stdout } = await run(['man'])
    expect(code).toBe(0)
    expect(stdout.replace(/"shardscope [\d.]+"/, '"shardscope 1.2.3"')).toBe(page)
  })

  it('has the sections of every manual page, in order', () => {
    expect([...page.matchAll(/^\.SH "?([A-Z ]+)"?$/gm)].map(match => match[1])).toEqual([
      'NAME',
      'SYNOPSIS',
      'DESCRIPTION',
      'OPTIONS',
      'COMMANDS',
      'KEYS',
      'FILES',
      'ENVIRONMENT',
      'EXIT STATUS',
      'EXAMPLES',
    ])
  })

  it('has every command with every flag, and every key with the name of its command', () => {
    for (const command of headlessCommands(COMMANDS)) {
      const own =
        section('COMMANDS').split(`\n.SS "shardscope ${command.headless.name} `)[1]?.split('\n.SS ')[0] ??
        section('COMMANDS').split(`.SS "shardscope ${command.headless.name} `)[1]?.split('\n.SS ')[0] ??
        ''
      expect(flat(own)).toContain(command.title)
      for (const flag of Object.keys(flagsOfCommand(command))) expect(own).toContain(`.B --${flag}`)
    }
    const keys = flat(section('KEYS'))
    for (const {
      id,
      keys: [first],
      where,
    } of COMMANDS) {
      if (where !== 'everywhere' && where.length === 0) continue
      expect(keys).toContain(`[${id}]`)
      if (first !== undefined) expect(keys).toContain(`.B ${chordLabel(first)}`)
    }
  })

  it('tells the keys of the user', () => {
    const own = reboundCommands(COMMANDS, new Map([['shard.split', ['X']]]))
    expect(flat(manualPage(own, { version: '1', variables: [], files: [] }))).toMatch(
      /\.B X Split an open[^[]*\[shard\.split\]/,
    )
  })

  it('has every variable that is read, and every exit code with the words of README.md', () => {
    const variables = section('ENVIRONMENT')
    for (const name of CONFIG_VARIABLES) expect(variables).toContain(`.B ${name}\n`)
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
      .replaceAll('`', '')
      .replaceAll('\\|', '|')
    for (const [code, meaning] of EXIT_MEANINGS) expect(readme).toContain(`| ${code} | ${meaning} |`)
    const told = EXIT_MEANINGS.flatMap(([codes]) => codes.split(', ').map(Number))
    expect(
      [...new Set([...Object.values(EXIT_CODES), 0, 78, 143])].filter(code => !told.includes(code)),
    ).toEqual([])
  })

  it.runIf(has('groff', '--version'))('is without a warning to groff', () => {
    const { stderr, stdout } = spawnSync('groff', ['-man', '-ww', '-Tascii'], {
      input: page,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    // Bold is a letter, a backspace and the letter again.
    expect(stdout.replace(/.\x08/g, '')).toContain('shardscope tail STREAM [options]')
  })

  it.runIf(has('mandoc', '-V'))('is without a warning to mandoc', () => {
    const { stdout } = spawnSync('mandoc', ['-Tlint', '-Wwarning'], { input: page, encoding: 'utf8' })
    expect(stdout).toBe('')
  })
})
