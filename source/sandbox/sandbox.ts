import { assemble, type EmbeddedOptions, type EmbeddedSandbox } from './assemble.ts'
import { type Certificate, selfSignedCertificate } from './wire/certificate.ts'
import { startServer } from './wire/server.ts'

export type SandboxOptions = EmbeddedOptions & {
  /** Port on 127.0.0.1; 0 (default) takes a free one. */
  port?: number
  /** Certificate and key (PEM) for clients that speak TLS; default: self-signed, made when first needed. */
  tls?: Certificate
}

/** A sandbox that listens as well. */
export type Sandbox = EmbeddedSandbox & {
  url: string
  port: number
  /** The certificate its port shows to clients that speak TLS, as PEM; self-signed unless one was given. */
  certificate(): string
}

/** Makes a Kinesis that lives in this process alone. */
export function createSandbox(options: EmbeddedOptions = {}): EmbeddedSandbox {
  return assemble(options).sandbox
}

/** Starts a Kinesis on loopback. Ready when the promise resolves; nothing is left behind after `stop`. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { sandbox, answer } = assemble(options)
  let made: Certificate | undefined
  const certificate = () => {
    made ??= options.tls ?? selfSignedCertificate(Date.now())
    return made
  }
  try {
    const server = await startServer(answer, options.port ?? 0, certificate)
    return {
      ...sandbox,
      url: `http://127.0.0.1:${server.port}`,
      port: server.port,
      certificate: () => certificate().cert,
      async stop() {
        await server.stop()
        await sandbox.stop()
      },
    }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}
