import { expect, it } from 'vitest'
import { refuseForeign } from '../../source/sandbox/wire/guard.ts'

const request = (headers: Readonly<Record<string, string>>, method = 'POST') =>
  refuseForeign({
    method,
    path: '/',
    headers,
    body: new Uint8Array(0),
    signal: new AbortController().signal,
  } as never)

it.each(['127.0.0.1', '127.0.0.1:4567', 'localhost:1', 'LOCALHOST', '[::1]:4567', 'kinesis.localhost:80'])(
  'host %s is served',
  host => expect(request({ host })).toBeUndefined(),
)

it.each([
  '',
  'evil.example',
  'evil.example:4567',
  '127.0.0.1.evil.example',
  '127.0.0.1.nip.io:4567',
  'localhost.evil.example',
  'localhost.:4567',
  'localhost@evil.example',
  'localhost:4567@evil.example',
  '127.0.0.1:80:80',
  '127.0.0.1, evil.example',
  '0.0.0.0:4567',
  '10.0.0.1',
  '[::2]',
  '[::ffff:10.0.0.1]',
  'evil.example\nlocalhost',
])('host %j is refused and never granted anything', host => {
  const refusal = request({ host })
  expect(refusal?.statusCode).toBe(403)
  expect(Object.keys(refusal?.headers ?? {}).filter(name => /access-control/i.test(name))).toEqual([])
})

it('a missing Host is refused, and the HTTP/2 authority counts before a Host beside it', () => {
  expect(request({})?.statusCode).toBe(403)
  expect(request({ ':authority': 'evil.example', host: 'localhost' })?.statusCode).toBe(403)
})

it.each(['http://evil.example', 'null', 'http://localhost:4567', ''])(
  'an Origin of %j is refused, its preflight too',
  origin => {
    for (const method of ['POST', 'OPTIONS', 'GET']) {
      const refusal = request({ host: 'localhost', origin }, method)
      expect(refusal?.statusCode).toBe(403)
      expect(Object.keys(refusal?.headers ?? {}).filter(name => /access-control/i.test(name))).toEqual([])
    }
  },
)
