import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const NODE = join(root, 'node_modules/.bin/node')
const PROGRAM = join(root, 'dist/shardscope.mjs')

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'shardscope-home-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const version = (environment: Readonly<Record<string, string>>, node = NODE) =>
  spawnSync(node, [PROGRAM, '--version'], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    encoding: 'utf8',
  })

const compiledFiles = (): number =>
  readdirSync(join(home, '.cache/shardscope/compiled'), { recursive: true, withFileTypes: true }).filter(
    entry => entry.isFile(),
  ).length

it('what was compiled is kept for its owner alone, and serves the next start', () => {
  expect(version({ HOME: home })).toMatchObject({ status: 0, stderr: '', stdout: '0.1.0\n' })
  expect(statSync(join(home, '.cache/shardscope')).mode & 0o777).toBe(0o700)
  const first = compiledFiles()
  expect(first).toBeGreaterThan(0)
  expect(version({ HOME: home })).toMatchObject({ status: 0, stderr: '', stdout: '0.1.0\n' })
  expect(compiledFiles()).toBe(first)
})

it('a cache that cannot be, or that Node has its own word for, changes nothing', () => {
  writeFileSync(join(home, '.cache'), 'a file where the folder would be')
  for (const environment of [
    { HOME: home },
    {},
    { HOME: 'relative' },
    { XDG_CACHE_HOME: '/dev/null/none' },
  ]) {
    expect(version(environment as Record<string, string>)).toMatchObject({
      status: 0,
      stderr: '',
      stdout: '0.1.0\n',
    })
  }
  const own = join(home, 'own')
  expect(version({ HOME: home, NODE_COMPILE_CACHE: own }).status).toBe(0)
  expect(readdirSync(own).length).toBeGreaterThan(0)
})

it('built-in modules that are loaded on demand have their names in the built program', () => {
  // Certificates are read with the help of node:tls, on demand; a port that nobody listens at comes after that.
  const bundle = join(home, 'ca.pem')
  writeFileSync(bundle, '')
  const { stderr } = spawnSync(NODE, [PROGRAM, 'streams', '--endpoint-url', 'https://127.0.0.1:1'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      AWS_CA_BUNDLE: bundle,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'example',
      AWS_SECRET_ACCESS_KEY: 'example',
    },
    encoding: 'utf8',
  })
  expect(stderr).toContain('127.0.0.1:1')
  expect(stderr).not.toContain('AWS_CA_BUNDLE')
})
