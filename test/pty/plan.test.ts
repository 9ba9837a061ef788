import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import type { Producer } from '../../source/sandbox/traffic/scenario.ts'
import { jsonLines, run } from '../cli/program.ts'
import { type PtyProgram, ptyConsole } from '../support/pty-program.ts'

// Long walks, each step of which waits for the screen; after a plan half a minute is read.
vi.setConfig({ testTimeout: 180_000 })

const state = mkdtempSync(join(tmpdir(), 'shardscope-plan-pty-'))
const env = { XDG_STATE_HOME: state }
const running: PtyProgram[] = []
let sandbox: Sandbox

type Listed = {
  ShardId: string
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string }
  SequenceNumberRange: { EndingSequenceNumber?: string }
}
const shardsOf = (StreamName: string): Listed[] =>
  (sandbox.service.handle('ListShards', { StreamName }) as { Shards: Listed[] }).Shards
const openOf = (stream: string): Listed[] =>
  shardsOf(stream).filter(shard => shard.SequenceNumberRange.EndingSequenceNumber === undefined)

beforeAll(async () => {
  const producers: Producer[] = [
    { recordsPerSecond: 30, keys: { kind: 'uniform', prefix: 'user-', count: 200 }, payload: 'order' },
  ]
  sandbox = await startSandbox({
    // Slow enough to be seen on the way.
    durations: { creating: 0, updating: 1_200 },
    traffic: {
      streams: ['alone', 'killed', 'shared'].map(name => ({
        name,
        shardCount: 6,
        producers,
      })),
    },
  })
})
afterEach(() => {
  for (const program of running.splice(0)) program.kill()
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(state, { recursive: true, force: true })
})

function open(): PtyProgram {
  const program = ptyConsole(['--endpoint-url', sandbox.url], { columns: 150, rows: 60, env })
  running.push(program)
  return program
}

/** From the list of streams to the plan of one: its heat first, whose figures the plan is made from. */
async function planned(stream: string): Promise<PtyProgram> {
  const program = open()
  await program.waitFor(/shared +ACTIVE/)
  program.press(`/${stream}\r`)
  await program.waitFor(new RegExp(`> ${stream} +ACTIVE`))
  program.press('H')
  await program.waitFor(new RegExp(`${stream} > heat`))
  // Every shard has a figure: what is not known of one is no plan.
  await program.waitFor(text => (text.match(/shardId-00000000000\d .*\d %.*\d %/g) ?? []).length === 6)
  program.press('a')
  await program.waitFor(/6 shards to 1, 5 steps/)
  return program
}

test('heat, plan, preview, run, progress, and the end with what came and the way back', async () => {
  const program = await planned('alone')
  const text = await program.waitFor('this plan')
  expect(text).toContain('Forecast from the average of')
  program.press('X')
  const question = await program.waitFor('y do it')
  expect(question).toContain('Carry out 5 steps on alone, one at a time')
  await program.waitFor(/Shard quota: \d+ of 20000 open in the account/)
  program.press('y')
  await program.waitFor(/step \d of 5, UPDATING: \d open, \d+ closed, target 1 open/)
  await program.waitFor('reading for 30 seconds to hold the load beside the forecast')
  expect(openOf('alone')).toHaveLength(1)
  const end = await program.waitFor(/Done: alone has 1 open shards, as planned; hottest shard/, 60_000)
  const told = end.replace(/\s+/g, ' ')
  expect(told).toMatch(/hottest shard [\d.]+ % observed, [\d.]+ % forecast/)
  const planId = /--back (alone-\w+)/.exec(told)?.[1] ?? ''
  // The way back is ready, in a shell of its own.
  const back = await run(['plan', 'alone', '--back', planId, '--dry-run', '--endpoint-url', sandbox.url], {
    env,
  })
  expect(back.code, back.stderr).toBe(0)
  expect(back.stdout).toContain('The way back of plan')
  expect(back.stdout).toContain('5 steps')
})

test('killed half way, it is gone on with from another console, and no step is done twice', async () => {
  const program = await planned('killed')
  program.press('X')
  await program.waitFor('y do it')
  program.press('y')
  await program.waitFor('step 3 of 5')
  program.kill()
  expect(await program.exit).toMatchObject({ signal: 9 })

  const [plan] = jsonLines((await run(['plans', '--json'], { env })).stdout)
  expect(plan).toMatchObject({ streamName: 'killed', state: 'running', stepCount: 5 })
  const second = open()
  await second.waitFor(/shared +ACTIVE/)
  second.press(':')
  second.press('Go on with a plan')
  await second.waitFor(/Go on with a plan that was stopped/)
  second.press('\r')
  await second.waitFor('Id of the plan')
  second.press(`${plan?.planId}\r`)
  const question = await second.waitFor('y do it')
  expect(question).toContain(`Go on with plan ${plan?.planId} where it stopped`)
  await second.waitFor(/\d of 5 steps done, by the journal; running/)
  second.press('y')
  await second.waitFor(/Go on with 5 steps on killed: .*step [345] of 5/)
  await second.waitFor(/all steps are done; reading for 30 seconds/, 60_000)
  // Five merges made five shards.
  expect(shardsOf('killed')).toHaveLength(11)
  expect(openOf('killed')).toHaveLength(1)
  const [after] = jsonLines((await run(['plans', '--json'], { env })).stdout)
  expect(after).toMatchObject({ planId: plan?.planId, state: 'finished', doneSteps: 5 })
})

test('somebody else splits a shard meanwhile: it stops, and the screen says how far it got', async () => {
  const program = await planned('shared')
  program.press('X')
  await program.waitFor('y do it')
  program.press('y')
  await program.waitFor('step 2 of 5')
  await somebodyElseSplits('shared')
  const text = (await program.waitFor(/somebody else resharded shared/)).replace(/\s+/g, ' ')
  expect(text).toMatch(
    /stopped after [1-4] of 5 steps, \d of 1 shards open: somebody else resharded shared: shardId-\d+ is not of this plan/,
  )
  expect(text).toContain('Make a new plan from what is there now: shardscope plan shared')
  const [plan] = jsonLines((await run(['plans', '--json'], { env })).stdout)
  expect(plan).toMatchObject({ streamName: 'shared', state: 'stopped' })
})

/** As soon as a step has made its shard the stream is ACTIVE, and another actor is faster than the next step. */
async function somebodyElseSplits(StreamName: string): Promise<void> {
  const before = shardsOf(StreamName).length
  while (shardsOf(StreamName).length === before) await new Promise(resolve => setTimeout(resolve, 5))
  const shard = openOf(StreamName).at(-1)
  const [from, to] = [
    BigInt(shard?.HashKeyRange.StartingHashKey ?? 0),
    BigInt(shard?.HashKeyRange.EndingHashKey ?? 0),
  ]
  sandbox.service.handle('SplitShard', {
    StreamName,
    ShardToSplit: shard?.ShardId ?? '',
    // A third of the way: no plan of this test has a boundary there.
    NewStartingHashKey: String(from + (to - from) / 3n),
  })
}
