import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JsonLine, jsonLines, Program, run, SandboxProgram } from './program.ts'

const sandbox = new SandboxProgram()
beforeAll(() => sandbox.start())
afterAll(() => sandbox.program.stop())
const { json } = sandbox

const put = async (stream: string, count: number, prefix: string): Promise<string[]> => {
  const payloads = Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
  for (const payload of payloads) {
    const { code, stderr } = await sandbox.run(['put', stream, '--partition-key', payload, '--data', payload])
    if (code !== 0) throw new Error(stderr)
  }
  return payloads
}
const payloadsOf = (lines: readonly JsonLine[]): string[] =>
  lines.map(line => Buffer.from(String(line.data), 'base64').toString())

describe('tail', () => {
  it('goes on in the children of a split and of a merge, losing and repeating nothing', async () => {
    await json('create', 'resharded', '--shards', '1')
    const tail = sandbox.begin('tail', 'resharded', '--json')
    await tail.until('tailing', ({ stderr }) => stderr.includes('Tailing resharded'))
    const sent = await put('resharded', 4, 'before')
    await json('split', 'resharded', '0')
    sent.push(...(await put('resharded', 4, 'split')))
    await json('merge', 'resharded', '1', '2')
    sent.push(...(await put('resharded', 4, 'merged')))
    await tail.until('all records', ({ stdout }) => jsonLines(stdout).length >= sent.length)
    const { code, signal, stdout, stderr } = await tail.stop('SIGINT')
    expect([code, signal]).toEqual([130, null])
    const lines = jsonLines(stdout)
    expect(payloadsOf(lines).sort()).toEqual([...sent].sort())
    // Parents before children: the three generations never mix.
    const generations = payloadsOf(lines).map(payload => payload.split('-')[0])
    expect(generations).toEqual([...generations].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)))
    expect(stderr).toContain('goes on in shardId-000000000003')
    expect(stderr).toContain('12 records')
    expect(stderr).toMatch(/stopped\n$/)
  })
  const ORDER: readonly (string | undefined)[] = ['before', 'split', 'merged']

  it('starts at the oldest, at a time, at a sequence number, and ends where it is told', async () => {
    await json('create', 'places')
    const first = await put('places', 3, 'first')
    const [, middle] = await json('tail', 'places', '--from', 'oldest', '--exit-at-tip')
    await new Promise(resolve => setTimeout(resolve, 5))
    const between = new Date().toISOString()
    await new Promise(resolve => setTimeout(resolve, 5))
    const second = await put('places', 2, 'second')
    const read = async (...args: string[]) => payloadsOf(await json('tail', 'places', ...args))
    expect(await read('--from', 'oldest', '--exit-at-tip')).toEqual([...first, ...second])
    expect(await read('--from', between, '--exit-at-tip')).toEqual(second)
    expect(await read('--from', '1h', '--exit-at-tip')).toEqual([...first, ...second])
    expect(await read('--from', String(middle?.sequenceNumber), '--exit-at-tip')).toEqual([
      ...first.slice(1),
      ...second,
    ])
    expect(await read('--from', 'oldest', '--limit', '2')).toEqual(first.slice(0, 2))
    expect(await read('--from', 'oldest', '--shard', '0', '--limit', '4')).toHaveLength(4)
    expect(await read('--exit-at-tip')).toEqual([])
  })

  it('ends with 143 on SIGTERM', async () => {
    await json('create', 'quiet')
    const tail = sandbox.begin('tail', 'quiet')
    await tail.until('tailing', ({ stderr }) => stderr.includes('Tailing quiet'))
    expect((await tail.stop('SIGTERM')).code).toBe(143)
  })

  it('ends quietly with 0 when its reader has gone', async () => {
    await json('create', 'piped')
    await put('piped', 1, 'x')
    const tail = sandbox.begin('tail', 'piped', '--from', 'oldest', '--json')
    await tail.until('a record', ({ stdout }) => stdout.includes('\n'))
    tail.child.stdout?.destroy()
    await put('piped', 1, 'y')
    const { code, signal, stderr } = await tail.finished
    expect([code, signal]).toEqual([0, null])
    expect(stderr).not.toMatch(/EPIPE|Error|at .*\.mjs/)
  })
})

describe('sandbox', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('prints its URL alone and stops cleanly on %s', async name => {
    const program = new Program(['sandbox', '--port', '0', '--no-traffic'])
    await program.until('its URL', ({ stdout }) => stdout.includes('\n'))
    expect(program.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/)
    const url = program.stdout.trim()
    expect((await run(['streams', '--endpoint-url', url])).code).toBe(0)
    const { code, signal, stdout, stderr } = await program.stop(name)
    expect([code, signal]).toEqual([0, null])
    expect(stdout).toBe(`${url}\n`)
    expect(stderr).toBe('')
    expect((await run(['streams', '--endpoint-url', url])).code).toBe(12)
  })

  it('stops while somebody still tails it', async () => {
    const own = new SandboxProgram()
    await own.start()
    await own.json('create', 's')
    const tail = own.begin('tail', 's')
    await tail.until('tailing', ({ stderr }) => stderr.includes('Tailing s'))
    expect((await own.program.stop()).code).toBe(0)
    await tail.stop('SIGKILL')
  })
})

describe('put', () => {
  it('gives up waiting for standard input when it is told to stop, and sends nothing', async () => {
    await json('create', 'waiting')
    const program = sandbox.begin('put', 'waiting', '--partition-key', 'k', '-')
    await program.until('the start', ({ stderr }) => stderr.includes('Put into waiting'))
    expect((await program.stop('SIGINT')).code).toBe(130)
    expect(await json('tail', 'waiting', '--from', 'oldest', '--exit-at-tip')).toEqual([])
  })
})
