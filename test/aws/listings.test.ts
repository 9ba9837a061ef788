import { afterEach, describe, expect, it } from 'vitest'
import { collect, connectTo, failureIn } from './connect-to.ts'
import {
  type Reply,
  type ScriptedServer,
  type SeenRequest,
  scriptedServer,
  serviceError,
} from './scripted-server.ts'

let server: ScriptedServer
afterEach(() => server.close())

const stream = { streamName: 'wide' }

/** Shards as the service describes them; the ranges only have to be valid. */
function rawShards(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    ShardId: `shardId-${String(index).padStart(12, '0')}`,
    HashKeyRange: { StartingHashKey: String(index * 10), EndingHashKey: String(index * 10 + 9) },
    SequenceNumberRange: {
      StartingSequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    },
  }))
}

/** ListShards as documented: MaxResults up to 1,000, a token that must come alone and may die. */
function shardService(count: number, pageSize = 1_000) {
  const shards = rawShards(count)
  return ({ body }: SeenRequest): Reply => {
    if (body.NextToken !== undefined && (body.StreamName !== undefined || body.StreamARN !== undefined)) {
      return serviceError('InvalidArgumentException', 'NextToken and StreamName cannot be provided together.')
    }
    const start = Number(body.NextToken ?? 0)
    const size = Math.min(Number(body.MaxResults ?? 1_000), pageSize, 1_000)
    const end = start + size
    return { json: { Shards: shards.slice(start, end), ...(end < count ? { NextToken: String(end) } : {}) } }
  }
}

async function listWith(answer: (request: SeenRequest) => Reply) {
  server = await scriptedServer(answer)
  const connection = await connectTo(server.url)
  return connection.api.listShards(stream).finally(() => connection.close())
}

describe('listShards', () => {
  it.each([
    [250, 100, 3],
    [250, 1_000, 1],
    [2_500, 1_000, 3],
    [0, 1_000, 1],
  ])('lists all of %i shards from pages of %i in %i calls', async (count, pageSize, calls) => {
    const shards = await listWith(shardService(count, pageSize))
    expect(shards).toHaveLength(count)
    expect(new Set(shards.map(({ shardId }) => shardId)).size).toBe(count)
    expect(server.requests).toHaveLength(calls)
  })

  it('report 18: sends the token alone on later pages, and never a stream id', async () => {
    await listWith(shardService(250, 100))
    expect(server.requests[0]?.body).toEqual({ StreamName: 'wide', MaxResults: 1_000 })
    expect(server.requests[1]?.body).toEqual({ NextToken: '100', MaxResults: 1_000 })
  })

  it('report 18: starts over when a token has expired', async () => {
    let expired = false
    const service = shardService(250, 100)
    const shards = await listWith(request => {
      if (request.body.NextToken === '200' && !expired) {
        expired = true
        return serviceError('ExpiredNextTokenException', 'The token has expired.')
      }
      return service(request)
    })
    expect(shards).toHaveLength(250)
    expect(server.requests.map(({ body }) => body.NextToken ?? 'start')).toEqual([
      'start',
      '100',
      '200',
      'start',
      '100',
      '200',
    ])
  })

  it('gives up a listing whose tokens always expire', async () => {
    const service = shardService(250, 100)
    const failure = await failureIn(
      listWith(request =>
        request.body.NextToken === undefined
          ? service(request)
          : serviceError('ExpiredNextTokenException', 'The token has expired.'),
      ),
    )
    expect(failure.kind).toBe('expired-token')
    expect(failure.message).toContain('4 times')
    expect(server.requests).toHaveLength(8)
  })

  it('ends where an endpoint sends the same page and a token for ever', async () => {
    const shards = await listWith(() => ({ json: { Shards: rawShards(3), NextToken: 'again' } }))
    expect(shards).toHaveLength(3)
    expect(server.requests).toHaveLength(2)
  })

  it('ends where an endpoint sends empty pages and a new token for ever', async () => {
    let count = 0
    const shards = await listWith(() => {
      count += 1
      return { json: { Shards: [], NextToken: `token-${count}` } }
    })
    expect(shards).toEqual([])
    expect(server.requests).toHaveLength(1)
  })

  it('names the stream by its ARN where an ARN was given; a custom endpoint gets the name as well', async () => {
    server = await scriptedServer(shardService(1))
    const connection = await connectTo(server.url)
    const streamArn = 'arn:aws:kinesis:us-east-1:111122223333:stream/wide'
    await connection.api.listShards({ ...stream, streamArn })
    expect(server.requests[0]?.body).toEqual({ StreamName: 'wide', StreamARN: streamArn, MaxResults: 1_000 })
    const elsewhere = 'arn:aws:kinesis:eu-west-1:111122223333:stream/wide'
    const failure = await failureIn(connection.api.listShards({ ...stream, streamArn: elsewhere }))
    expect(failure.kind).toBe('usage')
    expect(failure.message).toContain('eu-west-1')
    expect(failure.message).toContain('us-east-1')
    expect(server.requests).toHaveLength(1)
    connection.close()
  })
})

/** ListStreams pages of `pageSize`, by token as AWS has it or by the last name as emulators do. */
function streamService(names: readonly string[], pageSize: number, style: 'token' | 'name') {
  return ({ body }: SeenRequest): Reply => {
    const after = style === 'token' ? body.NextToken : body.ExclusiveStartStreamName
    const start = after === undefined ? 0 : names.indexOf(String(after)) + 1
    const page = names.slice(start, start + pageSize)
    const hasMore = start + pageSize < names.length
    return {
      json: {
        StreamNames: page,
        HasMoreStreams: hasMore,
        ...(style === 'token' && hasMore ? { NextToken: page.at(-1) } : {}),
      },
    }
  }
}

describe('listStreams', () => {
  const names = Array.from({ length: 122 }, (_, index) => `stream-${String(index).padStart(3, '0')}`)

  it.each(['token', 'name'] as const)('lists all of 122 streams, paging by %s', async style => {
    server = await scriptedServer(streamService(names, 50, style))
    const connection = await connectTo(server.url)
    const streams = await collect(connection.api.listStreams())
    expect(streams.map(({ streamName }) => streamName)).toEqual(names)
    expect(server.requests).toHaveLength(3)
    connection.close()
  })

  it('goes on by name when its token has expired', async () => {
    server = await scriptedServer(({ body }) =>
      body.NextToken === undefined
        ? streamService(names, 50, 'name')({ body } as SeenRequest)
        : serviceError('ExpiredNextTokenException', 'The token has expired.'),
    )
    const connection = await connectTo(server.url)
    expect(await collect(connection.api.listStreams())).toHaveLength(122)
    connection.close()
  })

  it('ends where an endpoint ignores the position', async () => {
    server = await scriptedServer(() => ({ json: { StreamNames: ['a', 'b'], HasMoreStreams: true } }))
    const connection = await connectTo(server.url)
    expect(await collect(connection.api.listStreams())).toEqual([{ streamName: 'a' }, { streamName: 'b' }])
    expect(server.requests).toHaveLength(2)
    connection.close()
  })

  it('yields the one empty page of an account without streams', async () => {
    server = await scriptedServer(() => ({ json: { StreamNames: [], HasMoreStreams: false } }))
    const connection = await connectTo(server.url)
    const pages: unknown[] = []
    for await (const page of connection.api.listStreams()) pages.push(page)
    expect(pages).toEqual([[]])
    connection.close()
  })

  it('learns the account from the ARNs', async () => {
    server = await scriptedServer(() => ({
      json: {
        StreamNames: ['a'],
        HasMoreStreams: false,
        StreamSummaries: [
          {
            StreamName: 'a',
            StreamARN: 'arn:aws:kinesis:us-east-1:111122223333:stream/a',
            StreamStatus: 'ACTIVE',
            StreamModeDetails: { StreamMode: 'ON_DEMAND' },
            StreamCreationTimestamp: 1.7e9,
          },
        ],
      },
    }))
    const connection = await connectTo(server.url)
    expect(connection.session().accountId).toBeUndefined()
    expect(await collect(connection.api.listStreams())).toEqual([
      {
        streamName: 'a',
        streamArn: 'arn:aws:kinesis:us-east-1:111122223333:stream/a',
        streamStatus: 'ACTIVE',
        streamMode: 'ON_DEMAND',
        streamCreationTimestamp: new Date('2023-11-14T22:13:20Z'),
      },
    ])
    expect(connection.session().accountId).toEqual({ value: '111122223333', origin: { kind: 'arn' } })
    connection.close()
  })
})

describe('listTags', () => {
  it('pages by the last key', async () => {
    const tags = Array.from({ length: 12 }, (_, index) => ({ Key: `k${index + 10}`, Value: String(index) }))
    server = await scriptedServer(({ body }) => {
      const start = tags.findIndex(tag => tag.Key === body.ExclusiveStartTagKey) + 1
      return { json: { Tags: tags.slice(start, start + 5), HasMoreTags: start + 5 < tags.length } }
    })
    const connection = await connectTo(server.url)
    const found = await connection.api.listTags(stream)
    expect([...found]).toEqual(tags.map(tag => [tag.Key, tag.Value]))
    connection.close()
  })
})
