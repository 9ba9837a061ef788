import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../source/aws/connect.ts'
import type { Connection, ConnectOptions, Deadlines } from '../../source/aws/connection.ts'
import { sandboxSettings } from '../../source/aws/settings.ts'
import type { Failure } from '../../source/domain/failure.ts'
import { IN_PROCESS_URL } from '../../source/domain/session.ts'
import type { Fault } from '../../source/sandbox/faults/fault-plan.ts'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { countSockets, type SocketCount } from '../support/count-sockets.ts'
import { collect, failureIn, settingsOf } from './connect-to.ts'

const stream = { streamName: 'orders' }
const shardId = 'shardId-000000000000'
const quick: Partial<Deadlines> = {
  connectMillis: 400,
  answerMillis: 400,
  idleMillis: 400,
  callMillis: 5_000,
}

let sandbox: Sandbox
const open: Connection[] = []

beforeEach(async () => {
  sandbox = await startSandbox({ durations: { creating: 0, updating: 0 } })
  sandbox.service.handle('CreateStream', { StreamName: 'orders', ShardCount: 1 })
})

afterEach(async () => {
  for (const connection of open.splice(0)) connection.close()
  await sandbox.stop()
  vi.restoreAllMocks()
})

/** A connection to the same sandbox: in this process, or through its port. */
async function by(way: 'process' | 'loopback', options: Partial<ConnectOptions> = {}): Promise<Connection> {
  const connection = await connect({
    settings: sandboxSettings(way === 'process' ? IN_PROCESS_URL : sandbox.url),
    arming: { armed: true },
    deadlines: quick,
    ...(way === 'process' ? { requestHandler: sandbox.requestHandler } : {}),
    ...options,
  })
  open.push(connection)
  return connection
}

const faults = (...list: readonly Fault[]) => sandbox.faults.replace({ seed: 1, faults: [...list] })

describe('the sandbox in this process', () => {
  it('answers tail, board, acts, CloudWatch and the services around without a socket', async () => {
    const connection = await by('process')
    const counted = countSockets()
    try {
      expect(await collect(connection.api.listStreams())).toEqual([expect.objectContaining(stream)])
      await connection.api.putRecord(stream, { partitionKey: 'k', data: Buffer.from('x') })
      const iterator = await connection.api.getShardIterator(stream, shardId, { type: 'TRIM_HORIZON' })
      const page = await connection.api.getRecords(stream, shardId, iterator)
      expect(page.records.map(({ data }) => Buffer.from(data).toString())).toEqual(['x'])
      const range = { from: new Date(Date.now() - 600_000), to: new Date(), periodSeconds: 60 }
      const query = { metricName: 'IncomingBytes', streamName: 'orders', statistic: 'Sum' } as const
      expect(await connection.metrics.series([query], range)).toEqual([{ query, points: [] }])
      // Services that it does not play are not looked for elsewhere.
      expect((await failureIn(connection.services.listTables())).kind).toBe('unsupported')
      expect((await failureIn(connection.services.listEventSourceMappings('arn:aws:x'))).kind).toBe(
        'unsupported',
      )
      expect(counted.seen).toEqual([])
    } finally {
      counted.stop()
    }
  })

  it('through its port is seen by the same count', async () => {
    const connection = await by('loopback')
    const counted: SocketCount = countSockets()
    try {
      await collect(connection.api.listStreams())
      expect(counted.seen.length).toBeGreaterThan(0)
    } finally {
      counted.stop()
    }
  })

  it('is left behind by a switch to a profile, and kept by one of the region', async () => {
    const handle = vi.spyOn(sandbox.requestHandler, 'handle')
    const folder = mkdtempSync(join(tmpdir(), 'shardscope-switch-'))
    const file = join(folder, 'config')
    writeFileSync(
      file,
      '[profile lab]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:1\naws_access_key_id = a\naws_secret_access_key = b\n',
    )
    const { variables } = settingsOf({ environment: { AWS_CONFIG_FILE: file } })
    const connection = await by('process', { settings: sandboxSettings(IN_PROCESS_URL, variables) })
    const elsewhere = await connection.switchTo({ region: 'eu-west-1' })
    open.push(elsewhere)
    await collect(elsewhere.api.listStreams())
    expect(handle).toHaveBeenCalledTimes(1)
    const left = await connection.switchTo({ profile: 'lab' })
    open.push(left)
    rmSync(folder, { recursive: true })
    expect(left.session().endpointUrl.value).toBe('http://127.0.0.1:1')
    expect((await failureIn(collect(left.api.listStreams()))).kind).toBe('unreachable')
    expect(handle).toHaveBeenCalledTimes(1)
  })
})

describe('nothing of a call tells which way it went', () => {
  const told = ({ kind, retryable, errorName, httpStatusCode, nextStep }: Failure) => ({
    kind,
    retryable,
    errorName,
    httpStatusCode,
    nextStep,
  })
  const both = async (call: (connection: Connection) => Promise<unknown>) => {
    const failures = []
    for (const way of ['process', 'loopback'] as const)
      failures.push(told(await failureIn(call(await by(way)))))
    return failures
  }

  it.each([
    ['throttling', { fault: 'throttle' }, 'throttled'],
    ['a fault of the service', { fault: 'error', name: 'InternalFailure' }, 'service'],
    ['a refusal by IAM', { fault: 'access-denied' }, 'denied'],
    ['expired keys', { fault: 'expired-credentials' }, 'credentials'],
    ['a reset connection', { fault: 'reset' }, 'unreachable'],
    ['silence', { fault: 'silence' }, 'unreachable'],
    ['an answer that comes too late', { fault: 'latency', milliseconds: 4_000 }, 'unreachable'],
    ['a page of a proxy', { fault: 'gateway-page' }, 'bad-answer'],
  ] as const)('%s', async (_, fault, kind) => {
    faults(fault as Fault)
    const [inProcess, overLoopback] = await both(({ api }) => api.getRecords(stream, shardId, 'AAAA'))
    expect(inProcess).toEqual(overLoopback)
    expect(inProcess?.kind).toBe(kind)
  })

  it.each(['process', 'loopback'] as const)('a clock that is an hour off is corrected, by %s', async way => {
    faults({ fault: 'clock-skew', milliseconds: 3_600_000 })
    expect(await collect((await by(way)).api.listStreams())).toHaveLength(1)
    expect(sandbox.faults.strikes()[0]).toBeGreaterThan(1)
  })

  it.each(['process', 'loopback'] as const)('a call by %s ends at once when it is called off', async way => {
    const connection = await by(way, { deadlines: {} })
    await collect(connection.api.listStreams())
    faults({ fault: 'silence' })
    const calledOff = new AbortController()
    const failed = failureIn(connection.api.getRecords(stream, shardId, 'i', { signal: calledOff.signal }))
    await vi.waitFor(() => expect(sandbox.faults.strikes()).toEqual([1]))
    calledOff.abort()
    expect((await failed).kind).toBe('aborted')
  })

  it.each(['process', 'loopback'] as const)('a call by %s ends when its connection is closed', async way => {
    const connection = await by(way, { deadlines: {} })
    await collect(connection.api.listStreams())
    faults({ fault: 'silence' })
    const failed = failureIn(connection.api.getRecords(stream, shardId, 'i'))
    await vi.waitFor(() => expect(sandbox.faults.strikes()).toEqual([1]))
    connection.close()
    expect((await failed).kind).toBe('aborted')
  })
})
