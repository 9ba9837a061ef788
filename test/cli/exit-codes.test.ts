import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../source/cli/exit-codes.ts'
import { run } from './program.ts'

/** An endpoint that refuses everything the way AWS JSON 1.1 does. */
let server: Server
let url = ''
let answer: RequestListener = () => {}
const seen: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(String(request.headers['x-amz-target']))
    request.resume()
    answer(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise(resolve => server.close(resolve)))

const refuse = (status: number, type: string): void => {
  answer = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify({ __type: type, message: `told to say ${type}` }))
  }
}

describe('each kind of failure has its exit code', () => {
  it.each([
    [400, 'ResourceNotFoundException', 3],
    [400, 'AccessDeniedException', 4],
    [400, 'ExpiredTokenException', 5],
    [400, 'ResourceInUseException', 8],
    [400, 'InvalidArgumentException', 9],
    [400, 'UnknownOperationException', 11],
  ])('%i %s -> %i', async (status, type, code) => {
    refuse(status, type)
    const finished = await run(['shards', 's', '--endpoint-url', url])
    expect(finished.stderr).toMatch(/^shardscope: (ListShards|LoadCredentials): /)
    expect(finished.code).toBe(code)
    expect(finished.stdout).toBe('')
  })

  it('throttling, after the retries of the client -> 6', async () => {
    refuse(400, 'LimitExceededException')
    const { code, stderr } = await run(['shards', 's', '--endpoint-url', url])
    // LimitExceededException means throttling or a used-up quota; the failure says which it took it for.
    expect([6, 7]).toContain(code)
    expect(stderr).toContain('ListShards')
  })

  it('a server fault -> 14', async () => {
    refuse(500, 'InternalFailure')
    expect((await run(['shards', 's', '--endpoint-url', url])).code).toBe(14)
  })

  it('an answer that is not Kinesis -> 13', async () => {
    answer = (_, response) => {
      response.writeHead(403, { 'content-type': 'text/html' })
      response.end('<html><body>Blocked by the proxy</body></html>')
    }
    expect((await run(['shards', 's', '--endpoint-url', url])).code).toBe(13)
  })

  it('nobody at the endpoint -> 12', async () => {
    const { code, stderr } = await run(['streams', '--endpoint-url', 'http://127.0.0.1:1'])
    expect(code).toBe(12)
    expect(stderr).toContain('127.0.0.1:1')
  })

  it('no credentials -> 5, before any request', async () => {
    const { code, stderr } = await run(['streams', '--region', 'eu-west-1'])
    expect(code).toBe(5)
    expect(stderr).toMatch(/^shardscope: /)
  })

  it('no region and no endpoint -> 2, saying what to give', async () => {
    const { code, stderr } = await run(['streams'])
    expect(code).toBe(2)
    expect(stderr).toContain('--region')
  })

  it('a write at AWS without --write -> 10, before any request', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' }
    for (const args of [
      ['put', 's', '--partition-key', 'k', '--data', 'x'],
      ['create', 's'],
      ['tag', 's', 'a', 'b'],
      ['delete', 's', '--yes', 's'],
    ]) {
      const { code, stderr, stdout } = await run([...args, '--region', 'eu-west-1'], { env })
      expect(stderr).toContain('Next: Add --write if you mean to change something at this endpoint.')
      expect(stderr).toContain('https://kinesis.eu-west-1.amazonaws.com')
      expect([code, stdout]).toEqual([10, ''])
    }
  })

  it('a delete without the name, or with another, -> 2, before any request', async () => {
    seen.length = 0
    for (const args of [
      ['delete', 's'],
      ['delete', 's', '--yes', 't'],
    ]) {
      const { code, stderr } = await run([...args, '--endpoint-url', url])
      expect(code).toBe(2)
      expect(stderr).toContain('Add --yes s')
    }
    expect(seen).toEqual([])
  })

  it('failures take one to three lines and are no stack', async () => {
    refuse(400, 'AccessDeniedException')
    const { stderr } = await run(['streams', '--endpoint-url', url])
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3)
    expect(stderr).not.toMatch(/ {4}at /)
  })

  it('an error text with escape sequences cannot reach the terminal', async () => {
    answer = (_, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify({ __type: 'ResourceNotFoundException', message: 'x\u001b[2Jy\u0007' }))
    }
    const { stderr } = await run(['shards', 's', '--endpoint-url', url])
    expect(stderr).toContain('x\\e[2Jy\\x07')
  })
})

describe('usage -> 2', () => {
  it.each([
    [['streems'], 'there is no command "streems"'],
    [['streams', '--colour'], 'there is no option --colour here'],
    [['streams', 'extra'], 'extra word "extra"'],
    [['tail'], 'stream is missing'],
    [['tail', 's', '--limit', 'many'], 'limit "many" must be a whole number'],
    [['tail', 's', '--from', 'whenever', '--sandbox'], '"whenever" is no place to start'],
    [['tail', 's', '--limit'], '--limit needs a value'],
    [['tail', 'no spaces'], 'is neither a stream name'],
    [['split', 's', '0', '--at', '-1'], 'is no hash key'],
    [['retention', 's', '23'], 'must be a whole number from 24 to 8760'],
    [['streams', '--json=yes'], '--json takes no value'],
    [['streams', '--sandbox', '--region', 'eu-west-1'], '--sandbox is an endpoint of its own'],
    [
      ['streams', '--sandbox-port', '0', '--endpoint-url', 'http://127.0.0.1:1'],
      'which --sandbox-port means',
    ],
    [['streams', '--sandbox-port', '65536'], '--sandbox-port "65536" is not a whole number from 0 to 65535'],
    [['streams', '--sandbox-port', 'any'], '--sandbox-port "any" is not a whole number'],
    [['streams', '--sandbox-speed', '0'], '--sandbox-speed "0" is not a whole number from 1 to 10000'],
    [['streams', '--sandbox-scenario', 'nosuch'], 'one of demo, hot-key'],
    [['streams', '--sandbox-chaos', '/no/such/file'], '"/no/such/file" cannot be used'],
    [['streams', '--endpoint-url', 'ftp://x'], 'does not begin with http'],
    [['put', 's', '--partition-key', 'k', '--file', '/no/such/file', '--sandbox'], 'cannot be read'],
  ])('%j', async (args, text) => {
    const { code, stderr, stdout } = await run(args)
    expect(stderr).toContain(text)
    expect(stderr).toContain('Next: ')
    expect([code, stdout]).toEqual([2, ''])
  })

  it('no command without a terminal', async () => {
    const { code, stderr, stdout } = await run([])
    expect(stderr).toMatch(/^shardscope: the console needs a terminal/)
    expect([code, stdout]).toEqual([2, ''])
  })
})

it('no two kinds share a code by accident', () => {
  const kinds = Object.entries(EXIT_CODES)
  const byCode = Map.groupBy(kinds, ([, code]) => code)
  const shared = [...byCode].filter(([, entries]) => entries.length > 1).map(([code]) => code)
  expect(shared).toEqual([5])
  expect(kinds.every(([, code]) => code > 0 && code < 256)).toBe(true)
})
