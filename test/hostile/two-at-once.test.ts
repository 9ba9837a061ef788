import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { jsonLines, Program, run, SandboxProgram } from '../cli/program.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const sandbox = new SandboxProgram()
const state = mkdtempSync(join(tmpdir(), 'shardscope-two-'))
const own = join(state, 'shardscope')
const env = { XDG_STATE_HOME: state }
const begin = (...args: string[]) => new Program([...args, '--endpoint-url', sandbox.url], env)

beforeAll(() => sandbox.start())
afterAll(async () => {
  await sandbox.program.stop()
  rmSync(state, { recursive: true, force: true })
})

test('of two that go on with one plan, the second says who has it; a killed one is taken over', async () => {
  await sandbox.json('create', 'shared', '--shards', '6')
  const first = begin('plan', 'shared', '--for', '5s', '--run', '--after', '0')
  await first.until('its first step', ({ stderr }) => stderr.includes('step 1 of 5'))
  const [plan] = jsonLines((await run(['plans', '--json'], { env })).stdout)
  const planId = String(plan?.planId)
  const second = await begin('resume', planId).finished
  expect(second.code).toBe(8)
  expect(second.stderr).toContain(`plan ${planId} is being carried out by process ${first.child.pid}`)
  first.child.kill('SIGKILL')
  await first.finished
  expect(readdirSync(join(own, 'plans'))).toContain(`${planId}.lock`)
  // Both find the lock of the dead one: exactly one goes on with it.
  const both = [begin('resume', planId, '--after', '0'), begin('resume', planId, '--after', '0')] as const
  const ended = await Promise.all(both.map(({ finished }) => finished))
  const winner = ended.findIndex(({ code }) => code === 0)
  expect(ended.map(({ stderr }) => stderr).join('\n')).toMatch(
    new RegExp(
      `being carried out by process ${both[winner]?.child.pid}|all 5 steps|finished|nothing was sent`,
    ),
  )
  expect(winner).toBeGreaterThanOrEqual(0)
  // Five merges made five shards, however many had their hands on them.
  expect(await sandbox.json('shards', 'shared')).toHaveLength(11)
  expect(readdirSync(join(own, 'plans')).filter(name => name.includes('lock'))).toEqual([])
})

test('the audit log has every act of both, each line whole', async () => {
  let tries = 0
  await Promise.all(
    ['a', 'b', 'c'].map(async name => {
      for (const [key, value] of [
        ['x', '1'],
        ['y', '2'],
        ['z', '3'],
      ] as const) {
        // An act is tried once, and five tags a second are all that Kinesis takes (exit code 6).
        let code = 6
        for (; code === 6; tries += 1) {
          code = (await begin('tag', 'shared', `${name}${key}`, value).finished).code ?? -1
        }
        expect(code).toBe(0)
      }
    }),
  )
  const lines = jsonLines(readFileSync(join(own, 'audit.jsonl'), 'utf8'))
  const tagged = lines.filter(({ operation, event }) =>
    operation === 'TagResource' || operation === 'AddTagsToStream' ? event === 'answered' : false,
  )
  expect(tagged).toHaveLength(tries)
})

test('two tails with one bookmark leave a whole one, which either can go on from', async () => {
  await sandbox.json('create', 'marked', '--shards', '1')
  const tails = [1, 2].map(() => begin('tail', 'marked', '--bookmark', 'both', '--json'))
  for (const tail of tails) await tail.until('its readiness', ({ stderr }) => stderr.includes('Tailing'))
  for (let index = 0; index < 5; index += 1) {
    await sandbox.json('put', 'marked', '--partition-key', 'k', '--data', `record ${index}`)
  }
  for (const tail of tails) await tail.until('all records', ({ stdout }) => stdout.split('\n').length > 5)
  await Promise.all(tails.map(tail => tail.stop('SIGINT')))
  const path = join(own, 'bookmarks/both.json')
  expect(Object.keys((JSON.parse(readFileSync(path, 'utf8')) as { places: object }).places)).toHaveLength(1)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(own, 'bookmarks'))).toEqual(['both.json'])
  await sandbox.json('put', 'marked', '--partition-key', 'k', '--data', 'later')
  const next = await begin('tail', 'marked', '--bookmark', 'both', '--json', '--exit-at-tip').finished
  expect(next.code, next.stderr).toBe(0)
  expect(jsonLines(next.stdout).map(({ data }) => Buffer.from(String(data), 'base64').toString())).toEqual([
    'later',
  ])
})
