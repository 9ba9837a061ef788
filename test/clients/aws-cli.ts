import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A home without AWS files: the machine that runs the tests must not take part. */
const home = mkdtempSync(join(tmpdir(), 'shardscope-aws-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Runs a program of the given Python with credentials that no one knows, in an empty home. */
export function runPython(python: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(python, args, {
    cwd: home,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'clients',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      PYTHONWARNINGS: 'ignore',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, stdout, stderr }))
  })
}

/** `aws kinesis ...` of AWS's command line interface, on one endpoint. */
export class AwsCli {
  readonly #python: string
  readonly #url: string

  constructor(python: string, url: string) {
    this.#python = python
    this.#url = url
  }

  run(...args: string[]): Promise<Ended> {
    const common = ['--endpoint-url', this.#url, '--output', 'json']
    return runPython(this.#python, ['-m', 'awscli', 'kinesis', ...args, ...common])
  }

  /** The parsed answer of a command that must work; undefined for one that answers nothing. */
  async answer<Answer = unknown>(...args: string[]): Promise<Answer> {
    const { code, stdout, stderr } = await this.run(...args)
    if (code !== 0) throw new Error(`aws kinesis ${args.join(' ')} ended with ${code}: ${stderr}`)
    return (stdout === '' ? undefined : JSON.parse(stdout)) as Answer
  }

  /** The error name that a command is refused with. */
  async refusal(...args: string[]): Promise<string> {
    const { code, stderr } = await this.run(...args)
    return code === 0 ? 'accepted' : (/An error occurred \((\w+)\)/.exec(stderr)?.[1] ?? stderr)
  }

  async untilActive(streamName: string): Promise<void> {
    for (;;) {
      const { StreamDescriptionSummary: summary } = await this.answer<{
        StreamDescriptionSummary: { StreamStatus: string }
      }>('describe-stream-summary', '--stream-name', streamName)
      if (summary.StreamStatus === 'ACTIVE') return
    }
  }
}
