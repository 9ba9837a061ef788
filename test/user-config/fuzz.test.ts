import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test, vi } from 'vitest'
import { reboundCommands } from '../../source/commands/rebinding.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { FailureError } from '../../source/domain/failure.ts'
import { userConfigOf } from '../../source/user-config/user-config.ts'
import { run } from '../cli/program.ts'
import { ptyConsole } from '../support/pty-program.ts'

vi.setConfig({ testTimeout: 60_000 })

const WHOLE = {
  profiles: { production: { readOnly: true, color: 'red' }, test: { color: 'green' } },
  keys: { 'stream.create': ['ctrl+n'], 'tail.open': ['t', 'ctrl+t'], 'record.put': null },
  display: {
    screenReader: false,
    mouse: true,
    background: 'light',
    glyphs: 'ascii',
    colors: '16',
    bytesPerSecond: 960,
  },
  decoders: [
    {
      stream: 'orders-*',
      profile: 'p',
      endpoint: 'http://127.0.0.1:4567',
      decoder: ['gzip', 'protobuf'],
      schema: 'o.pb',
      message: 'a.B',
    },
    { stream: '*', registry: 'glue', automatic: false },
  ],
}

/** Either it is understood, or file, line, rule and the way out are told; nothing else may come of it. */
function expectUnderstoodOrTold(text: string): 'understood' | 'told' {
  try {
    const { keys } = userConfigOf('/c.json', text)
    reboundCommands(COMMANDS, keys)
    return 'understood'
  } catch (error) {
    if (!(error instanceof FailureError))
      throw new Error(`${text.slice(0, 2_000)}\n${String(error)}`, { cause: error })
    const { kind, message, nextStep } = error.failure
    expect([text, kind]).toEqual([text, 'usage'])
    expect(message).toMatch(/^"\/c\.json" line [1-9]\d*: ./s)
    expect(message).not.toMatch(/undefined|\[object|Cannot read|is not a function|is not iterable/)
    expect(nextStep ?? '').not.toBe('')
    return 'told'
  }
}

const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    1e300,
    '',
    ' ',
    '__proto__',
    'constructor',
    'toString',
    '\u0000',
    '\ud800',
    'x'.repeat(10_000),
  ),
)

test('any JSON, and any text, is understood or told with file, line and rule', () => {
  fc.assert(
    fc.property(value, json => void expectUnderstoodOrTold(JSON.stringify(json))),
    { numRuns: 3_000 },
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => void expectUnderstoodOrTold(text)),
    { numRuns: 3_000 },
  )
  const sections = fc.dictionary(
    fc.constantFrom('profiles', 'keys', 'display', 'decoders', '__proto__'),
    value,
  )
  fc.assert(
    fc.property(sections, json => void expectUnderstoodOrTold(JSON.stringify(json))),
    { numRuns: 3_000 },
  )
  // Deep, and without an end.
  for (const text of [
    '['.repeat(100_000),
    '{"a":'.repeat(50_000),
    `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  ]) {
    expectUnderstoodOrTold(text)
  }
})

type Path = readonly (string | number)[]
function pathsIn(json: unknown, path: Path = []): Path[] {
  if (typeof json !== 'object' || json === null) return [path]
  return [
    path,
    ...Object.entries(json).flatMap(([key, member]) =>
      pathsIn(member, [...path, Array.isArray(json) ? Number(key) : key]),
    ),
  ]
}
function replaced(json: unknown, [first, ...rest]: Path, by: unknown): unknown {
  if (first === undefined) return by
  const copy = Array.isArray(json) ? [...json] : { ...(json as object) }
  const members = copy as Record<string | number, unknown>
  members[first] = replaced(members[first], rest, by)
  return copy
}

test('the whole of a valid file with any value of it replaced, renamed or torn', () => {
  expect(expectUnderstoodOrTold(JSON.stringify(WHOLE))).toBe('understood')
  const paths = pathsIn(WHOLE)
  fc.assert(
    fc.property(fc.constantFrom(...paths), value, (path, by) => {
      expectUnderstoodOrTold(JSON.stringify(replaced(WHOLE, path, by), undefined, 1))
    }),
    { numRuns: 5_000 },
  )
  const text = JSON.stringify(WHOLE, undefined, 2)
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 3 }), (at, cut, put) => {
      expectUnderstoodOrTold(text.slice(0, at) + put + text.slice(at + cut))
    }),
    { numRuns: 5_000 },
  )
})

const home = mkdtempSync(join(tmpdir(), 'shardscope-config-'))
afterAll(() => rmSync(home, { recursive: true }))

test.skipIf(process.platform === 'win32')(
  'a file that others can change is told once, and left as it is',
  async () => {
    const folder = join(home, 'shardscope')
    const path = join(folder, 'config.json')
    mkdirSync(folder, { mode: 0o700 })
    writeFileSync(path, '{}', { mode: 0o600 })
    const env = { XDG_CONFIG_HOME: home }
    const said = async (): Promise<string> =>
      (await run(['streams', '--sandbox', '--names-only'], { env })).stderr
    expect(await said()).toBe('')
    chmodSync(path, 0o666)
    expect(await said()).toBe(
      `warning: "${path}" can be changed by other users (mode 0666); chmod go-w "${path}" keeps it yours\n`,
    )
    expect(statSync(path).mode & 0o777).toBe(0o666)
    const program = ptyConsole([], { columns: 160, rows: 30, env })
    try {
      await program.waitFor('can be changed by other users (mode 0666)')
      program.press('q')
      expect((await program.exit).exitCode).toBe(0)
    } finally {
      program.kill()
    }
    chmodSync(path, 0o600)
    chmodSync(folder, 0o770)
    expect(await said()).toContain(`"${folder}" can be changed by other users (mode 0770)`)
  },
)
