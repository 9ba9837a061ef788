import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** A variable: plain JavaScript has no types to check against. */
const OPTIONS = join(root, 'source/tooling/bundle-options.mjs')
const NODE = join(root, 'node_modules/.bin/node')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

type Material = {
  readonly name: string
  readonly version: string
  readonly 'bom-ref': string
  readonly licenses?: readonly { readonly license?: { readonly id: string }; readonly expression?: string }[]
}
type Materials = {
  readonly metadata: {
    readonly component: Material & {
      readonly components: readonly {
        readonly name: string
        readonly hashes: readonly { readonly content: string }[]
      }[]
    }
  }
  readonly components: readonly Material[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}
type Manifest = { readonly name: string; readonly version: string; readonly license: string }

const built = spawnSync(NODE, [join(root, 'source/tooling/bundle.mjs')], { cwd: root, encoding: 'utf8' })
const materials = JSON.parse(read('dist/shardscope.cdx.json')) as Materials
const licences = read('dist/THIRD-PARTY-LICENSES.txt')

/** Package folders of which the bundler put bytes into the file, asked of the bundler itself. */
const { partsOptions } = (await import(OPTIONS)) as {
  partsOptions: (root: string, entry: string, outdir: string) => BuildOptions
}
const { metafile } = await build({
  ...partsOptions(root, join(root, 'source/bin.ts'), join(root, 'dist')),
  absWorkingDir: root,
  metafile: true,
  write: false,
})
const folders = [
  ...new Set(
    Object.values(metafile?.outputs ?? {})
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && path.includes('node_modules/'))
      .map(([path]) => {
        const words = path.split('/')
        const at = words.lastIndexOf('node_modules')
        return words.slice(0, at + (words[at + 1]?.startsWith('@') ? 3 : 2)).join('/')
      }),
  ),
]
const bundled = folders.map(folder => JSON.parse(read(`${folder}/package.json`)) as Manifest)

const elsewhere = mkdtempSync(join(tmpdir(), 'shardscope-elsewhere-'))
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }))

test('the build works and leaves the program and what is told of it', () => {
  expect(built.stderr).toBe('')
  expect(
    readdirSync(join(root, 'dist'))
      .filter(name => !name.includes('shots'))
      .sort(),
  ).toEqual(expect.arrayContaining(['THIRD-PARTY-LICENSES.txt', 'shardscope.cdx.json', 'shardscope.mjs']))
})

describe('the bill of materials', () => {
  test('lists what is in the bundle, and nothing else', () => {
    const listed = materials.components.map(({ name, version }) => `${name}@${version}`).sort()
    expect(listed).toEqual([...new Set(bundled.map(({ name, version }) => `${name}@${version}`))].sort())
    expect(listed).toContain(`ink@${(JSON.parse(read('node_modules/ink/package.json')) as Manifest).version}`)
    expect(listed.some(name => name.startsWith('vitest@') || name.startsWith('typescript@'))).toBe(false)
  })

  test('names the very files that lie beside it, and the first file reads no other', () => {
    const files = materials.metadata.component.components
    for (const { name, hashes } of files) {
      const digest = createHash('sha256')
        .update(readFileSync(join(root, 'dist', name)))
        .digest('hex')
      expect(hashes[0]?.content, name).toBe(digest)
    }
    const names = new Set(files.map(({ name }) => name))
    const read = files.flatMap(({ name }) =>
      [
        ...readFileSync(join(root, 'dist', name), 'utf8').matchAll(/"\.{1,2}\/((?:parts\/)?[\w-]+\.mjs)"/g),
      ].map(([, path = '']) =>
        path.startsWith('parts/') || path === 'shardscope.mjs' ? path : `parts/${path}`,
      ),
    )
    expect(read.length).toBeGreaterThan(10)
    expect(read.filter(path => !names.has(path))).toEqual([])
  })

  test('its graph has only its own members, and all of them are reached', () => {
    const refs = new Set(materials.components.map(each => each['bom-ref']))
    const edges = new Map(materials.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
    const own = materials.metadata.component['bom-ref']
    const reached = new Set<string>([own])
    for (const ref of reached) for (const next of edges.get(ref) ?? []) reached.add(next)
    expect([...reached].filter(ref => ref !== own && !refs.has(ref))).toEqual([])
    expect([...refs].filter(ref => !reached.has(ref))).toEqual([])
  })
})

describe('licences', () => {
  test('of all that is in the bundle are named, and are ones that may be passed on', () => {
    const allowed = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0']
    for (const { name, version, license } of bundled) {
      expect(licences).toContain(`  ${name} ${version} (${license})`)
      expect(allowed).toContain(license)
    }
  })

  test('have their texts', () => {
    const text = (folder: string, file: string): string => read(`node_modules/${folder}/${file}`).trim()
    expect(licences).toContain(text('ink', 'license'))
    expect(licences).toContain(text('react', 'LICENSE'))
    expect(licences).toContain(text('yargs', 'LICENSE'))
  })
})

test('nothing that is published names a host to fetch packages from, or a path of this machine', () => {
  const files = materials.metadata.component.components.map(({ name }) => read(`dist/${name}`))
  for (const text of [licences, JSON.stringify(materials), ...files]) {
    expect(text).not.toMatch(/\bregistry\.[a-z]+\.[a-z]/)
    expect(text).not.toContain(root)
  }
})

test('two builds, in two folders, at another time, zone and language, are the same to the byte', () => {
  for (const path of ['source', 'package.json', 'package-lock.json', 'tsconfig.json']) {
    cpSync(join(root, path), join(elsewhere, 'deep er', path), { recursive: true })
  }
  const tools = [
    'node_modules/esbuild',
    ...readdirSync(join(root, 'node_modules/@esbuild')).map(name => `node_modules/@esbuild/${name}`),
  ]
  // What the bundler reads and leaves out again counts too: types alone, empty halves.
  const inputs = Object.keys(metafile?.inputs ?? {}).filter(path => path.startsWith('node_modules/'))
  const read = new Set(
    inputs.map(path =>
      path
        .split('/')
        .slice(0, path.split('/')[1]?.startsWith('@') ? 3 : 2)
        .join('/'),
    ),
  )
  for (const path of new Set([...tools, ...read])) {
    if (existsSync(join(root, path)))
      cpSync(join(root, path), join(elsewhere, 'deep er', path), { recursive: true })
  }
  const script = join(elsewhere, 'deep er', 'source/tooling/bundle.mjs')
  const second = spawnSync(NODE, [script], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? '', TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8' },
    encoding: 'utf8',
  })
  expect(second.stderr).toBe('')
  const files = materials.metadata.component.components.map(({ name }) => name)
  for (const name of [...files, 'THIRD-PARTY-LICENSES.txt', 'shardscope.cdx.json']) {
    const here = readFileSync(join(root, 'dist', name))
    const there = readFileSync(join(elsewhere, 'deep er', 'dist', name))
    expect(there.equals(here), name).toBe(true)
  }
}, 120_000)

test('the lock file pins every package by its content', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    readonly packages: Readonly<Record<string, { readonly integrity?: string; readonly link?: boolean }>>
  }
  const loose = Object.entries(lock.packages).filter(
    ([place, { integrity, link }]) => place !== '' && link !== true && !/^sha512-/.test(integrity ?? ''),
  )
  expect(loose.map(([place]) => place)).toEqual([])
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
})
