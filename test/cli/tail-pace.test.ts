import { describe, expect, it, test } from 'vitest'
import { paceNamed } from '../../source/commands/tail-pace.ts'
import { FailureError } from '../../source/domain/failure.ts'
import type { SessionInfo } from '../../source/state/model.ts'

const at = (url: string, isSandbox = false): SessionInfo => ({
  endpoint: { value: url, origin: '--endpoint-url' },
  region: { value: 'us-east-1', origin: '--region' },
  isSandbox,
  isCustomEndpoint: true,
  isArmed: false,
})

describe('--pace unlimited', () => {
  test.each([
    'https://kinesis.us-east-1.amazonaws.com',
    'https://vpce-1.kinesis.us-east-1.vpce.amazonaws.com',
    'http://127.0.0.1.example.com:4567',
    'http://localhost.example.com',
    'http://10.0.0.7:4566',
  ])('is refused on %s, with the way out', url => {
    expect(() => paceNamed('unlimited', at(url))).toThrow(FailureError)
    expect(() => paceNamed('unlimited', at(url))).toThrow(/not on this machine/)
    expect(paceNamed('eager', at(url)).isUnlimited).toBeUndefined()
  })

  test.each(['http://127.0.0.1:4567', 'http://localhost:4566', 'https://[::1]:4567'])(
    'is taken on %s',
    url => {
      expect(paceNamed('unlimited', at(url)).isUnlimited).toBe(true)
    },
  )
})

it('unless told otherwise a tail leaves four of five reads to others', () => {
  expect(paceNamed('gentle', at('http://127.0.0.1:4567')).busyMillis).toBe(1_000)
})
