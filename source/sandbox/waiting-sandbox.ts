import { type Assembled, assembleInSlices, type EmbeddedOptions } from './assemble.ts'
import type { Answer } from './wire/exchange.ts'
import { createInProcessHandler, type InProcessHandler } from './wire/in-process.ts'
import { errorResponse, protocolOf } from './wire/kinesis-endpoint.ts'

/** A sandbox that is made when it is first asked for something, so that the program around it can show itself before. */
export type WaitingSandbox = {
  /** For AWS SDK clients in this process. */
  requestHandler: InProcessHandler
  /** Listens on 127.0.0.1 as well, for other programs; 0 takes a free port. Resolves to the URL. */
  listen(port: number): Promise<string>
  stop(): Promise<void>
}

/**
 * Nothing but a failed call comes of whatever goes wrong in here: what cannot be made, and what throws, is answered as a
 * fault of the service (InternalFailure).
 */
export function createWaitingSandbox(options: EmbeddedOptions = {}): WaitingSandbox {
  let made: Promise<Assembled> | undefined
  const assembled = () => {
    made ??= assembleInSlices(options)
    return made
  }
  const answer: Answer = async request => {
    try {
      return await (await assembled()).answer(request)
    } catch (error) {
      return errorResponse(error, protocolOf(request))
    }
  }
  const stops: (() => Promise<void>)[] = []
  return {
    requestHandler: createInProcessHandler(answer),
    async listen(port) {
      // Node's servers and the making of certificates are of no use to a sandbox without a port.
      const [{ startServer }, { selfSignedCertificate }] = await Promise.all([
        import('./wire/server.ts'),
        import('./wire/certificate.ts'),
      ])
      let certificate: ReturnType<typeof selfSignedCertificate> | undefined
      const server = await startServer(answer, port, () => {
        certificate ??= selfSignedCertificate(Date.now())
        return certificate
      })
      stops.push(() => server.stop())
      return `http://127.0.0.1:${server.port}`
    },
    async stop() {
      for (const stop of stops.splice(0)) await stop()
      // What could not be made has nothing to stop; its failure was answered.
      const running = await made?.catch(() => undefined)
      await running?.sandbox.stop()
    },
  }
}
