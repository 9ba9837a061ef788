import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUNDLE, NODE, SandboxProgram } from './program.ts'

const sandbox = new SandboxProgram()
beforeAll(async () => {
  await sandbox.start()
  await sandbox.json('create', 'orders')
})
afterAll(() => sandbox.program.stop())

const PUT = ['put', 'orders', '--partition-key', 'k']

describe('an input without an end', () => {
  it('is given up once it is larger than any record: standard input', async () => {
    const put = sandbox.begin(...PUT, '-')
    const stdin = put.child.stdin
    stdin?.on('error', () => {})
    const chunk = Buffer.alloc(65_536, 'y')
    const pour = (): void => {
      while (stdin?.writable && stdin.write(chunk));
      if (stdin?.writable) stdin.once('drain', pour)
    }
    pour()
    const { code, stdout, stderr } = await put.finished
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(
      'standard input has more than 16777216 bytes, and no record is larger than 10 MiB',
    )
  })

  it('is given up once it is larger than any record: a device', async () => {
    const { code, stdout, stderr } = await sandbox.run([...PUT, '--file', '/dev/zero'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('the file "/dev/zero" has more than 16777216 bytes')
  })

  it('does not outlive a signal, when nothing ever comes', async () => {
    const put = sandbox.begin(...PUT, '-')
    await put.until('the act', ({ stderr }) => stderr.includes('Put into orders'))
    const { code, stdout } = await put.stop('SIGINT')
    expect([code, stdout]).toEqual([130, ''])
  })
})

describe('a stderr that takes nothing (full disk)', () => {
  it.runIf(process.platform === 'linux')('does not stop an act half-way', async () => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(NODE, [BUNDLE, ...PUT, '--data', 'x', '--json', '--endpoint-url', sandbox.url], {
      stdio: ['ignore', 'pipe', full],
      env: { PATH: process.env.PATH ?? '', HOME: tmpdir(), AWS_EC2_METADATA_DISABLED: 'true' },
    })
    closeSync(full)
    let stdout = ''
    child.stdout?.on('data', (text: Buffer) => {
      stdout += text.toString()
    })
    const code = await new Promise(resolve => child.once('close', resolve))
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ streamName: 'orders', shardId: 'shardId-000000000000' })
  })
})
