import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../source/aws/connect.ts'
import type { Connection } from '../../source/aws/connection.ts'
import type { SubscriptionEvent } from '../../source/aws/kinesis-api.ts'
import { canUseProxy } from '../../source/aws/proxy.ts'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { failureIn, settingsOf } from '../aws/connect-to.ts'
import {
  BEHIND_PROXY,
  type Conduct,
  type ConnectProxy,
  connectProxy,
  type TlsFront,
  tlsFront,
} from './connect-proxy.ts'

const SHARD = 'shardId-000000000000'
const CONNECT_LINE = `CONNECT ${BEHIND_PROXY}:443 HTTP/1.1`
const deadlines = { connectMillis: 200, answerMillis: 200, idleMillis: 2_000, callMillis: 5_000 }

describe.runIf(canUseProxy(process.versions.node))('enhanced fan-out through a proxy', () => {
  let sandbox: Sandbox
  let front: TlsFront
  let folder: string
  let proxy: ConnectProxy
  let connection: Connection
  let conduct: Conduct

  beforeEach(async () => {
    sandbox = await startSandbox({ durations: { creating: 0, updating: 0, consumerCreating: 0 } })
    front = await tlsFront(sandbox.url)
    folder = await mkdtemp(join(tmpdir(), 'proxied-'))
    await writeFile(join(folder, 'ca.pem'), front.certificate.cert)
    conduct = { tunnelTo: front.port }
  })
  afterEach(async () => {
    connection?.close()
    await proxy?.close()
    await front.close()
    await sandbox.stop()
    await rm(folder, { recursive: true })
  })

  async function connected(
    options: { login?: string; variable?: string; noProxy?: string; times?: typeof deadlines } = {},
  ) {
    proxy = await connectProxy(() => conduct, options.login)
    connection = await connect({
      settings: settingsOf({
        flags: { endpointUrl: `https://${BEHIND_PROXY}` },
        environment: {
          [options.variable ?? 'HTTPS_PROXY']: proxy.url,
          ...(options.noProxy === undefined ? {} : { NO_PROXY: options.noProxy }),
          AWS_CA_BUNDLE: join(folder, 'ca.pem'),
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
          AWS_SECRET_ACCESS_KEY: 'x',
        },
      }),
      arming: { armed: true },
      deadlines: options.times ?? { ...deadlines, connectMillis: 3_000, answerMillis: 3_000 },
    })
  }

  async function streamWithConsumer() {
    const stream = { streamName: 'orders' }
    await connection.api.createStream('orders', { mode: 'PROVISIONED', shardCount: 1 })
    const { consumerArn = '' } = await connection.control.registerConsumer(stream, 'first')
    return { stream, consumerArn }
  }

  function subscribe(consumerArn: string, signal: AbortSignal) {
    const { subscribe } = connection
    if (subscribe === undefined) throw new Error('no fan-out')
    return subscribe({ streamName: 'orders' }, consumerArn, SHARD, { type: 'TRIM_HORIZON' }, { signal })
  }

  it.each([
    { variable: 'HTTPS_PROXY' },
    { variable: 'https_proxy' },
    { variable: 'HTTPS_PROXY', login: 'night%40shift:p%3Ass' },
  ])('gets its records by way of $variable, login $login', async options => {
    await connected(options)
    const { stream, consumerArn } = await streamWithConsumer()
    await connection.api.putRecords(stream, [{ partitionKey: 'a', data: Buffer.from('one') }])
    const before = proxy.seen.length
    const stop = new AbortController()
    const events = await subscribe(consumerArn, stop.signal)
    const seen: string[] = []
    for await (const event of events as AsyncIterable<SubscriptionEvent>) {
      seen.push(...event.records.map(record => Buffer.from(record.data).toString()))
      if (seen.length > 0) break
    }
    expect(seen).toEqual(['one'])
    // RFC 7617: base64 of "night@shift:p:ss".
    const login = options.login === undefined ? {} : { authorization: 'Basic bmlnaHRAc2hpZnQ6cDpzcw==' }
    expect(proxy.seen.slice(before)).toEqual([{ line: CONNECT_LINE, ...login }])
    stop.abort()
    connection.close()
    await vi.waitFor(() => expect(proxy.openCount()).toBe(0))
  })

  it('has a tunnel for each shard, and calling one off leaves the others', async () => {
    await connected()
    const { stream, consumerArn } = await streamWithConsumer()
    const other = await connection.control.registerConsumer(stream, 'second')
    const [first, second] = [new AbortController(), new AbortController()]
    const called = await subscribe(consumerArn, first.signal)
    const kept = await subscribe(other.consumerArn ?? '', second.signal)
    const openWithBoth = proxy.openCount()
    first.abort()
    // Whether a subscription that is called off ends or fails is no matter: its tunnel is gone.
    await (async () => {
      for await (const _ of called);
    })().catch(() => {})
    await vi.waitFor(() => expect(proxy.openCount()).toBe(openWithBoth - 1))
    await connection.api.putRecords(stream, [{ partitionKey: 'a', data: Buffer.from('one') }])
    for await (const event of kept) if (event.records.length > 0) break
    second.abort()
  })

  it.each([
    {
      what: '407',
      answer:
        'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm="x"\r\ncontent-length: 0\r\n\r\n',
      says: /wants a user name and password/,
    },
    {
      what: 'an HTML page with 403',
      answer:
        'HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: 27\r\n\r\n<html>Blocked by IT.</html>',
      says: /does not let through to kinesis\.behind-the-proxy\.test: .*403 Forbidden/,
    },
    { what: 'a torn connection', answer: '', says: /does not let through|broke before/ },
  ])('says so when the proxy answers with $what, and leaves no connection', async ({ answer, says }) => {
    await connected({ login: 'user:s3cret' })
    conduct = { answer }
    const failure = await failureIn(
      subscribe(
        'arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/c:1',
        new AbortController().signal,
      ),
    )
    expect(failure).toMatchObject({ kind: 'unreachable', action: 'SubscribeToShard' })
    expect(failure.message).toMatch(says)
    expect(JSON.stringify(failure)).not.toContain('s3cret')
    expect(proxy.seen).toHaveLength(1)
    await vi.waitFor(() => expect(proxy.openCount()).toBe(0))
  })

  it('ends by its deadline when the proxy stays silent, and at once when it is called off', async () => {
    await connected({ times: deadlines })
    conduct = 'silent'
    const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/c:1'
    const failure = await failureIn(subscribe(arn, new AbortController().signal))
    expect(failure).toMatchObject({ kind: 'unreachable', retryable: true })
    expect(failure.message).toContain('has not opened a tunnel within 400 ms')
    await vi.waitFor(() => expect(proxy.openCount()).toBe(0))
    const stop = new AbortController()
    const second = failureIn(subscribe(arn, stop.signal))
    await vi.waitFor(() => expect(proxy.seen).toHaveLength(2))
    stop.abort()
    expect((await second).kind).toBe('aborted')
    await vi.waitFor(() => expect(proxy.openCount()).toBe(0))
  })

  it('does not trust what is behind the proxy without its certificate', async () => {
    await connected()
    const stranger = await tlsFront(sandbox.url)
    conduct = { tunnelTo: stranger.port }
    const failure = await failureIn(
      subscribe(
        'arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/c:1',
        new AbortController().signal,
      ),
    )
    expect(failure.message).toMatch(/certificate .* is not trusted/)
    await stranger.close()
  })

  it('goes past the proxy where NO_PROXY says so, and shows none', async () => {
    await connected({ noProxy: '.behind-the-proxy.test' })
    expect(connection.session().proxyUrl).toBeUndefined()
    const failure = await failureIn(
      subscribe(
        'arn:aws:kinesis:us-east-1:000000000000:stream/orders/consumer/c:1',
        new AbortController().signal,
      ),
    )
    expect(failure.message).toContain('cannot be resolved')
    expect(proxy.seen).toEqual([])
  })
})
