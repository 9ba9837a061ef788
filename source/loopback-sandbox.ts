import type { RunningSandbox, SandboxOptions } from './commands/command.ts'
import { FailureError } from './domain/failure.ts'

/**
 * The sandbox as commands see it; loaded only when it is asked for.
 * @throws FailureError of kind `conflict` where the port is taken
 */
export async function startLoopbackSandbox({ port, hasTraffic }: SandboxOptions): Promise<RunningSandbox> {
  const { startSandbox } = await import('./sandbox/sandbox.ts')
  try {
    const sandbox = await startSandbox({ port, traffic: hasTraffic ? 'demo' : 'none' })
    return { url: sandbox.url, close: () => sandbox.stop() }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    throw new FailureError(
      {
        kind: 'conflict',
        action: 'sandbox',
        message:
          code === 'EACCES'
            ? `port ${port} of 127.0.0.1 is not for ordinary users`
            : `port ${port} of 127.0.0.1 is taken by another program`,
        nextStep: 'Choose another with --port, or --port 0 for any free one.',
        retryable: false,
      },
      { cause: error },
    )
  }
}
