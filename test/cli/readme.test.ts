import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { EXIT_CODES } from '../../source/cli/exit-codes.ts'
import { flagsOfCommand, headlessCommands } from '../../source/cli/flags.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { readmeWithKeys } from '../../source/tooling/key-reference.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

it('README lists exactly the exit codes that there are', () => {
  const section = readme.split('### Exit codes')[1]?.split('\n## ')[0] ?? ''
  const listed = [...section.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(match =>
    (match[1] ?? '').split(', ').map(Number),
  )
  // Beside the kinds of failure: success, an old Node, SIGTERM.
  expect(listed.sort((a, b) => a - b)).toEqual(
    [...new Set([...Object.values(EXIT_CODES), 0, 78, 143])].sort((a, b) => a - b),
  )
})

it('README names every command and every flag that only one command has', () => {
  const commands = headlessCommands(COMMANDS)
  const users = Map.groupBy(
    commands.flatMap(command => Object.keys(flagsOfCommand(command))),
    flag => flag,
  )
  for (const { headless } of commands)
    expect(readme).toMatch(new RegExp(`\\b${headless.name}\\b STREAM|shardscope ${headless.name}\\b`))
  const own = [...users].filter(([, list]) => list.length === 1).map(([flag]) => flag)
  const undocumented = own.filter(flag => !readme.includes(`--${flag}`))
  expect(undocumented).toEqual(['explicit-hash-key', 'enforce-consumer-deletion'])
})

it('README has the keys that the commands have (npm run keys writes them)', () => {
  expect(readmeWithKeys(readme)).toBe(readme)
})
