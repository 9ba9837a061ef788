// Writes the table of keys in README.md from the commands themselves: npm run keys
import { readFileSync, writeFileSync } from 'node:fs'
import { COMMANDS } from '../commands/registry.ts'

const README = new URL('../../README.md', import.meta.url)
const BEGIN = '<!-- keys: written by `npm run keys` -->'
const END = '<!-- end of keys -->'

const inCode = (key: string): string => `\`${key.replace('|', '\\|')}\``

/** The keys that do something everywhere first, then those of the screens, as one table in Markdown. */
export function keyReference(): string {
  const bound = COMMANDS.filter(({ keys }) => keys.length > 0)
  const [general, special] = [true, false].map(isGeneral =>
    bound.filter(({ where }) => (where === 'everywhere') === isGeneral),
  )
  const lines = [...(general ?? []), ...(special ?? [])].map(({ keys, where, title }) => {
    const place = where === 'everywhere' ? 'everywhere' : where.join(', ')
    return `| ${keys.map(inCode).join(' ')} | ${title.replaceAll('|', '\\|')} | ${place} |`
  })
  return ['| Keys | What they do | Screens |', '|---|---|---|', ...lines, ''].join('\n')
}

/** The README with its table of keys brought up to date. */
export function readmeWithKeys(readme: string): string {
  const [before, rest] = readme.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined)
    throw new Error(`README.md has no place between ${BEGIN} and ${END}`)
  return `${before}${BEGIN}\n\n${keyReference()}\n${END}${after}`
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(README, readmeWithKeys(readFileSync(README, 'utf8')))
}
