/**
 * Speed of the sandbox beside the public emulators, in one run with one client script. Ratios count, not absolutes.
 *
 *     node bench/sandbox.ts [seconds per measurement]
 *
 * Every server runs as its own process, the client here; with two cores they do not share one.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { measure } from './sandbox-client.ts'

const seconds = Number(process.argv[2] ?? 5)
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

type Subject = { name: string; args: string[]; env?: Record<string, string> }
const subjects: Subject[] = [
  { name: 'fixed answer', args: [here('sandbox-fixed-server.ts')] },
  { name: 'shardscope sandbox', args: [here('sandbox-server.ts')] },
  { name: 'kinesalite 3.3.3', args: [here('sandbox-kinesalite.cjs')] },
  { name: 'kinesis-local 0.6.2', args: [here('sandbox-kinesis-local.cjs')] },
]

/** Starts a server and waits for the URL on its first line. */
async function start({ args, env }: Subject): Promise<{ url: string; child: ChildProcess; readyMs: number }> {
  const began = performance.now()
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  const url = String(line).trim().split('\n').at(-1) ?? ''
  return { url, child, readyMs: performance.now() - began }
}

const rows: Record<string, Record<string, number>> = {}
for (const subject of subjects) {
  try {
    const { url, child, readyMs } = await start(subject)
    rows[subject.name] = { readyMs: Math.round(readyMs), ...(await measure(url, seconds)) }
    child.kill('SIGKILL')
    await once(child, 'exit')
  } catch (error) {
    console.error(`${subject.name}: ${error}`)
  }
}
console.table(rows)
