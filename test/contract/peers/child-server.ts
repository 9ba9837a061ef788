import { type ChildProcess, spawn } from 'node:child_process'

/** A server in a process of its own: the ports that it announced on its output, and the way to end it. */
export type ChildServer = { readonly ports: ReadonlyMap<string, number>; stop(): Promise<void> }

/**
 * Starts a server and waits until `announced` has found all of `wanted` in what it prints. Ends are always by SIGKILL
 * (one of the emulators takes five seconds for anything milder), and closing our end of its stdin ends it too, should
 * this process die first.
 */
export async function startChildServer(options: {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Port by name, from one line of output. */
  announced(line: string): { name: string; port: number } | undefined
  readonly wanted: readonly string[]
}): Promise<ChildServer> {
  const child = spawn(options.command, options.args, {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ports = new Map<string, number>()
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      output += chunk.toString('utf8')
      for (const line of output.split('\n')) {
        const found = options.announced(line)
        if (found !== undefined) ports.set(found.name, found.port)
      }
      if (options.wanted.every(name => ports.has(name))) resolve()
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${options.command} ended with ${code}:\n${output}`)))
  })
  return { ports, stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
