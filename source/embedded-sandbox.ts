import type { ConnectOptions } from './aws/connection.ts'
import type { SandboxOptions } from './commands/command.ts'
import { IN_PROCESS_URL } from './domain/session.ts'
import { embeddedOptionsOf, startFailure } from './sandbox-options.ts'

/** The sandbox of this process. */
export type EmbeddedSandbox = {
  readonly requestHandler: NonNullable<ConnectOptions['requestHandler']>
  /** Where other programs find it; IN_PROCESS_URL where no port was asked for. */
  readonly url: string
  close(): Promise<void>
}

/**
 * A sandbox that answers in this process and listens only where a port is given. It is made at its first request, so that
 * a screen can be there before; `onWarning` hears of what fails in it outside of any request.
 * @throws FailureError of kind `conflict` where the port is taken, `usage` for a file or name that it cannot use
 */
export async function embedSandbox(
  options: Omit<SandboxOptions, 'port' | 'certificateFile'> & { readonly port?: number },
  onWarning: (text: string) => void,
): Promise<EmbeddedSandbox> {
  const { port } = options
  const [{ createWaitingSandbox }, embedded] = await Promise.all([
    import('./sandbox/waiting-sandbox.ts'),
    embeddedOptionsOf(options),
  ])
  const onFailure = (error: unknown) => onWarning(`sandbox: ${String(error)}`)
  const sandbox = createWaitingSandbox({ ...embedded, onFailure })
  try {
    const url = port === undefined ? IN_PROCESS_URL : await sandbox.listen(port)
    return { requestHandler: sandbox.requestHandler, url, close: () => sandbox.stop() }
  } catch (error) {
    throw startFailure(error, { port: port ?? 0, portFlag: '--sandbox-port' })
  }
}
