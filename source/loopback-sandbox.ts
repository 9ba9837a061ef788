import { writeFile } from 'node:fs/promises'
import type { RunningSandbox, SandboxOptions } from './commands/command.ts'
import { embeddedOptionsOf, startFailure } from './sandbox-options.ts'

/**
 * The sandbox as commands see it, on a port of its own; loaded only when it is asked for.
 * @throws FailureError of kind `conflict` where the port is taken, `usage` for a file or name that it cannot use
 */
export async function startLoopbackSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { port, dataDirectory, certificateFile } = options
  const [{ startSandbox }, embedded] = await Promise.all([
    import('./sandbox/sandbox.ts'),
    embeddedOptionsOf(options),
  ])
  try {
    const sandbox = await startSandbox({ port, ...embedded })
    if (certificateFile !== undefined) await writeFile(certificateFile, sandbox.certificate())
    return { url: sandbox.url, close: () => sandbox.stop() }
  } catch (error) {
    throw startFailure(error, { port, portFlag: '--port', dataDirectory })
  }
}
