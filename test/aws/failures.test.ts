import { afterEach, describe, expect, it } from 'vitest'
import { failureFrom } from '../../source/aws/failures.ts'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import type { FailureKind } from '../../source/domain/failure.ts'
import { collect, connectTo, failureIn } from './connect-to.ts'
import { type Reply, type ScriptedServer, scriptedServer, serviceError } from './scripted-server.ts'

let server: ScriptedServer | undefined
afterEach(() => server?.close())

const stream = { streamName: 'orders' }

async function failing(reply: Reply, call: (api: KinesisApi) => Promise<unknown>) {
  server = await scriptedServer(() => reply)
  const connection = await connectTo(server.url)
  try {
    return await failureIn(call(connection.api))
  } finally {
    connection.close()
    await server.close()
  }
}

const getRecords = (api: KinesisApi) => api.getRecords(stream, 'shardId-000000000000', 'iterator')
const split = (api: KinesisApi) => api.splitShard(stream, 'shardId-000000000000', 7n)
const scale = (api: KinesisApi) => api.updateShardCount(stream, 8)

describe('what the service says becomes a failure by what the user can do', () => {
  const table: [string, Reply, (api: KinesisApi) => Promise<unknown>, FailureKind, boolean][] = [
    [
      'missing stream',
      serviceError('ResourceNotFoundException', 'Stream orders under account 111122223333 not found.'),
      getRecords,
      'not-found',
      false,
    ],
    [
      'throttled shard',
      serviceError('ProvisionedThroughputExceededException', 'Rate exceeded for shard x'),
      getRecords,
      'throttled',
      true,
    ],
    [
      'expired iterator',
      serviceError('ExpiredIteratorException', 'Iterator expired.'),
      getRecords,
      'expired-iterator',
      true,
    ],
    [
      'no permission',
      serviceError(
        'AccessDeniedException',
        'User: arn:aws:iam::1:user/a is not authorized to perform: kinesis:GetRecords',
      ),
      getRecords,
      'denied',
      false,
    ],
    [
      'no KMS permission',
      serviceError('KMSAccessDeniedException', 'The ciphertext refers to a customer master key …'),
      getRecords,
      'denied',
      false,
    ],
    [
      'an emulator that cannot tell the operation',
      serviceError('AccessDeniedException', 'Unable to determine service/operation name to be authorized'),
      scale,
      'unsupported',
      false,
    ],
    [
      'an emulator that says so',
      serviceError('UnknownOperationException', 'UnknownError'),
      scale,
      'unsupported',
      false,
    ],
    ['not implemented', { status: 501, json: {} }, scale, 'unsupported', false],
    [
      'stream busy',
      serviceError('ResourceInUseException', 'Stream orders under account 1 not ACTIVE'),
      split,
      'conflict',
      false,
    ],
    ['bad value', serviceError('InvalidArgumentException', 'NewStartingHashKey …'), split, 'invalid', false],
    [
      'bad value, namespaced type',
      serviceError('com.amazonaws.kinesis#ValidationException', '1 validation error'),
      split,
      'invalid',
      false,
    ],
    [
      'rate limit of an act',
      serviceError('LimitExceededException', 'Rate exceeded for stream orders under account 111122223333.'),
      split,
      'throttled',
      true,
    ],
    [
      'shard limit',
      serviceError(
        'LimitExceededException',
        'This request would exceed the shard limit for the account 111122223333 in us-east-1.',
      ),
      split,
      'quota',
      false,
    ],
    ['ten a day', serviceError('LimitExceededException', 'Limit exceeded'), scale, 'quota', false],
    ['HTTP 429', { status: 429, json: {} }, getRecords, 'throttled', true],
    [
      'expired keys',
      serviceError('ExpiredTokenException', 'The security token included in the request is expired'),
      getRecords,
      'credentials',
      false,
    ],
    [
      'unknown keys',
      serviceError('UnrecognizedClientException', 'The security token included in the request is invalid.'),
      getRecords,
      'credentials',
      false,
    ],
    ['internal failure', serviceError('InternalFailure', 'oops', 500), getRecords, 'service', true],
    ['500 without a type', { status: 500, json: {} }, getRecords, 'service', true],
    [
      'HTML 502',
      {
        status: 502,
        text: '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
      },
      getRecords,
      'bad-answer',
      true,
    ],
    [
      'HTML 403 of a portal',
      { status: 403, text: '<!doctype html><h1>Blocked</h1>' },
      getRecords,
      'bad-answer',
      false,
    ],
    ['HTML 200', { status: 200, text: '<html>Sign in</html>' }, split, 'bad-answer', false],
    [
      'XML 404',
      { status: 404, text: '<Error><Code>NoSuchKey</Code></Error>' },
      getRecords,
      'bad-answer',
      false,
    ],
    ['404 JSON', { status: 404, json: { error: 'not found' } }, getRecords, 'bad-answer', false],
    ['an answer without its members', { json: {} }, getRecords, 'bad-answer', false],
    ['too large a body', { status: 413, json: {} }, split, 'invalid', false],
  ]
  it.each(table)('%s', async (_name, reply, call, kind, retryable) => {
    const failure = await failing(reply, call)
    expect(failure).toMatchObject({ kind, retryable })
    expect(failure.message).not.toBe('')
  })

  /** What moto 5.2 (Werkzeug 3.1) answers to an operation that it lacks, and to any fault of its own. */
  const motoPage: Reply = {
    status: 500,
    text: '<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n',
    headers: { server: 'Werkzeug/3.1.8 Python/3.11.7', 'content-type': 'text/html; charset=utf-8' },
  }
  it.each([
    ['the page of moto', motoPage],
    ['a 501, whatever it is called', serviceError('InternalFailure', 'API action not yet implemented', 501)],
    ['a name', serviceError('NotImplementedException', '', 500)],
    ['a text', serviceError('InternalError', 'The list_shards action has not been implemented', 500)],
    ['an empty 501', { status: 501, json: {} }],
    ['a page with 501', { status: 501, text: '<html><title>Not Implemented</title></html>' }],
  ] as const)('an operation that an emulator lacks is asked for once: %s', async (_, reply) => {
    server = await scriptedServer(() => reply)
    const connection = await connectTo(server.url)
    const failure = await failureIn(collect(connection.api.listStreams()))
    expect(failure).toMatchObject({ kind: 'unsupported', retryable: false })
    expect(failure.message).toContain('does not know the operation ListStreams')
    const other = await failureIn(connection.services.listTables())
    expect(other).toMatchObject({ kind: 'unsupported', retryable: false })
    // A call of Kinesis is not repeated; the SDK of DynamoDB reads texts by itself.
    expect(server.requests.filter(({ operation }) => operation === 'ListStreams')).toHaveLength(1)
    connection.close()
  })

  it('the same page of another server stays a fault that may pass', async () => {
    const failure = await failing({ ...motoPage, headers: { server: 'nginx' } }, getRecords)
    expect(failure).toMatchObject({ kind: 'bad-answer', retryable: true })
  })

  it('names the page of a proxy', async () => {
    const page = '<html><head><title>502 Bad Gateway</title></head></html>'
    const failure = await failing({ status: 502, text: page }, getRecords)
    expect(failure.message).toContain('502 Bad Gateway')
    expect(failure.message).toContain('127.0.0.1')
    expect(failure.httpStatusCode).toBe(502)
  })

  it('takes a limit on a reading call for a rate, whatever the text says', async () => {
    const listing = await failing(serviceError('LimitExceededException', ''), api =>
      collect(api.listStreams()),
    )
    expect(listing).toMatchObject({ kind: 'throttled', errorName: 'LimitExceededException' })
  })

  it('keeps the text of the service and its error name', async () => {
    const text =
      'Shard shardId-000000000000 in stream orders under account 1 has already been merged or split'
    expect(await failing(serviceError('InvalidArgumentException', text), split)).toMatchObject({
      message: text,
      errorName: 'InvalidArgumentException',
      action: 'SplitShard',
    })
  })
})

describe('transport errors', () => {
  const context = { operation: 'GetRecords', endpointUrl: 'https://kinesis.eu-west-1.amazonaws.com' }
  const coded = (code: string, more: object = {}) =>
    Object.assign(new Error(`connect ${code}`), { code, ...more })
  it.each([
    ['ENOTFOUND', 'unreachable', 'kinesis.eu-west-1.amazonaws.com'],
    ['EAI_AGAIN', 'unreachable', 'kinesis.eu-west-1.amazonaws.com'],
    ['ECONNREFUSED', 'unreachable', 'refused'],
    ['ENETUNREACH', 'unreachable', 'route'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'unreachable', 'not trusted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'unreachable', 'TLS'],
    ['HPE_INVALID_CONSTANT', 'bad-answer', 'not HTTP/1.1'],
  ])('%s', (code, kind, words) => {
    const { failure } = failureFrom(coded(code), context)
    expect(failure.kind).toBe(kind)
    expect(failure.message).toContain(words)
    expect(failure.nextStep).toBeDefined()
  })

  it('looks below wrappers and into errors of both address families', () => {
    const wrapped = new Error('stream cancelled', { cause: coded('CERT_HAS_EXPIRED') })
    expect(failureFrom(wrapped, context).failure.message).toContain('not trusted')
    const both = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')], '')
    expect(failureFrom(both, context).failure.message).toContain('refused')
  })

  it('says of a name that failed which name it was', () => {
    const failure = failureFrom(coded('ENOTFOUND', { hostname: 'proxy.corp.example' }), context).failure
    expect(failure.message).toContain('proxy.corp.example')
  })

  it('admits that the fate of an act is unknown when the connection broke, and that it is known when none was made', () => {
    const act = { ...context, operation: 'SplitShard' }
    expect(failureFrom(coded('ECONNRESET'), act).failure.nextStep).toContain('unknown')
    expect(failureFrom(coded('ECONNREFUSED'), act).failure.nextStep).not.toContain('unknown')
    expect(failureFrom(coded('ECONNRESET'), context).failure.nextStep).not.toContain('unknown')
  })

  it('calls a bug of ours internal, not a fault of the service', () => {
    expect(failureFrom(new TypeError('x is not a function'), context).failure.kind).toBe('internal')
  })
})
