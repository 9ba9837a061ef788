import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../source/aws/connect.ts'
import { canUseProxy } from '../../source/aws/proxy.ts'
import { collect, connectTo, failureIn, settingsOf } from './connect-to.ts'
import { type Reply, type ScriptedServer, scriptedServer, serviceError } from './scripted-server.ts'

let server: ScriptedServer
afterEach(async () => {
  await server?.close()
  vi.restoreAllMocks()
})

const stream = { streamName: 'orders' }
const emptyPage: Reply = { json: { Records: [], NextShardIterator: 'next', MillisBehindLatest: 0 } }
const quick = { connectMillis: 300, answerMillis: 300, idleMillis: 300, callMillis: 5_000 }

describe('connections', () => {
  it('report 22: are reused: 40 shards polled five times need at most 40, one call after the other needs one', async () => {
    server = await scriptedServer(() => emptyPage)
    const connection = await connectTo(server.url)
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(
        Array.from({ length: 40 }, (_, shard) =>
          connection.api.getRecords(stream, `shardId-${shard}`, `iterator-${shard}`),
        ),
      )
    }
    expect(server.requests).toHaveLength(200)
    expect(server.connectionCount()).toBeLessThanOrEqual(40)
    const before = server.connectionCount()
    for (let call = 0; call < 20; call += 1) await connection.api.getRecords(stream, 'a', 'i')
    expect(server.connectionCount()).toBe(before)
    connection.close()
  })

  it('stay bounded when far more shards are polled at once than sockets are allowed', async () => {
    server = await scriptedServer(() => emptyPage)
    const connection = await connectTo(server.url)
    await Promise.all(
      Array.from({ length: 400 }, (_, shard) => connection.api.getRecords(stream, `s${shard}`, 'i')),
    )
    expect(server.connectionCount()).toBeLessThanOrEqual(128)
    connection.close()
  })

  it('of the screens do not wait behind a tail that fills its own', async () => {
    let release = (): void => {}
    const gate = new Promise<void>(resolve => {
      release = resolve
    })
    server = await scriptedServer(async ({ operation }) => {
      if (operation === 'GetRecords') await gate
      return operation === 'GetRecords' ? emptyPage : { json: { StreamNames: ['a'], HasMoreStreams: false } }
    })
    const connection = await connectTo(server.url)
    const reads = Array.from({ length: 200 }, () => connection.api.getRecords(stream, 's', 'i'))
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThanOrEqual(128))
    expect(await collect(connection.api.listStreams())).toEqual([{ streamName: 'a' }])
    release()
    await Promise.all(reads)
    connection.close()
  })

  it('report 21: speak HTTP/1.1 to a plain endpoint and sign with StreamName only', async () => {
    server = await scriptedServer(() => ({ json: { ShardIterator: 'i' } }))
    const connection = await connectTo(server.url)
    await connection.api.getShardIterator(stream, 'shardId-000000000000', {
      type: 'AT_TIMESTAMP',
      timestamp: new Date(1_719_999_999_123),
    })
    expect(server.requests[0]?.body).toEqual({
      StreamName: 'orders',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: 1_719_999_999.123,
    })
    expect(server.requests[0]?.headers.authorization).toContain('/us-east-1/kinesis/aws4_request')
    connection.close()
  })
})

describe('deadlines', () => {
  it.each(['silent', 'stall-in-body'] as const)(
    'end a call to a peer that is %s, without a retry',
    async reply => {
      server = await scriptedServer(() => reply)
      const connection = await connectTo(server.url, { deadlines: quick })
      const failure = await failureIn(connection.api.getRecords(stream, 's', 'i'))
      expect(failure).toMatchObject({ kind: 'unreachable', retryable: true, action: 'GetRecords' })
      expect(server.requests).toHaveLength(1)
      connection.close()
    },
  )

  it('end a whole call even while its attempts would go on', async () => {
    server = await scriptedServer(() => 'silent')
    const connection = await connectTo(server.url, {
      deadlines: { ...quick, answerMillis: 60_000, idleMillis: 60_000, callMillis: 200 },
    })
    const failure = await failureIn(collect(connection.api.listStreams()))
    expect(failure.kind).toBe('unreachable')
    expect(failure.message).toContain('200 ms')
    connection.close()
  })

  it('name a broken connection, and do not repeat the read', async () => {
    server = await scriptedServer(() => 'reset-in-body')
    const connection = await connectTo(server.url, { deadlines: quick })
    const failure = await failureIn(connection.api.getRecords(stream, 's', 'i'))
    expect(failure).toMatchObject({ kind: 'unreachable', retryable: true })
    expect(failure.message).toContain('broke')
    expect(server.requests).toHaveLength(1)
    connection.close()
  })

  it('leave an act that was cut off unrepeated, and say that its fate is unknown', async () => {
    server = await scriptedServer(() => 'reset')
    const connection = await connectTo(server.url, { deadlines: quick })
    const failure = await failureIn(connection.api.splitShard(stream, 'shardId-000000000000', 7n))
    expect(failure.nextStep).toContain('unknown')
    expect(server.requests).toHaveLength(1)
    connection.close()
  })

  it('let the screens heal by themselves: a listing survives one reset', async () => {
    server = await scriptedServer(() =>
      server.requests.length === 1 ? 'reset' : { json: { StreamNames: ['a'], HasMoreStreams: false } },
    )
    const connection = await connectTo(server.url)
    expect(await collect(connection.api.listStreams())).toEqual([{ streamName: 'a' }])
    expect(server.requests).toHaveLength(2)
    connection.close()
  })
})

describe('calling off', () => {
  it('ends a call in flight at once, with kind aborted', async () => {
    server = await scriptedServer(() => 'silent')
    const connection = await connectTo(server.url)
    const controller = new AbortController()
    const call = failureIn(connection.api.getRecords(stream, 's', 'i', { signal: controller.signal }))
    await vi.waitFor(() => expect(server.requests).toHaveLength(1))
    controller.abort()
    expect((await call).kind).toBe('aborted')
    connection.close()
  })

  it('sends nothing when the signal is aborted before', async () => {
    server = await scriptedServer(() => emptyPage)
    const connection = await connectTo(server.url)
    const failure = await failureIn(
      connection.api.getRecords(stream, 's', 'i', { signal: AbortSignal.abort() }),
    )
    expect(failure.kind).toBe('aborted')
    expect(server.requests).toHaveLength(0)
    connection.close()
  })

  it('ends the wait between retries', async () => {
    // The header makes the SDK wait for five seconds at least.
    server = await scriptedServer(() => ({
      status: 400,
      json: { __type: 'LimitExceededException', message: 'Rate exceeded' },
      headers: { 'retry-after': '30' },
    }))
    const connection = await connectTo(server.url)
    const controller = new AbortController()
    const call = failureIn(connection.api.describeStreamSummary(stream, { signal: controller.signal }))
    await vi.waitFor(() => expect(server.requests).toHaveLength(1))
    controller.abort()
    expect((await call).kind).toBe('aborted')
    connection.close()
  })

  it('closing the connection ends what is in flight, with kind aborted', async () => {
    server = await scriptedServer(() => 'silent')
    const connection = await connectTo(server.url)
    const call = failureIn(connection.api.getRecords(stream, 's', 'i'))
    await vi.waitFor(() => expect(server.requests).toHaveLength(1))
    connection.close()
    expect((await call).kind).toBe('aborted')
  })

  it('fails calls on a closed connection', async () => {
    server = await scriptedServer(() => emptyPage)
    const connection = await connectTo(server.url)
    await connection.api.getRecords(stream, 's', 'i')
    connection.close()
    expect((await failureIn(connection.api.getRecords(stream, 's', 'i'))).kind).toBe('aborted')
    expect(server.requests).toHaveLength(1)
  })
})

describe('retries', () => {
  it.each(['ProvisionedThroughputExceededException', 'LimitExceededException', 'InternalFailure'])(
    'GetRecords and GetShardIterator go out once on %s',
    async name => {
      server = await scriptedServer(() => serviceError(name, 'no', name === 'InternalFailure' ? 500 : 400))
      const connection = await connectTo(server.url)
      await failureIn(connection.api.getRecords(stream, 's', 'i'))
      await failureIn(connection.api.getShardIterator(stream, 's', { type: 'LATEST' }))
      expect(server.requests.map(({ operation }) => operation)).toEqual(['GetRecords', 'GetShardIterator'])
      connection.close()
    },
  )

  it('a throttled tail leaves the retries of the screens alone', async () => {
    let listings = 0
    server = await scriptedServer(({ operation }) => {
      if (operation === 'GetRecords')
        return serviceError('ProvisionedThroughputExceededException', 'Rate exceeded')
      listings += 1
      return listings === 1
        ? serviceError('InternalFailure', 'oops', 500)
        : { json: { StreamNames: ['a'], HasMoreStreams: false } }
    })
    const connection = await connectTo(server.url)
    await Promise.all(
      Array.from({ length: 300 }, () => failureIn(connection.api.getRecords(stream, 's', 'i'))),
    )
    expect(await collect(connection.api.listStreams())).toEqual([{ streamName: 'a' }])
    connection.close()
  })

  it('corrects a wrong clock by the answer and sends once more, also where nothing is retried', async () => {
    const serverNow = Date.now() + 2 * 3_600_000
    server = await scriptedServer(({ headers }) => {
      const stamp = String(headers['x-amz-date']).replace(
        /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/,
        '$1-$2-$3T$4:$5:$6Z',
      )
      const isSkewed = Math.abs(Date.parse(stamp) - serverNow) > 300_000
      const date = { date: new Date(serverNow).toUTCString() }
      return isSkewed
        ? {
            status: 400,
            json: { __type: 'InvalidSignatureException', message: 'Signature not yet current' },
            headers: date,
          }
        : { ...emptyPage, headers: date }
    })
    const connection = await connectTo(server.url)
    await connection.api.getRecords(stream, 's', 'i')
    await connection.api.getRecords(stream, 's', 'i')
    expect(server.requests).toHaveLength(3)
    connection.close()
  })
})

describe('quiet', () => {
  it('nothing of the SDK reaches stderr or the console, warnings come to the callback', async () => {
    const stderr = vi.spyOn(process.stderr, 'write')
    const consoles = (['warn', 'error', 'info', 'log', 'debug'] as const).map(name => vi.spyOn(console, name))
    server = await scriptedServer(() => emptyPage)
    const warnings: string[] = []
    const connection = await connectTo(server.url, { onWarning: text => warnings.push(text) })
    await Promise.all(Array.from({ length: 20 }, () => connection.api.getRecords(stream, 's', 'i')))
    connection.close()
    expect(stderr).not.toHaveBeenCalled()
    for (const method of consoles) expect(method).not.toHaveBeenCalled()
    expect(warnings).toEqual([])
  })
})

describe('proxies', () => {
  /** A proxy that refuses every CONNECT and remembers where it should have gone. */
  async function refusingProxy() {
    const seen: string[] = []
    const listener = createServer(socket => {
      socket.on('error', () => {})
      socket.once('data', data => {
        seen.push(data.toString('latin1').split('\r\n', 1)[0] ?? '')
        socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')
      })
    })
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
    const url = `http://user:secret@127.0.0.1:${(listener.address() as AddressInfo).port}`
    return { url, seen, close: () => new Promise(resolve => listener.close(resolve)) }
  }

  it.runIf(canUseProxy(process.versions.node))(
    'are used towards AWS, and shown without the password',
    async () => {
      const proxy = await refusingProxy()
      const connection = await connect({
        settings: settingsOf({
          environment: {
            HTTPS_PROXY: proxy.url,
            AWS_REGION: 'eu-west-1',
            AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
            AWS_SECRET_ACCESS_KEY: 'x',
          },
        }),
        arming: { armed: false },
      })
      expect(connection.session().proxyUrl).toEqual({
        value: proxy.url.replace('user:secret@', ''),
        origin: { kind: 'environment', name: 'HTTPS_PROXY' },
      })
      const failure = await failureIn(connection.api.getRecords(stream, 's', 'i'))
      expect(failure.kind).toBe('unreachable')
      // Only an ARN goes to the host of its account, which is how a stream of another account is reached.
      const streamArn = 'arn:aws:kinesis:eu-west-1:111122223333:stream/orders'
      await failureIn(connection.api.getRecords({ ...stream, streamArn }, 's', 'i'))
      expect(proxy.seen).toEqual([
        'CONNECT kinesis.eu-west-1.amazonaws.com:443 HTTP/1.1',
        'CONNECT 111122223333.data-kinesis.eu-west-1.amazonaws.com:443 HTTP/1.1',
      ])
      connection.close()
      await proxy.close()
    },
  )

  it('are never used towards this machine', async () => {
    const proxy = await refusingProxy()
    server = await scriptedServer(() => emptyPage)
    const connection = await connect({
      settings: settingsOf({
        flags: { endpointUrl: server.url },
        environment: { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, http_proxy: proxy.url },
      }),
      arming: { armed: false },
    })
    await connection.api.getRecords(stream, 's', 'i')
    expect(connection.session().proxyUrl).toBeUndefined()
    expect(proxy.seen).toEqual([])
    connection.close()
    await proxy.close()
  })
})
