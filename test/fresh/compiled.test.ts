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
