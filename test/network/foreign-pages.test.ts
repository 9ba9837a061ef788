import { afterEach, expect, it } from 'vitest'
import type { Connection } from '../../source/aws/connection.ts'
import { connectTo, failureIn } from '../aws/connect-to.ts'
import { type ScriptedServer, scriptedServer } from '../aws/scripted-server.ts'

let server: ScriptedServer
let connection: Connection
afterEach(async () => {
  connection.close()
  await server.close()
})

it.each([200, 403])(
  "a portal's page with HTTP %d is nobody's refusal, whichever service was asked",
  async status => {
    server = await scriptedServer(() => ({ text: '<html>Sign in to the network.</html>', status }))
    connection = await connectTo(server.url)
    const { api, services, control } = connection
    const stream = { streamName: 'orders' }
    const failures = await Promise.all([
      failureIn(api.listShards(stream)),
      failureIn(control.describeLimits()),
      failureIn(services.listDeliveryStreams()),
      failureIn(services.listFlinkApplications()),
      failureIn(services.listVideoStreams()),
    ])
    for (const { kind, message } of failures) {
      expect(['bad-answer', 'unsupported'], message).toContain(kind)
      expect(message).not.toMatch(/Unexpected token|permission/)
    }
  },
)
