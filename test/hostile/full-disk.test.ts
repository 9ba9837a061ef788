import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { startSandbox } from '../../source/sandbox/sandbox.ts'
import { jsonLines, Program, run } from '../cli/program.ts'
import { type PtyProgram, ptyConsole } from '../support/pty-program.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

// A disk of 64 KiB, which only an administrator may mount; elsewhere the tests say that they were skipped.
const disk = mkdtempSync(join(tmpdir(), 'shardscope-disk-'))
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0
const state = join(disk, 'shardscope')
const env = { XDG_STATE_HOME: disk }

let sandbox: Awaited<ReturnType<typeof startSandbox>>
const running: (PtyProgram | Program)[] = []
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, traffic: 'none' })
  sandbox.service.handle('CreateStream', { StreamName: 'orders', ShardCount: 6 })
})
beforeEach(context => {
  context.skip(!isMounted, 'a disk cannot be mounted here: it takes the rights of root on Linux')
})
afterEach(() => {
  for (const program of running.splice(0)) 'child' in program ? program.child.kill('SIGKILL') : program.kill()
  for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true })
})
afterAll(async () => {
  await sandbox.stop()
  if (isMounted) spawnSync('umount', ['-l', disk])
  rmSync(disk, { recursive: true })
})

/** Not one byte is left, nor within the last page of a file that is named. */
function fill(...files: readonly string[]): void {
  for (const file of [join(disk, 'filler'), ...files]) {
    for (const size of [4_096, 64, 1]) {
      try {
        for (;;) appendFileSync(file, Buffer.alloc(size, '\n'))
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
      }
    }
  }
}

function makeRoom(): void {
  rmSync(join(disk, 'filler'))
}

const here = (...args: string[]) => run([...args, '--endpoint-url', sandbox.url], { env })
const shardsOf = (name: string) =>
  (
    sandbox.service.handle('ListShards', { StreamName: name }) as {
      Shards: { SequenceNumberRange: object }[]
    }
  ).Shards

test('an act is done, and the audit log is said to lack it, both times', async () => {
  mkdirSync(state)
  fill()
  const created = await here('create', 'acted')
  expect(created.code).toBe(0)
  expect(created.stderr).toMatch(
    /the audit log does not have CreateStream \(sent\): ".*audit\.jsonl" cannot be written: .*ENOSPC/,
  )
  expect(created.stderr).toMatch(/the audit log does not have CreateStream \(answered\)/)
  makeRoom()
  expect((await here('delete', 'acted', '--yes', 'acted')).stderr).not.toContain('audit log')
  // What the full disk tore is no line among the later ones.
  for (const line of jsonLines(readFileSync(join(state, 'audit.jsonl'), 'utf8'))) {
    expect(line.operation).toBe('DeleteStream')
  }
})

test('a plan that cannot be written down takes no step, and leaves no lock', async () => {
  mkdirSync(state)
  fill()
  const before = shardsOf('orders')
  const refused = await here('plan', 'orders', '--for', '5s', '--run', '--after', '0')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(/plans.* cannot be written: .*ENOSPC/)
  expect(refused.stderr).toContain('XDG_STATE_HOME')
  expect(shardsOf('orders')).toEqual(before)
  expect(readdirSync(disk, { recursive: true }).filter(name => String(name).includes('.lock'))).toEqual([])
})

test('a plan whose disk fills up on the way makes no call that is not in its journal; with room it goes on', async () => {
  expect((await here('create', 'filling', '--shards', '6')).code).toBe(0)
  const args = ['plan', 'filling', '--for', '5s', '--run', '--after', '0', '--endpoint-url', sandbox.url]
  const program = new Program(args, env)
  running.push(program)
  await program.until('its first step', ({ stderr }) => stderr.includes('step 1 of 5'))
  const [file = ''] = readdirSync(join(state, 'plans')).filter(name => name.endsWith('.jsonl'))
  fill(join(state, 'plans', file))
  const { code, stderr } = await program.finished
  expect(code).not.toBe(0)
  expect(stderr).toMatch(/stopped after \d of 5 steps.*ENOSPC/)
  const journal = readFileSync(join(state, 'plans', file), 'utf8')
  const intended = journal
    .split('\n')
    .filter(line => line.includes('"intended"') && line.endsWith('}')).length
  // Each merge makes one shard.
  const merges = shardsOf('filling').length - 6
  expect(merges).toBeGreaterThan(0)
  expect(merges).toBeLessThanOrEqual(intended)
  expect(merges).toBeLessThan(5)
  makeRoom()
  const finished = await here('resume', file.replace('.jsonl', ''), '--after', '0', '--json')
  expect(finished.code, finished.stderr).toBe(0)
  expect(shardsOf('filling')).toHaveLength(11)
})

test('a tail whose bookmark cannot be kept says so and goes on', async () => {
  mkdirSync(state)
  fill()
  const tail = new Program(
    ['tail', 'orders', '--bookmark', 'night', '--json', '--endpoint-url', sandbox.url],
    env,
  )
  running.push(tail)
  await tail.until('its readiness', ({ stderr }) => stderr.includes('Tailing'))
  for (let index = 0; index < 3; index += 1) {
    const Data = Buffer.from(`record ${index}`)
    sandbox.service.handle('PutRecord', { StreamName: 'orders', PartitionKey: `${index}`, Data })
    await tail.until(
      'its record',
      ({ stdout }) => jsonLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1)).length > index,
    )
  }
  const { code, stderr } = await tail.stop('SIGINT')
  // Once while it goes on, and as its end: the next tail will repeat.
  expect(stderr).toMatch(/Bookmark night cannot be kept now: .*ENOSPC.*The tail goes on/)
  expect(stderr.match(/The tail goes on/g)).toHaveLength(1)
  expect(stderr.trimEnd().split('\n').at(-2)).toMatch(/^shardscope: .*night\.json cannot be written: ENOSPC/)
  expect(code).not.toBe(0)
})

test('completion offers names without its cache', async () => {
  mkdirSync(state)
  fill()
  const words = ['shards', '--endpoint-url', sandbox.url, 'or']
  const answer = await run(['complete', 'bash', ...words], { env })
  expect([answer.stdout.trim(), answer.stderr, answer.code]).toEqual(['orders', '', 0])
})

test('the console says what is not kept, and goes on', async () => {
  mkdirSync(state)
  fill()
  const program = ptyConsole([], { columns: 200, rows: 40, env })
  running.push(program)
  await program.waitFor(/> alerts +ACTIVE/)
  program.press('c')
  await program.waitFor('Create a stream')
  program.press('unkept\r')
  await program.waitFor('y do it')
  program.press('y')
  await program.waitFor(/unkept +ACTIVE/)
  await program.waitFor(
    /unkept is created and ACTIVE\. But the audit log does not have CreateStream \(\w+\): .*ENOSPC/,
  )
  program.press('t')
  await program.waitFor('The place of this tail could not be kept')
  await program.waitFor(/FOLLOWING .*[1-9]\d* records?|FOLLOWING/)
  program.press('\x1bq')
  program.press('q')
  expect((await program.exit).exitCode).toBe(0)
})
