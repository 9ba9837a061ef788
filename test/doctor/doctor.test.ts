import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonLines, run, SandboxProgram } from '../cli/program.ts'

const LONGEST_MILLIS = 15_000

const port = (server: { address(): unknown }) => (server.address() as AddressInfo).port

describe('doctor', () => {
  const sandbox = new SandboxProgram()
  const sockets = new Set<Socket>()
  // Takes connections and says nothing, ever.
  const silent: Server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  /** Answers every operation with what IAM says to a role without rights. */
  const denying = createHttpServer((request, response) => {
    request.resume()
    response.writeHead(400, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-errortype': 'AccessDeniedException',
    })
    response.end(
      JSON.stringify({
        __type: 'AccessDeniedException',
        message: 'User: arn:aws:iam::111122223333:user/u is not authorized',
      }),
    )
  })

  beforeAll(async () => {
    await sandbox.start()
    for (const server of [silent, denying])
      await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    await sandbox.json('create', 'orders')
  })
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    silent.close()
    denying.close()
    await sandbox.program.stop()
  })

  test('on the sandbox nothing is missing: exit code 0, and what the endpoint lacks is unknown', async () => {
    const { code, stdout } = await sandbox.run(['doctor', 'orders', '--json'])
    const checks = new Map(jsonLines(stdout).map(line => [line.name, line]))
    expect(code).toBe(0)
    for (const name of [
      'reachability',
      'clock',
      'credentials',
      'kinesis:ListShards',
      'kinesis:GetShardIterator',
      'kinesis:GetRecords',
      'kms',
    ]) {
      expect(checks.get(name), String(name)).toMatchObject({ verdict: 'ok' })
    }
    expect(checks.get('dynamodb:ListTables')).toMatchObject({ verdict: 'unknown' })
    expect(checks.get('endpoint')?.detail).toContain('--endpoint-url')
  })

  test('a role without rights: each action is missing, with the policy to ask for; exit code 4', async () => {
    const { code, stdout, stderr } = await run([
      'doctor',
      'orders',
      '--json',
      '--endpoint-url',
      `http://127.0.0.1:${port(denying)}`,
    ])
    expect(code).toBe(4)
    const lines = jsonLines(stdout)
    expect(lines.find(line => line.name === 'kinesis:ListShards')).toMatchObject({
      verdict: 'missing',
      action: 'kinesis:ListShards',
    })
    expect(lines.find(line => line.type === 'policy')).toMatchObject({
      policy: {
        Version: '2012-10-17',
        Statement: expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Allow',
            Action: expect.arrayContaining(['kinesis:ListStreams']),
            Resource: ['*'],
          }),
        ]),
      },
    })
    expect(stderr).toContain('"Version": "2012-10-17"')
  })

  test('a server that never answers: ends in time, says that nobody answers, exit code 12', async () => {
    const startedAt = performance.now()
    const { code, stdout } = await run([
      'doctor',
      'orders',
      '--json',
      '--endpoint-url',
      `http://127.0.0.1:${port(silent)}`,
    ])
    // The promise of the command itself, and the one time in this suite that a clock is read.
    expect(performance.now() - startedAt).toBeLessThan(LONGEST_MILLIS)
    expect(code).toBe(12)
    const lines = jsonLines(stdout)
    expect(lines.find(line => line.name === 'reachability')).toMatchObject({ verdict: 'missing' })
    expect(lines.find(line => line.name === 'kinesis:ListShards')).toMatchObject({ verdict: 'unknown' })
  })

  test('no region and no credentials are findings of their own, not an end', async () => {
    const { code, stdout } = await run(['doctor', '--json', '--region', 'eu-west-1'])
    expect(code).toBe(5)
    expect(jsonLines(stdout)[0]).toMatchObject({ name: 'credentials', verdict: 'missing' })
  })
})
