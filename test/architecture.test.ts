import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CONFIG_VARIABLES } from '../source/config.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'source')

/** Which folders a folder may import from, types included; source/README.md shows the same table. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  aws: ['domain'],
  tail: ['domain', 'aws/kinesis-api.ts'],
  state: ['domain'],
  report: ['domain', 'state'],
  commands: [
    'domain',
    'state',
    'tail',
    'report',
    'aws/kinesis-api.ts',
    'aws/control-api.ts',
    'aws/metrics-api.ts',
    'aws/services-api.ts',
  ],
  journal: ['domain'],
  'user-config': ['domain', 'journal', 'commands'],
  ui: ['domain', 'state', 'commands'],
  cli: ['domain', 'state', 'commands'],
  // Independent on purpose: it must not agree with our own mistakes.
  sandbox: [],
}
/** Packages and built-in modules that only some folders may touch. */
const ONLY_IN: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^@aws-sdk\//, ['aws']],
  // The sandbox encodes the wire format itself; the codecs of the SDK would share the client's mistakes.
  [/^@smithy\/(?!core\/(cbor|serde|event-streams|protocols)$)/, ['aws']],
  [/^(ink|react)(\/|$)/, ['ui', 'console.tsx', 'open-console.tsx']],
  [/^yargs/, ['cli']],
  [/^string-width$/, ['cli']],
  [/^node:(http|https|http2|net|tls)$/, ['aws', 'sandbox']],
]
/** All that domain may ask of the runtime: hashing and unpacking are computation. */
const DOMAIN_BUILTINS = new Set(['node:crypto', 'node:zlib'])
/** Packages that are computation alone: the two languages of a filter. */
const DOMAIN_PACKAGES = new Set(['re2js', '@aws-lambda-powertools/jmespath'])
const LONGEST_WITHOUT_REASON = 300

type Import = { readonly from: string; readonly isType: boolean }

const files = filesBelow(source).filter(file => /\.(ts|tsx|mjs)$/.test(file))
const imports = new Map(files.map(file => [file, importsOf(file)]))

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const statements = [...text.matchAll(/^\s*(import|export)\s+(type\s+)?[^'"`;]*?from\s+['"]([^'"]+)['"]/gm)]
  const bare = [...text.matchAll(/^\s*import\s+['"]([^'"]+)['"]/gm)]
  const dynamic = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)]
  return [
    ...statements.map(match => ({ from: match[3] ?? '', isType: match[2] !== undefined })),
    ...[...bare, ...dynamic].map(match => ({ from: match[1] ?? '', isType: false })),
  ]
}

/** `commands/act.ts`, or `main.ts` for what lies at the top. */
const nameOf = (file: string): string => relative(source, file).replaceAll('\\', '/')
const folderOf = (name: string): string => (name.includes('/') ? (name.split('/')[0] ?? '') : name)
const isLocal = (from: string): boolean => from.startsWith('.')
const targetOf = (file: string, from: string): string => nameOf(resolve(dirname(file), from))

describe('imports', () => {
  it('finds the imports at all', () => {
    const main = imports.get(join(source, 'main.ts'))?.map(({ from }) => from)
    expect(main).toContain('./cli/parse.ts')
    expect(main).toContain('./console.tsx')
    expect(files.length).toBeGreaterThan(100)
  })

  it('stay inside the table', () => {
    const wrong: string[] = []
    for (const [file, list] of imports) {
      const name = nameOf(file)
      const allowed = MAY_IMPORT[folderOf(name)]
      if (allowed === undefined) continue
      for (const { from, isType } of list.filter(entry => isLocal(entry.from))) {
        const target = targetOf(file, from)
        const isOwn = folderOf(target) === folderOf(name)
        // The port is a type; importing a value from it would import its folder.
        const isPort = allowed.includes(target) && isType
        if (!isOwn && !allowed.includes(folderOf(target)) && !isPort) wrong.push(`${name} -> ${target}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('name every folder of the table, and no folder is without a row', () => {
    const folders = readdirSync(source, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
    expect(folders.filter(name => name !== 'tooling' && name !== 'assets').sort()).toEqual(
      Object.keys(MAY_IMPORT).sort(),
    )
  })

  it('have no cycles', () => {
    const cycles: string[] = []
    const done = new Set<string>()
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].map(nameOf).join(' -> '))
        return
      }
      if (done.has(file)) return
      for (const { from } of (imports.get(file) ?? []).filter(entry => isLocal(entry.from)))
        visit(resolve(dirname(file), from), [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(cycles).toEqual([])
  })

  it('write the extension, and point at files that are there', () => {
    const wrong: string[] = []
    for (const [file, list] of imports) {
      for (const { from } of list.filter(entry => isLocal(entry.from))) {
        const target = resolve(dirname(file), from)
        if (!imports.has(target) && !from.endsWith('.json')) wrong.push(`${nameOf(file)}: ${from}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('keep packages and sockets where they belong', () => {
    const wrong: string[] = []
    for (const [file, list] of imports) {
      const name = nameOf(file)
      if (folderOf(name) === 'tooling') continue
      for (const { from } of list) {
        for (const [pattern, places] of ONLY_IN) {
          if (pattern.test(from) && !places.includes(folderOf(name))) wrong.push(`${name}: ${from}`)
        }
        if (
          folderOf(name) === 'domain' &&
          !isLocal(from) &&
          !DOMAIN_BUILTINS.has(from) &&
          !DOMAIN_PACKAGES.has(from)
        )
          wrong.push(`${name}: ${from}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('files', () => {
  const textOf = (file: string): string => readFileSync(file, 'utf8')

  it('over 300 lines say why at their top', () => {
    const silent = files
      .filter(file => textOf(file).trimEnd().split('\n').length > LONGEST_WITHOUT_REASON)
      .filter(file => !/^(#!.*\n)?\s*(\/\/|\/\*)/.test(textOf(file)))
      .map(nameOf)
    expect(silent).toEqual([])
  })

  it('have kebab-case names, named exports and no index', () => {
    const wrong = files
      .filter(file => !/^[a-z0-9]+(-[a-z0-9]+)*\.(ts|tsx|mjs)$/.test(file.split('/').at(-1) ?? ''))
      .concat(files.filter(file => /\/index\.tsx?$/.test(file)))
      .concat(files.filter(file => !file.endsWith('.mjs') && /^export default/m.test(textOf(file))))
      .map(nameOf)
    expect(wrong).toEqual([])
  })

  it('read keys in one place', () => {
    const users = files.map(nameOf).filter(name => /\buseInput\b/.test(textOf(join(source, name))))
    expect(users).toHaveLength(1)
    expect(users[0]).toMatch(/^ui\//)
  })

  it('leave the command line, the exit code and the clock to those who own them', () => {
    const wrong: string[] = []
    for (const file of files) {
      const name = nameOf(file)
      const text = textOf(file)
      const folder = folderOf(name)
      if (folder === 'tooling') continue
      if (/process\.(argv|exitCode)/.test(text) && name !== 'bin.ts') wrong.push(`${name}: argv or exit code`)
      const isPure = folder === 'domain' || folder === 'state'
      if (isPure && /\bDate\.now\(|\bMath\.random\(|\bsetTimeout\(|\bprocess\./.test(text)) {
        wrong.push(`${name}: time, chance or process`)
      }
      const isTimed = folder === 'commands' || folder === 'tail' || folder === 'ui'
      if (isTimed && /\bDate\.now\(|\bMath\.random\(/.test(text)) wrong.push(`${name}: time or chance`)
    }
    expect(wrong).toEqual([])
  })
})

describe('what is published about the project', () => {
  it('.env.example names exactly the variables that are read', () => {
    const named = [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)]
    expect(named.map(match => match[1] ?? '').sort()).toEqual([...CONFIG_VARIABLES].sort())
  })

  it('source/README.md gives a reason for every package', () => {
    const readme = readFileSync(join(source, 'README.md'), 'utf8')
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string> | undefined
    >
    const packages = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap(kind =>
      Object.keys(manifest[kind] ?? {}),
    )
    expect(packages.filter(name => !new RegExp(`^\\| \`${name}\` +\\| \\S`, 'm').test(readme))).toEqual([])
    const listed = [...readme.matchAll(/^\| `([^`]+)` +\| /gm)].map(match => match[1] ?? '')
    expect(listed.filter(name => !name.endsWith('/') && !packages.includes(name))).toEqual([])
  })

  it('source/README.md shows the import table that is enforced here', () => {
    const readme = readFileSync(join(source, 'README.md'), 'utf8')
    for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
      const names = allowed.map(name => (name.endsWith('.ts') ? `\`${name}\` (types)` : `\`${name}/\``))
      expect(readme).toContain(`| \`${folder}/\` | ${names.join(', ') || 'nothing of ours'} |`)
    }
  })

  it('the lock file names no host to fetch from', () => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
    expect(lock).not.toContain('"resolved"')
  })
})
