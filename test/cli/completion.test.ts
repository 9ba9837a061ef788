import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completionOf } from '../../source/cli/complete.ts'
import { headlessCommands } from '../../source/cli/flags.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { PtyProgram } from '../support/pty-program.ts'
import { BUNDLE, NODE, run, SandboxProgram } from './program.ts'

const home = mkdtempSync(join(tmpdir(), 'shardscope-completion-'))
const sandbox = new SandboxProgram()
/** An endpoint that answers whatever this is set to. */
let answer = { StreamNames: [] as string[], StreamSummaries: [] as object[], HasMoreStreams: false }
let askedCount = 0
const hostile = createServer((request, response) => {
  askedCount += 1
  request.resume()
  request.on('end', () => {
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    response.end(JSON.stringify(answer))
  })
})
const silent = createServer(() => {})
const urlOf = (server: typeof hostile): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const env = (): Record<string, string> => ({
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  PATH: `${join(home, 'bin')}:${process.env.PATH ?? ''}`,
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'topsecret',
  AWS_EC2_METADATA_DISABLED: 'true',
})

beforeAll(async () => {
  mkdirSync(join(home, 'bin'))
  const shim = join(home, 'bin/shardscope')
  writeFileSync(shim, `#!/bin/sh\nexec '${NODE}' '${BUNDLE}' "$@"\n`)
  chmodSync(shim, 0o755)
  await sandbox.start()
  for (const server of [hostile, silent]) {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  }
}, 60_000)
afterAll(async () => {
  await sandbox.program.stop()
  for (const server of [hostile, silent]) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(home, { recursive: true, force: true })
})

/** What the program answers to a shell; asynchronously, since the servers live in this process. */
const complete = (shell: string, ...words: string[]) =>
  new Promise<{ stdout: string; stderr: string; code: number | null; millis: number }>(resolve => {
    const began = performance.now()
    const child = spawn(NODE, [BUNDLE, 'complete', shell, ...words], { env: env(), cwd: home })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', data => {
      stdout += data
    })
    child.stderr.on('data', data => {
      stderr += data
    })
    child.on('close', code => resolve({ stdout, stderr, code, millis: performance.now() - began }))
  })
const valuesOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map(line => line.split('\t')[0])

describe('what a word may become', () => {
  const kindsOf = (...words: string[]) => completionOf(words, COMMANDS).completion

  it('every command, every flag of each, computed from the commands', () => {
    const names = headlessCommands(COMMANDS).map(({ headless }) => headless.name)
    const first = kindsOf('')
    expect(first.kind === 'values' && first.candidates.map(({ value }) => value)).toEqual([
      ...names,
      'completion',
      'man',
      'licenses',
    ])
    const flags = kindsOf('tail', '--')
    const values = flags.kind === 'values' ? flags.candidates.map(({ value }) => value) : []
    expect(values).toEqual(expect.arrayContaining(['--from', '--until', '--json', '--profile', '--help']))
    expect(values).not.toContain('--target')
  })

  it.each([
    [['tail', ''], { kind: 'names', of: 'streams' }],
    [['--region', 'eu-west-1', 'tail', ''], { kind: 'names', of: 'streams' }],
    [['split', 'orders', ''], { kind: 'names', of: 'shards', stream: 'orders' }],
    [['tail', 'orders', '--shard', ''], { kind: 'names', of: 'shards', stream: 'orders', isList: true }],
    [['tail', 'orders', '--shard=3'], { kind: 'names', of: 'shards', stream: 'orders', isList: true }],
    [['delete', 'orders', '--yes', ''], { kind: 'names', of: 'streams' }],
    [['--profile', ''], { kind: 'names', of: 'profiles' }],
    [['streams', '--region='], { kind: 'names', of: 'regions' }],
    [['streams', 'extra', ''], { kind: 'values', candidates: [] }],
    [
      ['completion', 'z'],
      { kind: 'values', candidates: [{ value: 'bash' }, { value: 'zsh' }, { value: 'fish' }] },
    ],
    [['--sandbox-chaos', ''], { kind: 'files' }],
  ])('%j', (words, completion) => expect(kindsOf(...words)).toEqual(completion))
})

describe('names', () => {
  it('come from the endpoint on the line, and are kept for a minute, for their owner alone', async () => {
    await sandbox.json('create', 'orders', '--shards', '2')
    await sandbox.json('create', 'payments', '--shards', '1')
    const at = ['--endpoint-url', sandbox.url, '--region', 'us-east-1']
    const streams = await complete('fish', 'tail', ...at, '--', 'ord')
    expect(streams).toMatchObject({ stdout: 'orders\n', stderr: '', code: 0 })
    const shards = await complete('bash', 'tail', ...at, 'orders', '--shard', '=', 'shardId-000000000000,')
    expect(valuesOf(shards.stdout)).toEqual(['shardId-000000000000,shardId-000000000001'])
    const folder = join(home, 'state/shardscope/completion')
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('topsecret')
    }
    await sandbox.json('create', 'order-lines', '--shards', '1')
    expect((await complete('fish', 'tail', ...at, '--', 'ord')).stdout).toBe('orders\n')
    // A minute later.
    for (const name of readdirSync(folder)) {
      const kept = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { at: number }
      writeFileSync(join(folder, name), JSON.stringify({ ...kept, at: kept.at - 61_000 }))
    }
    const later = await complete('fish', 'tail', ...at, '--', 'ord')
    expect(valuesOf(later.stdout).sort()).toEqual(['order-lines', 'orders'])
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('of an untrusted endpoint that no shell or terminal may meet are left out', async () => {
    const names = [
      'good',
      'b\u001b[31mad',
      '$(touch pwned)',
      'a b',
      '`x`',
      'x;y',
      '\u202eevil',
      '-rf',
      'ok.1_2-3',
    ]
    answer = {
      StreamNames: names,
      StreamSummaries: names.map(name => ({
        StreamName: name,
        StreamARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`,
        StreamStatus: 'ACTIVE',
      })),
      HasMoreStreams: false,
    }
    const { stdout, code } = await complete(
      'zsh',
      'tail',
      '--endpoint-url',
      urlOf(hostile),
      '--region',
      'x-1',
      '',
    )
    expect(code).toBe(0)
    expect(valuesOf(stdout).sort()).toEqual(['good', 'ok.1_2-3'])
    expect(askedCount).toBeGreaterThan(0)
  })

  it('of an endpoint that never answers, that is not there, or without credentials: none, silently, soon', async () => {
    const waiting = await complete('zsh', 'tail', '--endpoint-url', urlOf(silent), '--region', 'x-1', '')
    expect(waiting).toMatchObject({ stdout: '', stderr: '', code: 0 })
    const gone = await complete('zsh', 'tail', '--endpoint-url', 'http://127.0.0.1:1', '--region', 'x-1', '')
    expect(gone).toMatchObject({ stdout: '', stderr: '', code: 0 })
    const unknown = await complete('zsh', 'tail', '--profile', 'nobody', '--region', 'x-1', '')
    expect(unknown).toMatchObject({ stdout: '', stderr: '', code: 0 })
  })
})

describe('in a real bash', () => {
  const BASH = spawnSync('bash', ['--version']).status === 0
  const inBash = (words: string[], cword: number) =>
    new Promise<string[]>((resolve, reject) => {
      const script = `source <(shardscope completion bash); COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${cword}; _shardscope shardscope 2>&1; printf '%s\\n' "\${COMPREPLY[@]}"`
      const child = spawn('bash', ['--norc', '-c', script], { env: env(), cwd: home })
      let text = ''
      child.stdout.on('data', data => {
        text += data
      })
      child.on('error', reject)
      child.on('close', () => resolve(text.split('\n').filter(Boolean)))
    })

  it.runIf(BASH)('words, flags, choices and names', async () => {
    expect(await inBash(['shardscope', 'resh'], 1)).toEqual(['reshard'])
    expect(await inBash(['shardscope', 'tail', '--unt'], 2)).toEqual(['--until'])
    const words = ['shardscope', 'tail', '--endpoint-url', sandbox.url, '--region', 'us-east-1', 'pay']
    expect(await inBash(words, 6)).toEqual(['payments'])
  })

  it.runIf(BASH)('typed at a prompt, Tab finishes the word', async () => {
    const bash = new PtyProgram('bash', ['--norc', '--noprofile', '-i'], {
      columns: 200,
      env: { ...env(), PS1: 'ready> ' },
    })
    try {
      await bash.waitFor(text => text.includes('ready>'))
      bash.press('source <(shardscope completion bash); echo loa"ded"\r')
      await bash.waitFor(text => text.includes('\nloaded'))
      bash.press(`shardscope tail --endpoint-url ${sandbox.url} --region us-east-1 paym\t`)
      await bash.waitFor(text => text.includes('us-east-1 payments'))
      bash.press('\x15shardscope enc\t')
      await bash.waitFor(text => text.includes('shardscope encrypt'))
    } finally {
      bash.kill()
    }
  })
})

it('the words refuse what they do not know', async () => {
  const unknown = await run(['completion', 'tcsh'])
  expect(unknown.code).toBe(2)
  expect(unknown.stderr).toContain('there is no completion for "tcsh"; it is one of bash, zsh, fish')
  expect((await run(['man', 'tail'])).code).toBe(2)
  expect((await run(['completion', '--help'])).stdout).toContain('Usage: shardscope completion SHELL')
  expect((await run(['--help'])).stdout).toMatch(/\n {2}licenses +Print the licences/)
})
