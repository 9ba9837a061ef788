import { expect, it } from 'vitest'
import { isLoopback } from '../../source/domain/loopback.ts'

it.each([
  'http://127.0.0.1:4567',
  'http://127.9.9.9',
  'http://2130706433',
  'http://0x7f.1',
  'http://localhost',
  'https://LOCALHOST:1',
  'http://localhost.:4567',
  'http://kinesis.localhost',
  'http://[::1]:1',
  'http://[0:0:0:0:0:0:0:1]',
  'http://[::ffff:127.0.0.1]:4567',
])('%s is this machine', url => expect(isLoopback(url)).toBe(true))

it.each([
  'https://kinesis.eu-west-1.amazonaws.com',
  'http://127.0.0.1.evil.example',
  'http://localhost.evil.example',
  'http://notlocalhost',
  'http://127.0.0.1@evil.example',
  'http://[::2]',
  'http://[::ffff:8.8.8.8]',
  'http://0.0.0.0',
  'http://10.0.0.1',
  'x',
  '',
])('%s is not', url => expect(isLoopback(url)).toBe(false))
