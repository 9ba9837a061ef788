import { describe, expect, test } from 'vitest'
import type { Session } from '../../source/domain/session.ts'
import { isArmedAt } from '../../source/open-connection.ts'

const noFlags = { write: false, sandbox: false }

function sessionAt(url: string, profile?: Session['profile']): Pick<Session, 'endpointUrl' | 'profile'> {
  return {
    endpointUrl: { value: url, origin: { kind: 'flag', name: '--endpoint-url' } },
    ...(profile === undefined ? {} : { profile }),
  }
}

describe('arming at the start', () => {
  test('an emulator on this machine takes acts at once, AWS only with --write', () => {
    expect(isArmedAt(sessionAt('http://127.0.0.1:4567'), noFlags)).toBe(true)
    expect(isArmedAt(sessionAt('http://localhost:4567'), noFlags)).toBe(true)
    expect(isArmedAt(sessionAt('https://kinesis.eu-west-1.amazonaws.com'), noFlags)).toBe(false)
    expect(isArmedAt(sessionAt('https://kinesis.eu-west-1.amazonaws.com'), { ...noFlags, write: true })).toBe(
      true,
    )
  })

  test('a loopback address with a chosen profile may be the near end of a tunnel: read-only', () => {
    const origins = [
      { kind: 'flag', name: '--profile' },
      { kind: 'environment', name: 'AWS_PROFILE' },
      { kind: 'dotenv', name: 'AWS_PROFILE' },
    ] as const
    for (const origin of origins) {
      expect(isArmedAt(sessionAt('https://localhost:8443', { value: 'production', origin }), noFlags)).toBe(
        false,
      )
    }
    const fallback = { kind: 'default', reason: 'no profile given' } as const
    expect(
      isArmedAt(sessionAt('http://localhost:4567', { value: 'default', origin: fallback }), noFlags),
    ).toBe(true)
  })
})
