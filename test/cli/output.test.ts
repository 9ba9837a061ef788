import { describe, expect, it } from 'vitest'
import { failureText } from '../../source/cli/failure-text.ts'
import type { HeadlessCommand } from '../../source/cli/flags.ts'
import { runHeadless } from '../../source/cli/headless.ts'
import { rowWriter } from '../../source/cli/output.ts'
import { Sink, type Writable } from '../../source/cli/sink.ts'
import { StopSignals } from '../../source/cli/stop-signals.ts'
import { GrowingLines, tableText } from '../../source/cli/table.ts'
import type { Context } from '../../source/commands/command.ts'
import { jsonLine } from '../../source/commands/json-line.ts'
import { JsonText } from '../../source/commands/json-text.ts'
import { RECORD_COLUMNS } from '../../source/commands/record-rows.ts'
import type { Event } from '../../source/state/event.ts'

/** An output that takes a text only when the test says so. */
class SlowOutput implements Writable {
  readonly taken: string[] = []
  #waiting: { text: string; done: (error?: Error | null) => void }[] = []
  #onError: (error: NodeJS.ErrnoException) => void = () => {}
  isTTY = false
  columns = 0

  write(text: string, done: (error?: Error | null) => void): boolean {
    this.#waiting.push({ text, done })
    return false
  }

  on(_: 'error', listener: (error: NodeJS.ErrnoException) => void): void {
    this.#onError = listener
  }

  /** Takes what waits; returns whether there was anything. */
  take(): boolean {
    const next = this.#waiting.shift()
    if (next === undefined) return false
    this.taken.push(next.text)
    next.done()
    return true
  }

  /** The reader goes away: the write fails, and the stream says so too. */
  hangUp(code = 'EPIPE'): void {
    const error = Object.assign(new Error(code), { code })
    for (const { done } of this.#waiting.splice(0)) done(error)
    this.#onError(error)
  }
}

const settle = () => new Promise(resolve => setImmediate(resolve))

describe('JSON lines', () => {
  it('keep what JSON would round or drop, and leave out what is absent', () => {
    const line = jsonLine({
      big: 2n ** 128n - 1n,
      at: new Date('2026-11-30T12:00:00.007Z'),
      data: new Uint8Array([0, 255, 16]),
      absent: undefined,
      list: [1n, 'x'],
      nested: { key: 3n, absent: undefined },
      raw: new JsonText('{"n":1.10}'),
    })
    expect(line).toBe(
      '{"v":1,"big":"340282366920938463463374607431768211455","at":"2026-11-30T12:00:00.007Z","data":"AP8Q",' +
        '"list":["1","x"],"nested":{"key":"3"},"raw":{"n":1.10}}\n',
    )
  })

  it('encode the bytes of a view, not of the pool behind it', () => {
    const pool = new Uint8Array([9, 9, 1, 2, 9])
    expect(jsonLine({ data: pool.subarray(2, 4) })).toBe('{"v":1,"data":"AQI="}\n')
  })

  it('are safe on a terminal and mean the same text', () => {
    const text = '\u001b]0;x\u0007\u009b31m\u202e\u2028\u{e0001}é🙂'
    const line = jsonLine({ text, raw: new JsonText(JSON.stringify(text)) })
    expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u2028\u{e0001}]/u)
    expect(line).toContain('é🙂')
    expect(JSON.parse(line)).toEqual({ v: 1, text, raw: text })
  })
})

describe('tables', () => {
  const columns = [
    { key: 'name', header: 'NAME' },
    { key: 'count', header: 'COUNT', align: 'right' },
    { key: 'note', header: 'NOTE' },
  ] as const

  it('align by cells, not by characters, and show absent as a dash, never as zero', () => {
    const rows = [
      { name: '日本', count: 7, note: 'x' },
      { name: 'ab', count: 1_000 },
    ]
    expect(tableText(columns, rows, undefined)).toBe(
      ['NAME  COUNT  NOTE', '日本      7  x', 'ab     1000  -', ''].join('\n'),
    )
  })

  it('are cut to the terminal with a mark', () => {
    const text = tableText(columns, [{ name: 'a', count: 1, note: 'long note here' }], 16)
    expect(text.split('\n')[1]).toBe('a         1  lo…')
  })

  it('make control characters visible', () => {
    expect(tableText(columns, [{ name: '\u001b[2J', note: 'a\nb' }], undefined)).toContain(
      '\\e[2J      -  a\\nb',
    )
  })

  it('lines that come one by one never get narrower', () => {
    const lines = new GrowingLines(columns, undefined)
    expect(lines.text({ name: 'long-name', count: 1, note: 'x' })).toBe('long-name  1  x\n')
    expect(lines.text({ name: 'a', count: 1, note: 'y' })).toBe('a          1  y\n')
  })

  it('records of a tail line up from the first on, however their keys and sizes vary', () => {
    const lines = new GrowingLines(RECORD_COLUMNS, undefined)
    const startOfData = (partitionKey: string, size: string) =>
      lines
        .text({
          time: '2026-11-30T22:40:32.750Z',
          shardId: 'shardId-000000000000',
          partitionKey,
          size,
          preview: '{}',
        })
        .indexOf('{}')
    // 24 + 20 + 12 + 7 cells and a gap of two after each.
    expect(['a', 'user-7', 'customer-123'].map(key => startOfData(key, '9 B'))).toEqual([71, 71, 71])
    expect(startOfData('b', '99999 B')).toBe(71)
    // A UUID makes one step to 40 cells, after which nothing moves any more.
    const uuid = '7d444840-9dc0-11d1-b245-5ffdce74fad2'
    expect([uuid, 'c', 'x'.repeat(40), 'd'].map(key => startOfData(key, '10 B'))).toEqual([99, 99, 99, 99])
  })
})

it('a table takes more rows at once than a call takes arguments', async () => {
  let text = ''
  const sink = new Sink({
    write: (piece, done) => {
      text += String(piece)
      done()
      return true
    },
    on: () => {},
  })
  const writer = rowWriter({ name: 'x', columns: [{ key: 'n', header: 'N' }], rows: () => [] }, sink, false)
  await writer.write(Array.from({ length: 200_000 }, (_, n) => ({ n })))
  await writer.finish()
  expect(text.split('\n')).toHaveLength(200_002)
})

describe('failures', () => {
  it('take what, why and the next step, made visible', () => {
    expect(
      failureText({
        kind: 'not-found',
        action: 'ListShards',
        message: 'no \u001b[31mstream',
        nextStep: 'Look.',
        retryable: false,
      }),
    ).toBe('shardscope: ListShards: no \\e[31mstream.\n  Next: Look.\n')
  })
})

describe('a slow reader', () => {
  const commandOf = (run: () => AsyncGenerator<Event>): HeadlessCommand => ({
    id: 'test.run',
    title: 'Test',
    group: 'sandbox',
    keys: [],
    where: [],
    effect: 'read',
    args: {},
    headless: {
      name: 'test',
      columns: [{ key: 'url', header: 'URL' }],
      rows: event => (event.type === 'sandbox-started' ? [{ url: event.url }] : []),
    },
    run,
  })
  const invocationOf = (command: HeadlessCommand) =>
    ({
      kind: 'command',
      command,
      typed: {},
      flags: { write: false, sandbox: false },
      isJson: true,
    }) as const

  it('slows the command: nothing is made before the last line was taken', async () => {
    let made = 0
    const command = commandOf(async function* () {
      for (;;) {
        made += 1
        yield { type: 'sandbox-started', url: String(made) }
      }
    })
    const output = new SlowOutput()
    const run = runHeadless({
      invocation: invocationOf(command),
      stdout: new Sink(output),
      stderr: new Sink(new SlowOutput()),
      openContext: async () => ({}) as Context,
    })
    await settle()
    expect(made).toBe(1)
    output.take()
    await settle()
    expect(made).toBe(2)
    output.hangUp()
    expect(await run).toBe(0)
    expect(made).toBeLessThanOrEqual(3)
    expect(output.taken).toEqual(['{"v":1,"url":"1"}\n'])
  })

  it('that has gone is told to whoever makes the output; a full disk is a failure', async () => {
    let isTold = false
    const gone = new SlowOutput()
    const sink = new Sink(gone, () => {
      isTold = true
    })
    const written = sink.write('x')
    gone.hangUp()
    await written
    expect([isTold, sink.isClosed]).toEqual([true, true])
    await sink.write('dropped')

    const full = new SlowOutput()
    const other = new Sink(full).write('x')
    full.hangUp('ENOSPC')
    await expect(other).rejects.toThrow('ENOSPC')
  })
})

describe('signals', () => {
  it('the first one asks for a tidy end, the second one leaves', () => {
    const listeners = new Map<string, () => void>()
    const left: number[] = []
    const signals = new StopSignals(
      {
        on: (name, listener) => listeners.set(name, listener),
        off: name => listeners.delete(name),
      },
      code => left.push(code),
    )
    listeners.get('SIGINT')?.()
    expect([signals.signal.aborted, signals.exitCode, left]).toEqual([true, 130, []])
    listeners.get('SIGTERM')?.()
    expect(left).toEqual([143])
    signals.close()
    expect(listeners.size).toBe(0)
  })
})
