import { describe, expect, test } from 'vitest'
import type { Connection } from '../../source/aws/connection.ts'
import { ConsoleSession } from '../../source/console-session.ts'
import type { Arming } from '../../source/domain/session.ts'
import { sessionOf } from '../support/render-screen.tsx'

/** A session whose steps are noted in their order. */
function switching(switchTo: (next: Connection) => Promise<Connection> = async next => next) {
  const steps: string[] = []
  const arming: Arming = { armed: true }
  const connection = (name: string): Connection =>
    ({
      session: () => ({
        ...sessionOf({ profile: { value: name, origin: { kind: 'chosen' } } }),
        armed: arming.armed,
      }),
      switchTo: () => switchTo(connection('next')),
      close: () => steps.push(`close ${name}`),
    }) as unknown as Connection
  const session = new ConsoleSession({
    connection: connection('first'),
    arming,
    regions: [],
    dispatch: event => steps.push(event.type),
  })
  session.beforeSwitch = async () => {
    await new Promise(resolve => setImmediate(resolve))
    steps.push(`released while ${arming.armed ? 'armed' : 'read-only'}`)
    return () => steps.push('goes on')
  }
  return { session, steps, arming }
}

describe('a switch of the connection', () => {
  test('first lets go of what has to be undone, armed and on the open connection, then disarms and closes it', async () => {
    const { session, steps, arming } = switching()
    await session.switchTo({ profile: 'next' })
    expect(steps).toEqual(['released while armed', 'session-changed', 'close first', 'goes on'])
    expect(arming.armed).toBe(false)
  })

  test('that fails leaves everything as it was', async () => {
    const { session, steps, arming } = switching(() => Promise.reject(new Error('no such profile')))
    await expect(session.switchTo({ profile: 'x' })).rejects.toThrow('no such profile')
    expect(steps).toEqual([])
    expect(arming.armed).toBe(true)
  })
})
