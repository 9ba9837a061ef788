import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { jsonLines, Program, run, SandboxProgram } from './program.ts'

const sandbox = new SandboxProgram()
const { json } = sandbox
let state = ''

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'shardscope-state-'))
  await sandbox.start()
})
afterAll(async () => {
  await sandbox.program.stop()
  await rm(state, { recursive: true, force: true })
})

const begin = (...args: string[]) =>
  new Program(['tail', ...args, '--fan-out', '--endpoint-url', sandbox.url], { XDG_STATE_HOME: state })
const consumerCount = async (name: string) =>
  (await json('streams')).find(({ streamName }) => streamName === name)?.consumerCount
const owners = () => readdir(join(state, 'shardscope/consumers')).catch(() => [])
/** DELETING takes a moment. */
const until = async (what: () => Promise<boolean>) => {
  while (!(await what())) await new Promise(resolve => setTimeout(resolve, 50))
}

it('over real HTTP/2: the same records as polling sees, through splits and merges while it reads', async () => {
  await json('create', 'orders', '--shards', '2')
  const pushed = begin('orders', '--from', 'oldest', '--json')
  await pushed.until('it tails', ({ stderr }) => stderr.includes('Tailing orders'))
  const sent: string[] = []
  const putMany = async (count: number) => {
    const lines = Array.from({ length: count }, (_, index) => {
      const text = `r${sent.length + index}`
      return JSON.stringify({ partitionKey: text, data: Buffer.from(text).toString('base64') })
    })
    const finished = await sandbox.run(['replay', '-', 'orders'], lines.join('\n'))
    expect(finished.code).toBe(0)
    for (let index = 0; index < count; index += 1) sent.push(`r${sent.length}`)
  }
  await putMany(200)
  await json('reshard', 'orders', '4')
  await putMany(200)
  await json('reshard', 'orders', '8')
  await putMany(200)
  await json('reshard', 'orders', '4')
  await putMany(200)
  await pushed.until('all records', ({ stdout }) => stdout.split('\n').length > sent.length)
  expect(await consumerCount('orders')).toBe(1)
  const { code, stdout, stderr } = await pushed.stop('SIGINT')
  expect(code).toBe(130)
  expect(stderr).toMatch(/It costs about .* USD/)
  const polled = await json('tail', 'orders', '--from', 'oldest', '--exit-at-tip')
  const identity = (line: Record<string, unknown>) => `${line.shardId} ${line.sequenceNumber} ${line.data}`
  expect(jsonLines(stdout).map(identity).toSorted()).toEqual(polled.map(identity).toSorted())
  expect(polled).toHaveLength(sent.length)
  await until(async () => (await consumerCount('orders')) === 0)
  expect(await owners()).toEqual([])
}, 120_000)

it('leaves nothing behind at SIGTERM, at its own end and where its reader goes away', async () => {
  await json('create', 'short', '--shards', '1')
  await json('put', 'short', '--partition-key', 'k', '--data', 'one')
  const stopped = begin('short')
  await stopped.until('it tails', ({ stderr }) => stderr.includes('Tailing short'))
  expect((await stopped.stop('SIGTERM')).code).toBe(143)
  const ended = await begin('short', '--from', 'oldest', '--limit', '1', '--json').finished
  expect(jsonLines(ended.stdout)).toMatchObject([{ decoded: 'one' }])
  const read = begin('short', '--from', 'oldest')
  await read.until('the record', ({ stdout }) => stdout.includes('one'))
  read.child.stdout?.destroy()
  await json('put', 'short', '--partition-key', 'k', '--data', 'two')
  expect((await read.finished).code).toBe(0)
  await until(async () => (await consumerCount('short')) === 0)
  expect(await owners()).toEqual([])
})

it('takes away what a killed tail left on this machine, and nothing of others', async () => {
  await json('create', 'crash', '--shards', '1')
  const killed = begin('crash')
  await killed.until('it tails', ({ stderr }) => stderr.includes('Tailing crash'))
  await killed.stop('SIGKILL')
  expect(await owners()).toHaveLength(1)
  // Of another machine, or of somebody who chose such a name: no file of ours says that it is ours.
  const other = new Program(['tail', 'crash', '--fan-out', '--endpoint-url', sandbox.url], {
    XDG_STATE_HOME: join(state, 'other'),
  })
  await other.until('it tails', ({ stderr }) => stderr.includes('Tailing crash'))
  expect(await consumerCount('crash')).toBe(2)
  const next = await begin('crash', '--exit-at-tip').finished
  expect(next.stderr).toMatch(
    /The consumer shardscope-tail-\d+-[0-9a-f]{8}, which an earlier tail .* was taken away/,
  )
  await until(async () => (await consumerCount('crash')) === 1)
  await other.stop()
  await until(async () => (await consumerCount('crash')) === 0)
})

it('is a write: refused while read-only, before anything is registered', async () => {
  const refused = await run(['tail', 'orders', '--fan-out', '--endpoint-url', sandbox.url, '--read-only'], {
    env: { XDG_STATE_HOME: state },
  })
  expect(refused.code).toBe(10)
  expect(await owners()).toEqual([])
})
