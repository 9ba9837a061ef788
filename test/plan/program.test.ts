import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JsonLine, jsonLines, Program, run, SandboxProgram } from '../cli/program.ts'

const sandbox = new SandboxProgram()
const state = mkdtempSync(join(tmpdir(), 'shardscope-state-'))
const env = { XDG_STATE_HOME: state }
const here = (args: readonly string[], input?: string) =>
  run([...args, '--endpoint-url', sandbox.url], { env, ...(input === undefined ? {} : { input }) })
const openShards = async (stream: string): Promise<JsonLine[]> =>
  (await sandbox.json('shards', stream)).filter(({ state: shardState }) => shardState === 'open')
const auditLines = (): JsonLine[] => jsonLines(readFileSync(join(state, 'shardscope/audit.jsonl'), 'utf8'))

beforeAll(() => sandbox.start())
afterAll(async () => {
  await sandbox.program.stop()
  rmSync(state, { recursive: true, force: true })
})

describe('plan', () => {
  it('is carried out, killed in the middle, gone on with by another process, and undone', async () => {
    await sandbox.json('create', 'killed', '--shards', '6')
    const rangesOf = async () => (await openShards('killed')).map(({ hashKeyRange }) => hashKeyRange)
    const before = await rangesOf()
    // Idle shards: the fewest that do are one.
    const args = ['plan', 'killed', '--for', '5s', '--run', '--after', '0', '--endpoint-url', sandbox.url]
    const program = new Program(args, env)
    await program.until('its third step', ({ stderr }) => stderr.includes('step 3 of 5'))
    program.child.kill('SIGKILL')
    expect((await program.finished).signal).toBe('SIGKILL')

    const [plan] = jsonLines((await here(['plans', '--json'])).stdout)
    expect(plan).toMatchObject({ streamName: 'killed', state: 'running', stepCount: 5 })
    const planId = String(plan?.planId)
    const finished = await here(['resume', planId, '--after', '0', '--json'])
    expect(finished.code, finished.stderr).toBe(0)
    expect(jsonLines(finished.stdout)[0]).toMatchObject({ type: 'result', doneSteps: 5, openShardCount: 1 })
    expect(await openShards('killed')).toHaveLength(1)
    // Five merges made five shards: none was done twice.
    expect(await sandbox.json('shards', 'killed')).toHaveLength(11)

    const back = await here(['plan', 'killed', '--back', planId, '--after', '0'])
    expect(back.code, back.stderr).toBe(0)
    expect(await rangesOf()).toEqual(before)
  }, 60_000)

  it('stops where somebody else resharded, and says how far it got', async () => {
    await sandbox.json('create', 'shared', '--shards', '5')
    const args = ['plan', 'shared', '--for', '5s', '--run', '--after', '0', '--endpoint-url', sandbox.url]
    const program = new Program(args, env)
    await program.until('its first step', ({ stderr }) => stderr.includes('step 1 of 4'))
    program.child.kill('SIGKILL')
    await program.finished
    const planId = String(jsonLines((await here(['plans', '--json'])).stdout)[0]?.planId)
    const last = (await openShards('shared')).at(-1)?.shardId
    await here(['split', 'shared', String(last)])
    const stopped = await here(['resume', planId])
    expect(stopped.code).toBe(8)
    expect(stopped.stderr).toMatch(
      /stopped after \d of 4 steps, \d of 1 shards open: somebody else resharded shared/,
    )
    expect(stopped.stderr).toContain('Make a new plan')
  }, 60_000)

  it('that may not be run says so before it reads for a minute', async () => {
    await sandbox.json('create', 'guarded', '--shards', '1')
    const refused = await here(['plan', 'guarded', '--run', '--read-only'])
    expect(refused.code).toBe(10)
    expect(refused.stderr).toContain('read-only')
  })
})

describe('before an act', () => {
  it('--dry-run says what would happen, and nothing happens', async () => {
    await sandbox.json('create', 'calm', '--shards', '4')
    const before = auditLinesOrNone().length
    for (const args of [
      ['split', 'calm', '1'],
      ['merge', 'calm', '0', '1'],
      ['reshard', 'calm', '3'],
      ['retention', 'calm', '48'],
      ['mode', 'calm', 'on-demand'],
      ['max-record-size', 'calm', '2048'],
      ['encrypt', 'calm'],
      ['register', 'calm', 'reader'],
      ['delete', 'calm'],
      ['tag', 'calm', 'k', 'v'],
      ['commitment', 'on'],
      ['put', 'calm', '--partition-key', 'k', '--data', 'x'],
      ['generate', 'calm', '--for', '5s'],
      ['create', 'calmer'],
    ]) {
      const { code, stdout, stderr } = await here([...args, '--dry-run', '--json'])
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(0)
      const [preview] = jsonLines(stdout)
      expect(preview).toMatchObject({ v: 1, type: 'preview' })
      expect(JSON.stringify(preview?.sections)).toMatch(/"lines":\[".{8}/)
    }
    expect(await openShards('calm')).toHaveLength(4)
    expect((await sandbox.json('streams')).find(({ streamName }) => streamName === 'calmer')).toBeUndefined()
    expect(auditLinesOrNone()).toHaveLength(before)
  }, 60_000)

  it('tells both layouts, quotas, cost and the AWS CLI of a reshard', async () => {
    const { stdout } = await here(['reshard', 'calm', '3', '--dry-run', '--json'])
    const [preview] = jsonLines(stdout)
    expect(preview?.before).toHaveLength(4)
    expect(preview?.after).toHaveLength(3)
    const text = JSON.stringify(preview?.sections)
    expect(text).toContain('8 shards will be closed, 4 of them made on the way')
    expect(text).toContain('$43.80 to $32.85 a month')
    expect(text).toMatch(/at least \d of 10 in the last 24 hours/)
    expect(preview?.awsCli).toEqual([
      `aws kinesis update-shard-count --stream-name calm --target-shard-count 3 --scaling-type UNIFORM_SCALING --region us-east-1 --endpoint-url ${sandbox.url}`,
    ])
  })

  it.each([
    [['reshard', 'calm', '9'], 9, 'more than twice'],
    [['split', 'calm', '0', '--at-load', '--at-middle'], 2, '--at-load and --at-middle'],
    [['split', 'calm', '0', '--yes', 'other'], 2, 'is not the name'],
    [['split', 'calm', '0', '--read-only'], 10, 'read-only'],
    [['merge', 'calm', '0', '2'], 9, 'do not touch'],
    [['deregister', 'calm', 'nobody'], 2, '--yes calm'],
    [['commitment', 'on'], 2, 'WHOLE|THIS IS NOT ABOUT ONE STREAM'],
    [['warm', 'calm', '5'], 9, 'ON_DEMAND'],
    [['resume', 'no-such-plan'], 3, 'no plan'],
    [['put-policy', 'calm', '--policy', '{}'], 2, 'no Statement'],
    [['estimate', '--records-per-second', '0'], 2, 'above 0'],
  ])('%j is refused with %d', async (args, code, text) => {
    const finished = await here(args)
    expect(finished.code, finished.stderr).toBe(code)
    expect(finished.stderr).toMatch(new RegExp(text))
  })
})

describe('UpdateShardCount', () => {
  // Open and closed shards as the developer guide's rule leaves them; 4 to 3 leaves 6, 9 and 10.
  it.each([
    [4, 8, [4, 5, 6, 7, 8, 9, 10, 11], 4],
    [4, 6, undefined, 8],
    [4, 3, [6, 9, 10], 8],
    [8, 4, [8, 9, 10, 11], 8],
    [3, 5, undefined, 8],
  ])(
    '%d -> %d leaves the lineage that was foretold',
    async (from, to, open, closed) => {
      const stream = `uniform-${from}-${to}`
      await sandbox.json('create', stream, '--shards', String(from))
      const preview = (await here(['reshard', stream, String(to), '--dry-run'])).stdout
      expect(preview).toContain(`${closed} shards will be closed`)
      expect((await here(['reshard', stream, String(to)])).code).toBe(0)
      const shards = await sandbox.json('shards', stream)
      const isOpen = ({ state: shardState }: JsonLine) => shardState === 'open'
      expect(shards.filter(shard => !isOpen(shard))).toHaveLength(closed)
      const ids = shards.filter(isOpen).map(({ shardId }) => Number(String(shardId).slice(8)))
      expect(ids).toHaveLength(to)
      if (open !== undefined) expect(ids.toSorted((a, b) => a - b)).toEqual(open)
    },
    30_000,
  )
})

describe('the audit log', () => {
  it('has each act before and after it, with its CLI line and without payload, for its owner alone', async () => {
    // No tag key may have an apostrophe: an act that fails is kept too, and its line is quoted safely.
    expect((await here(['tag', 'calm', "it's", 'a b'])).code).toBe(9)
    await here(['put', 'calm', '--partition-key', 'secret-key', '--data', 'secret-data'])
    const [sent, answered] = auditLines().filter(({ operation }) => operation === 'AddTagsToStream')
    expect(sent).toMatchObject({ event: 'sent', parameters: { StreamName: 'calm', Tags: { "it's": 'a b' } } })
    expect(answered).toMatchObject({ event: 'answered', outcome: 'invalid', callId: sent?.callId })
    expect(answered?.awsCli).toContain(`--tags '{"it'\\''s":"a b"}'`)
    const file = join(state, 'shardscope/audit.jsonl')
    expect(readFileSync(file, 'utf8')).not.toContain('secret')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    for (const name of readdirSync(join(state, 'shardscope/plans'))) {
      expect(statSync(join(state, 'shardscope/plans', name)).mode & 0o777).toBe(0o600)
    }
  })

  it('that cannot be written is said, and the act is done', async () => {
    const finished = await run(['tag', 'calm', 'k', 'v', '--endpoint-url', sandbox.url], {
      env: { XDG_STATE_HOME: '/dev/null' },
    })
    expect(finished.code).toBe(0)
    expect(finished.stderr).toContain('warning: the audit log does not have AddTagsToStream')
  })

  it('counts UpdateShardCount for the next preview', async () => {
    await sandbox.json('create', 'counted', '--shards', '2')
    expect((await here(['reshard', 'counted', '4'])).code).toBe(0)
    const { stdout } = await here(['reshard', 'counted', '5', '--dry-run'])
    expect(stdout).toContain('at least 1 of 10 in the last 24 hours')
  })
})

describe('put-many', () => {
  it('puts lines as they are told, and aggregates that read as their records', async () => {
    await sandbox.json('create', 'many', '--shards', '2')
    const input =
      '{"partitionKey":"a","data":{"n":1}}\n{"partitionKey":"a","data":"two"}\n{"partitionKey":"b","data":"three"}\n'
    const plain = await here(['put-many', 'many', '-', '--json'], input)
    expect(jsonLines(plain.stdout)).toHaveLength(3)
    const packed = await here(['put-many', 'many', '-', '--aggregate', '--gzip', '--json'], input)
    expect(jsonLines(packed.stdout)).toHaveLength(2)
    const read = await sandbox.json('tail', 'many', '--from', 'oldest', '--exit-at-tip')
    const decoded = read.map(({ decoded: value }) => JSON.stringify(value)).sort()
    expect(decoded).toHaveLength(5)
    expect(decoded.filter(text => text.includes('subSequenceNumber'))).toHaveLength(2)
    expect(decoded.some(text => text.includes('isOutsideShardRange'))).toBe(false)
    const bad = await here(['put-many', 'many', '-'], '{"partitionKey":"a","data":"x"}\n{"data":"y"}\n')
    expect(bad.code).toBe(2)
    expect(bad.stderr).toContain('line 2 has no partition key')
  })
})

function auditLinesOrNone(): JsonLine[] {
  try {
    return auditLines()
  } catch {
    return []
  }
}
