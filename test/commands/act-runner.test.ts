import { describe, expect, test } from 'vitest'
import { ActRunner, type RunnerContext } from '../../source/commands/act-runner.ts'
import { type Command, defineCommand } from '../../source/commands/command.ts'
import { KeyHandler } from '../../source/commands/key-handler.ts'
import { keyPresses } from '../../source/commands/key-press.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { FailureError } from '../../source/domain/failure.ts'
import { type Event, isUrgent } from '../../source/state/event.ts'
import type { Model, SessionInfo } from '../../source/state/model.ts'
import { Store } from '../../source/state/store.ts'
import { update } from '../../source/state/update.ts'
import { modelAfter, NOW, PRODUCTION, SANDBOX } from '../support/models.ts'
import { StepClock } from '../support/step-clock.ts'

/** A runner over commands of the test's own; data events are reduced at once. */
function running(commands: readonly Command[], session: SessionInfo = SANDBOX) {
  const store = new Store<Model, Event>({
    initial: modelAfter([], [80, 24], session),
    update,
    isUrgent: () => true,
    timer: () => () => {},
  })
  let now = NOW
  const context = {
    clock: { now: () => now, sleep: async () => {} },
    model: store.snapshot,
  } as unknown as RunnerContext
  const runner = new ActRunner({
    commands,
    context,
    dispatch: store.dispatch,
    signal: new AbortController().signal,
  })
  const keys = new KeyHandler({
    commands,
    runner,
    dispatch: store.dispatch,
    model: store.snapshot,
    now: () => now,
  })
  const type = (chunk: string, flags = {}) => {
    for (const press of keyPresses(chunk, flags)) keys.press(press)
  }
  return {
    store,
    keys,
    type,
    tick: (millis: number) => {
      now += millis
    },
    get model() {
      return store.snapshot()
    },
    /** Lets promises that are ready run. */
    settle: () => new Promise(resolve => setImmediate(resolve)),
  }
}

const ACT = { actId: 'a', commandId: 'shard.act' } as const

/** A write whose outcome the test decides. */
function writing(outcome: () => Promise<string>, seen: unknown[] = []) {
  return defineCommand({
    id: 'shard.act',
    title: 'Do an act',
    group: 'shard',
    keys: ['s'],
    where: 'everywhere',
    effect: 'write',
    args: {
      shard: { kind: 'shard', title: 'Shard', required: true },
      count: { kind: 'count', title: 'How many', defaultText: '1', max: 9 },
    },
    prefill: () => ({ shard: '3' }),
    confirm: ({ shard }) => ({ lines: [`Acts on ${shard}.`] }),
    async *run(args) {
      seen.push(args)
      yield { type: 'act-started', ...ACT, title: 'Act' }
      try {
        yield { type: 'act-finished', actId: 'a', detail: await outcome() }
      } catch (error) {
        yield { type: 'act-failed', actId: 'a', failure: (error as FailureError).failure }
      }
    },
  })
}

describe('a write', () => {
  test('goes through its form and its confirmation to its end', async () => {
    const seen: unknown[] = []
    const run = running([writing(async () => 'done it', seen)])
    run.type('s')
    expect(run.model.dialog).toMatchObject({ dialog: 'form', fields: { shard: '3', count: '1' } })
    run.type('\r')
    expect(run.model.dialog).toMatchObject({ dialog: 'confirm', lines: ['Acts on shardId-000000000003.'] })
    expect(seen).toEqual([])
    run.type('y')
    await run.settle()
    expect(seen).toEqual([{ shard: 'shardId-000000000003', count: 1 }])
    expect(run.model.dialog).toBeUndefined()
    expect(run.model.notice).toMatchObject({ level: 'success', text: 'done it.' })
  })

  test('is not confirmed by Enter, however often it is pressed', async () => {
    const seen: unknown[] = []
    const run = running([writing(async () => 'done', seen)])
    run.type('s\r\r\r\r')
    await run.settle()
    expect(run.model.dialog?.dialog).toBe('confirm')
    expect(seen).toEqual([])
    run.type('n')
    expect(run.model.dialog?.dialog).toBe('form')
  })

  test('that is refused for a value stays in its form with everything that was typed', () => {
    const run = running([writing(async () => 'done')])
    run.type('s\t')
    run.type('u', { ctrl: true })
    run.type('12\r')
    expect(run.model.dialog).toMatchObject({
      dialog: 'form',
      fields: { shard: '3', count: '12' },
      failure: { kind: 'usage', message: 'count "12" must be a whole number from 0 to 9' },
    })
  })

  test('that the service refuses comes back into its form, with the next step', async () => {
    const failure = {
      kind: 'conflict',
      action: 'SplitShard',
      message: 'the stream is UPDATING',
      nextStep: 'Wait until it is ACTIVE.',
      retryable: true,
    } as const
    const run = running([writing(() => Promise.reject(new FailureError(failure)))])
    run.type('s\r')
    run.type('y')
    await run.settle()
    expect(run.model.dialog).toMatchObject({
      dialog: 'form',
      fields: { shard: '3' },
      isRunning: false,
      failure,
    })
    expect(run.model.notice?.text).toBe('SplitShard failed: the stream is UPDATING. Wait until it is ACTIVE.')
  })

  test('whose form was left while it ran gives what was typed to the next try', async () => {
    let fail: (error: Error) => void = () => {}
    const run = running([
      writing(
        () =>
          new Promise((_, reject) => {
            fail = reject
          }),
      ),
    ])
    run.type('s\t')
    run.type('u', { ctrl: true })
    run.type('7\ry')
    await run.settle()
    expect(run.model.dialog).toMatchObject({ dialog: 'form', isRunning: true })
    run.type('', { escape: true })
    expect(run.model.dialog).toBeUndefined()
    fail(new FailureError({ kind: 'throttled', action: 'SplitShard', message: 'slow down', retryable: true }))
    await run.settle()
    expect(run.model.notice?.text).toContain('What was typed is kept for the next try.')
    run.type('s')
    expect(run.model.dialog).toMatchObject({ dialog: 'form', fields: { count: '7' } })
  })

  test('is refused while the session is read-only, and the notice tells the way out', () => {
    const arm = { ...writing(async () => ''), id: 'session.toggle-arming', keys: ['W'] }
    const run = running([writing(async () => 'done'), arm], PRODUCTION)
    run.type('s')
    expect(run.model.dialog).toBeUndefined()
    expect(run.model.notice?.text).toBe('Do an act: this session is read-only. W arms it.')
  })

  test('that was disarmed between question and answer is not run', async () => {
    const seen: unknown[] = []
    const run = running([writing(async () => 'done', seen)])
    run.type('s\r')
    run.store.dispatch({ type: 'session-changed', session: { ...SANDBOX, isArmed: false } })
    run.type('y')
    await run.settle()
    expect(seen).toEqual([])
    expect(run.model.notice?.level).toBe('error')
  })
})

describe('what was typed', () => {
  const putting = (shard: () => string) => ({
    ...writing(async () => 'done'),
    prefill: () => ({ shard: shard() }),
  })

  test('survives Esc for the same selection, and stays out of the form for another', () => {
    let shard = '3'
    const run = running([putting(() => shard)])
    run.type('s\t')
    run.type('u', { ctrl: true })
    run.type('8')
    run.type('', { escape: true })
    run.type('s')
    expect(run.model.dialog).toMatchObject({ fields: { shard: '3', count: '8' } })
    run.type('', { escape: true })
    shard = '4'
    run.type('s')
    expect(run.model.dialog).toMatchObject({ fields: { shard: '4', count: '1' } })
  })

  test('Esc and the next key in one packet are two keys, Alt within a field is Alt', () => {
    const run = running([putting(() => '3')])
    run.type('s')
    run.type('b', { meta: true })
    expect(run.model.dialog).toMatchObject({ dialog: 'form', cursor: 0 })
    run.type('s', { meta: true })
    expect(run.model.dialog).toMatchObject({ dialog: 'form', cursor: 1 })
    run.type('x', { meta: true })
    expect(run.model.dialog).toBeUndefined()
  })
})

describe('a destructive act', () => {
  const destroy = (seen: unknown[]) =>
    defineCommand({
      id: 'stream.destroy',
      title: 'Destroy it',
      group: 'stream',
      keys: ['D'],
      where: 'everywhere',
      effect: 'destroy',
      args: {},
      confirm: () => ({ lines: ['All data goes.'], requiredText: 'orders' }),
      run() {
        seen.push('run')
        return []
      },
    })

  test('wants the name typed exactly', () => {
    const seen: unknown[] = []
    const run = running([destroy(seen)])
    run.type('D')
    run.type('order\r')
    expect(seen).toEqual([])
    expect(run.model.dialog).toMatchObject({ dialog: 'confirm', text: 'order' })
    run.type('s\r')
    expect(seen).toEqual(['run'])
    expect(run.model.dialog).toBeUndefined()
  })
})

describe('a look', () => {
  const look = (seen: unknown[]) =>
    defineCommand({
      id: 'stream.look',
      title: 'Look at it',
      group: 'stream',
      keys: ['o'],
      where: 'everywhere',
      effect: 'view',
      args: { stream: { kind: 'stream', title: 'Name or ARN', required: true } },
      suggest: async () => ({ stream: ['payments', 'orders', 'orders-old'] }),
      run({ stream }) {
        seen.push(stream)
        return []
      },
    })

  test('asks only for what is missing, and offers values to choose from', async () => {
    const seen: unknown[] = []
    const run = running([look(seen)])
    run.type('o')
    await run.settle()
    run.type('ord')
    run.type('', { downArrow: true })
    expect(run.model.dialog).toMatchObject({ fields: { stream: 'orders' } })
    run.type('\r')
    expect(seen).toEqual([{ streamName: 'orders' }])
  })

  test('an ARN is taken as it was pasted, without its line end', () => {
    const seen: unknown[] = []
    const run = running([look(seen)])
    run.type('o')
    const arn = 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders'
    run.keys.paste(` ${arn}\r\n`)
    run.type('\r')
    expect(seen).toEqual([{ streamName: 'orders', streamArn: arn }])
  })

  test('pasted letters press no keys', () => {
    const run = running([look([])])
    run.keys.paste('o\r')
    expect(run.model.dialog).toBeUndefined()
    expect(run.model.notice?.level).toBe('warning')
  })

  test('keys of one chunk each see what the one before did', () => {
    const seen: unknown[] = []
    const run = running([look(seen)])
    run.type('oorders\r')
    expect(seen).toEqual([{ streamName: 'orders' }])
  })
})

test('a notice outlives keys that were on their way, an error also moving about', () => {
  const run = running([])
  const { store } = run
  const quiet = defineCommand({
    id: 'move.down',
    title: 'Down',
    group: 'navigate',
    keys: ['j'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    run: () => [],
  })
  const other = running([quiet, { ...quiet, id: 'view.other', keys: ['x'] }])
  other.store.dispatch({ type: 'noticed', notice: { level: 'error', text: 'no', at: NOW } })
  other.type('x')
  expect(other.model.notice).toBeDefined()
  other.tick(2_000)
  other.type('j')
  expect(other.model.notice).toBeDefined()
  other.type('x')
  expect(other.model.notice).toBeUndefined()
  expect(store.snapshot().notice).toBeUndefined()
})

test('view events are urgent, data events are not', () => {
  expect(isUrgent({ type: 'row-selected', id: 'a' })).toBe(true)
  expect(isUrgent({ type: 'clock-ticked', at: 0 })).toBe(false)
})

describe('what destroys the selected thing', () => {
  const destroying = (count: number | undefined) =>
    defineCommand({
      id: 'stream.end',
      title: 'End it',
      group: 'stream',
      keys: ['D'],
      where: 'everywhere',
      effect: 'destroy',
      args: {
        stream: { kind: 'stream', title: 'Stream', required: true },
        withAll: { kind: 'flag', title: 'All that hangs on it' },
      },
      prefill: () => ({ stream: 'orders' }),
      omits: () => (count === 0 ? ['withAll'] : []),
      confirm: ({ stream }) => ({ lines: ['Sure?'], requiredText: stream.streamName }),
      run: () => [],
    })

  test('asks for its name at once where nothing else is left to ask', () => {
    const run = running([destroying(0)])
    run.type('D')
    expect(run.model.dialog).toMatchObject({ dialog: 'confirm', requiredText: 'orders' })
  })

  test('asks for the rest first where there is any', () => {
    const run = running([destroying(undefined)])
    run.type('D')
    expect(run.model.dialog).toMatchObject({ dialog: 'form', focusedField: 'withAll' })
  })
})

test('a form that comes back with what was typed has the cursor at what is needed', () => {
  const { prefill: _, ...command } = writing(async () => 'done')
  const run = running([command])
  run.type('s')
  run.type('7')
  run.type('', { escape: true })
  run.type('s')
  expect(run.model.dialog).toMatchObject({ dialog: 'form', focusedField: 'shard', cursor: 1 })
})

describe('generated traffic', () => {
  test('ends by itself at its bound, and at once when it is called off from the console', async () => {
    const clock = new StepClock(NOW)
    const store = new Store<Model, Event>({
      initial: modelAfter([], [80, 24], SANDBOX),
      update,
      isUrgent: () => true,
      timer: () => () => {},
    })
    let putCount = 0
    const api = {
      describeStreamSummary: async () => ({ streamName: 'orders' }),
      putRecords: async (_: unknown, entries: readonly unknown[]) => {
        putCount += entries.length
        const receipt = { shardId: 'shardId-000000000000', sequenceNumber: '1' }
        return entries.map(() => ({ outcome: 'written', receipt }))
      },
    }
    const context = { api, clock, random: () => 0.5, model: store.snapshot, terminal: {} }
    const signal = new AbortController().signal
    const runner = new ActRunner({
      commands: COMMANDS,
      context: context as unknown as RunnerContext,
      dispatch: store.dispatch,
      signal,
    })
    const generate = runner.commandOf('record.generate') as Command
    const stop = runner.commandOf('act.stop') as Command
    const fields = { stream: 'orders', rate: '10', for: '20s', size: '20', keys: 'even:3' }
    const pass = (millis: number) => clock.run(clock.sleep(millis))

    runner.confirmed(generate, fields, undefined)
    await pass(60_000)
    expect(putCount).toBe(200)
    expect(store.snapshot().notice?.text).toMatch(/^orders: 200 records acknowledged in /)
    expect(stop.unavailable?.(store.snapshot())).toBe('nothing is running')

    runner.confirmed(generate, fields, undefined)
    await pass(5_000)
    expect(stop.unavailable?.(store.snapshot())).toBeUndefined()
    runner.start(stop)
    const stopped = putCount
    await pass(60_000)
    expect(putCount).toBe(stopped)
    expect(putCount).toBeLessThan(300)
    expect(store.snapshot().notice?.text).toMatch(/^orders: stopped, \d+ records acknowledged/)
  })
})
