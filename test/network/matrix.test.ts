import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import type { ScreenState } from '../../source/state/model.ts'
import { connectTo } from '../aws/connect-to.ts'
import { serviceError } from '../aws/scripted-server.ts'
import { type Fault, frontOf, watch } from './hostile-session.ts'

const stream = { streamName: 'orders' }
const SCREENS: Readonly<Record<string, ScreenState>> = {
  streams: { screen: 'streams', filter: '' },
  shards: { screen: 'shards', stream, showClosed: false, filter: '' },
  tail: { screen: 'tail', stream, from: 'oldest', isFollowing: true, filter: '' },
  heat: { screen: 'board', stream, source: 'observed', showClosed: false, filter: '' },
  cloudwatch: { screen: 'board', stream, source: 'cloudwatch', showClosed: false, filter: '' },
  readers: { screen: 'readers', stream, filter: '' },
  services: { screen: 'services', filter: '' },
}
const HTML = '<html><body>Please sign in to the network.</body></html>'

const FAULTS: Readonly<Record<string, Fault | 'refused'>> = {
  'a throttling storm': ({ operation }) =>
    /Get(Records|ShardIterator)/.test(operation)
      ? serviceError('ProvisionedThroughputExceededException', 'Rate exceeded for shard')
      : serviceError('LimitExceededException', 'Rate exceeded'),
  'HTTP 500': () => serviceError('InternalFailure', 'oops', 500),
  'HTTP 503 without a body': () => ({ text: '', status: 503 }),
  'resets before an answer': () => 'reset',
  'resets in the middle of an answer': () => 'reset-in-body',
  'a silent peer': () => 'silent',
  'an answer that stops half way': () => 'stall-in-body',
  'a refused connection': 'refused',
  "a portal's page with 200": () => ({ text: HTML, status: 200 }),
  "a proxy's page with 403": () => ({ text: HTML, status: 403 }),
  'expired credentials': () => serviceError('ExpiredTokenException', 'The security token is expired'),
  'a signature refused for the clock': () =>
    serviceError('InvalidSignatureException', 'Signature expired: 20260101T000000Z is now earlier than …'),
}
/**
 * By one console, in a minute of fault: 2 shards read with waits of half a second, doubled to half a minute (7 reads each in the
 * first one); the screen of the readers asks 10 sources every 15 s or more, each call three times at most.
 */
const MOST_A_MINUTE = 60
const FRESH = /data (<10s|10s)/
const PATIENCE = { timeout: 30_000, interval: 50 }

describe('a console on a bad network', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ durations: { creating: 0, updating: 0 }, limits: 'off' })
    const connection = await connectTo(sandbox.url)
    await connection.api.createStream('orders', { mode: 'PROVISIONED', shardCount: 2 })
    await connection.api.putRecords(
      stream,
      ['a', 'b', 'c', 'd'].map(partitionKey => ({ partitionKey, data: Buffer.from('x') })),
    )
    connection.close()
  })
  afterAll(() => sandbox.stop())

  it.each(Object.entries(FAULTS))('%s', { timeout: 90_000 }, async (_, fault) => {
    await Promise.all(
      Object.entries(SCREENS).map(async ([name, screen]) => {
        const front = await frontOf(sandbox.url)
        const console = await watch(front.url, screen)
        const said = () => `${name}\n${console.frame().join('\n')}`
        try {
          await vi.waitFor(() => expect(console.frame()[0], said()).toMatch(FRESH), PATIENCE)
          const before = { notices: console.notices.length, calls: console.model().calls.totalCount }
          const requestsBefore = front.requests.length
          const beganAt = console.clock.now()
          if (fault === 'refused') await front.leave()
          else front.fault = fault
          await vi.waitFor(() => {
            const [status, , facts] = console.frame()
            expect(status, said()).toMatch(/data [1-9]m/)
            // One line of facts says it; beside it at most the line that says what comes next.
            expect(facts, said()).toMatch(/^! /)
          }, PATIENCE)
          const minutes = (console.clock.now() - beganAt) / 60_000
          const most = MOST_A_MINUTE * (minutes + 1)
          expect(console.notices.length - before.notices, said()).toBeLessThanOrEqual(1)
          expect(front.requests.length - requestsBefore, said()).toBeLessThanOrEqual(most)
          expect(console.model().calls.totalCount - before.calls, said()).toBeLessThanOrEqual(most)

          if (fault === 'refused') await front.comeBack()
          else front.fault = undefined
          await vi.waitFor(() => {
            expect(console.frame()[0], said()).toMatch(FRESH)
            // The sandbox is neither Lambda nor Pipes, which the readers' screen says at all times.
            if (name !== 'readers') expect(console.frame()[2], said()).not.toMatch(/^! /)
          }, PATIENCE)
        } finally {
          await console.end()
          await front.close()
        }
      }),
    )
  })
})
