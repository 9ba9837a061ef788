import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { newcomersEnvironment, PtyProgram, ROOT } from './pty.ts'

/** The Node that the machine's own PATH finds, which is the one that a newcomer has. */
function systemNode(): { path: string; major: number } | undefined {
  for (const folder of (newcomersEnvironment().PATH ?? '').split(':')) {
    const path = join(folder, 'node')
    try {
      accessSync(path, constants.X_OK)
    } catch {
      continue
    }
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
    return { path, major: Number(/^v(\d+)/.exec(stdout)?.[1]) }
  }
  return undefined
}

const runAsNewcomer = (command: string, args: string[]) =>
  spawnSync(command, args, {
    cwd: ROOT,
    env: newcomersEnvironment(),
    encoding: 'utf8',
    input: '',
    timeout: 60_000,
  })

let program: PtyProgram | undefined
afterEach(() => {
  program?.kill()
  program = undefined
})

describe('npm start', () => {
  test('in a terminal: the console on the embedded sandbox, with streams that live', async () => {
    program = new PtyProgram('npm', ['start'])
    await program.screen.waitFor(text => /sandbox/i.test(text) && text.includes('ACTIVE'))
    expect(program.screen.isOnAlternateScreen).toBe(true)
    const text = await program.screen.text()
    expect(text).toContain('embedded sandbox, no port')
    expect(text).toContain('us-east-1')

    program.press('q')
    expect(await program.ended).toBe(0)
    await program.screen.text()
    expect(program.screen.isOnAlternateScreen).toBe(false)
    // The cursor is shown again, whatever was hidden before.
    expect(program.screen.raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(
      program.screen.raw.lastIndexOf('\x1b[?25l'),
    )
  })

  test('a sandbox that a script started through npm ends with npm', async () => {
    const npm = spawn('npm', ['start', '--silent', '--', 'sandbox', '--port', '0', '--no-traffic'], {
      cwd: ROOT,
      env: newcomersEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await new Promise<string>(resolve =>
      npm.stdout.once('data', chunk => resolve(String(chunk).trim())),
    )
    const isUp = () =>
      fetch(url).then(
        () => true,
        () => false,
      )
    expect(await isUp()).toBe(true)
    npm.kill('SIGTERM')
    const until = Date.now() + 20_000
    while ((await isUp()) && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 100))
    expect(await isUp()).toBe(false)
  })

  test('without a terminal: one clear refusal that names what works there', () => {
    const { status, stdout, stderr } = runAsNewcomer('npm', ['start', '--silent'])
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('needs a terminal')
    expect(stderr).toContain('shardscope streams')
  })

  test('arguments behind -- reach the program', () => {
    const { status, stdout } = runAsNewcomer('npm', ['start', '--silent', '--', '--version'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^\S*\d+\.\d+\.\d+\n$/)
  })

  test('headless on the embedded sandbox', () => {
    const { status, stdout, stderr } = runAsNewcomer('npm', [
      'start',
      '--silent',
      '--',
      'streams',
      '--sandbox',
      '--json',
    ])
    expect(status, stderr).toBe(0)
    const names = stdout
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line).streamName)
    expect(names.length).toBeGreaterThanOrEqual(5)
  })
})

describe('an old Node of the system', () => {
  const node = systemNode()
  const isOld = node !== undefined && node.major < 22
  const found = node === undefined ? 'none' : `Node ${node.major}`

  test.skipIf(!isOld)(
    `is told by the program in one line (needs one below 22 in PATH; here: ${found})`,
    () => {
      for (const args of [['dist/shardscope.mjs'], ['dist/shardscope.mjs', 'streams', '--json']]) {
        const { status, stdout, stderr } = runAsNewcomer(node?.path ?? '', args)
        expect(status).toBe(78)
        expect(stdout).toBe('')
        expect(stderr).toMatch(/^shardscope needs Node 22 or newer, this is \d+\.\d+\.\d+\. .*\n$/)
      }
    },
  )

  test.skipIf(!isOld)(`is told by the build in one line (needs one below 22 in PATH; here: ${found})`, () => {
    const { status, stderr } = runAsNewcomer(node?.path ?? '', ['source/tooling/bundle.mjs'])
    expect(status).toBe(78)
    expect(stderr).toMatch(/^shardscope: building needs Node 22 or newer, this is \d+\.\d+\.\d+\. .*\n$/)
  })

  test('npm scripts run on the Node that the checkout brings', () => {
    const { stdout } = runAsNewcomer('npm', ['exec', '--offline', '--', 'node', '--version'])
    expect(Number(/^v(\d+)/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(22)
  })
})
