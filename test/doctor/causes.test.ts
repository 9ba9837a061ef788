import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { jsonLines, run } from '../cli/program.ts'

const page = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end('<html>Sign in to the network.</html>')
})
const ahead = createServer((request, response) => {
  request.resume()
  const date = new Date(Date.now() + 7_200_000).toUTCString()
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1', date })
  response.end(JSON.stringify({ __type: 'InvalidSignatureException', message: 'Signature expired' }))
})
for (const server of [page, ahead]) await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
afterAll(() => {
  for (const server of [page, ahead]) server.close()
})
const at = (server: typeof page) => `127.0.0.1:${(server.address() as AddressInfo).port}`

// Port 1 is nobody's; `.invalid` resolves nowhere (RFC 6761).
test.each([
  ['nobody listens', 'http://127.0.0.1:1', 12, 'reachability', /connection refused/],
  ['a name that is none', 'http://kinesis.invalid', 12, 'reachability', /cannot be resolved/],
  ['TLS to a plain port', `https://${at(page)}`, 12, 'reachability', /does not speak TLS/],
  ["a portal's page", `http://${at(page)}`, 13, 'reachability', /HTML page/],
  ['a clock two hours off', `http://${at(ahead)}`, 5, 'clock', /^7[12]\d\d s behind the endpoint/],
])('%s is what doctor names', async (_, url, exitCode, name, detail) => {
  const { code, stdout } = await run(['doctor', 'orders', '--json', '--endpoint-url', url])
  const missing = jsonLines(stdout).filter(({ verdict }) => verdict === 'missing')
  expect(missing).toMatchObject([{ name, detail: expect.stringMatching(detail) }])
  expect(code).toBe(exitCode)
})
