import { describe, expect, it } from 'vitest'
import { parseArgs } from '../../source/commands/argument.ts'
import { listShards, mergeShards, splitShard } from '../../source/commands/shard-commands.ts'
import { MAX_HASH_KEY } from '../../source/domain/hash-key.ts'
import { initialModel } from '../../source/state/initial-model.ts'
import type { Model } from '../../source/state/model.ts'
import { contextOf, eventsOf, FakeKinesis, StepClock, shard, the } from './fake-kinesis.ts'

const MIDDLE = 1n << 127n
const IDS = ['shardId-000000000000', 'shardId-000000000001', 'shardId-000000000002'] as const

function twoHalves() {
  const kinesis = new FakeKinesis()
  const stream = kinesis.add('s', [shard(0, 0n, MIDDLE - 1n), shard(1, MIDDLE, MAX_HASH_KEY)])
  return { kinesis, stream }
}

const split = (kinesis: FakeKinesis, typed: Record<string, string>, api = kinesis.api()) => {
  const clock = new StepClock()
  const args = parseArgs('split', splitShard.args, typed)
  return { clock, events: () => eventsOf(splitShard.run(args, contextOf(api, clock))) }
}

describe('shards', () => {
  it('puts them along the hash-key space with share, state and children', async () => {
    const { kinesis } = twoHalves()
    await split(kinesis, { stream: 's', shard: '1' }).events()
    const events = await eventsOf(
      listShards.run({ stream: { streamName: 's' } }, contextOf(kinesis.api(), new StepClock())),
    )
    const rows = listShards.headless?.rows(the(events, 'shards-listed')) ?? []
    expect(rows.map(row => [row.shardId, row.state, row.shareOfHashSpace, row.childShardIds])).toEqual([
      [IDS[0], 'open', 0.5, []],
      [IDS[1], 'closed', 0.5, [IDS[2], 'shardId-000000000003']],
      [IDS[2], 'open', 0.25, []],
      ['shardId-000000000003', 'open', 0.25, []],
    ])
    expect(rows[0]).not.toHaveProperty('parentShardId')
  })
})

describe('split', () => {
  it('takes the middle by default and ends with both children', async () => {
    const { kinesis } = twoHalves()
    const events = await split(kinesis, { stream: 's', shard: IDS[0] }).events()
    // 2^126, the middle of 0..2^127-1.
    expect(kinesis.calls.find(call => call.operation === 'splitShard')?.args[2]).toBe(1n << 126n)
    expect(the(events, 'act-finished').rows?.map(row => [row.shardId, row.parentShardId])).toEqual([
      [IDS[2], IDS[0]],
      ['shardId-000000000003', IDS[0]],
    ])
  })

  it('waits for an effect that comes late, telling how far it is', async () => {
    const { kinesis, stream } = twoHalves()
    const clock = new StepClock()
    const real = kinesis.api()
    const startedAt = clock.millis
    stream.summary = { ...stream.summary, streamStatus: 'ACTIVE' }
    clock.onSleep.push(() => {
      if (clock.millis - startedAt < 20_000) return
      stream.summary = { ...stream.summary, streamStatus: 'ACTIVE' }
    })
    const api = kinesis.api({
      splitShard: async (...args) => {
        await real.splitShard(...args)
        stream.summary = { ...stream.summary, streamStatus: 'UPDATING' }
      },
    })
    const args = parseArgs('split', splitShard.args, { stream: 's', shard: '0' })
    const events = await eventsOf(splitShard.run(args, contextOf(api, clock)))
    expect(the(events, 'act-progressed').detail).toBe('UPDATING, 1 of 1 closed, 2 of 2 children')
    expect(the(events, 'act-finished').detail).toBe('s: shard 0 is split into 2 and 3')
    expect(clock.millis - startedAt).toBeGreaterThanOrEqual(20_000)
  })

  it('never says done when the effect is not seen within the bound', async () => {
    const { kinesis } = twoHalves()
    const run = split(
      kinesis,
      { stream: 's', shard: '0', timeout: '60' },
      kinesis.api({ splitShard: async () => {} }),
    )
    const events = await run.events()
    expect(events.map(event => event.type)).not.toContain('act-finished')
    expect(the(events, 'act-failed').failure).toMatchObject({
      kind: 'incomplete',
      message: 'not done after 60 s: ACTIVE, 0 of 1 closed, 0 of 2 children',
    })
    expect(run.clock.sleeps.reduce((sum, millis) => sum + millis, 0)).toBeLessThanOrEqual(60_000)
  })

  it('refuses a closed shard before any request, naming what it became', async () => {
    const { kinesis } = twoHalves()
    await split(kinesis, { stream: 's', shard: '0' }).events()
    const events = await split(kinesis, { stream: 's', shard: '0' }).events()
    expect(the(events, 'act-failed').failure).toMatchObject({
      kind: 'conflict',
      message: `${IDS[0]} is closed: it became ${IDS[2]} and shardId-000000000003; it can be read but not split or merged any more`,
    })
    expect(kinesis.operations().filter(operation => operation === 'splitShard')).toHaveLength(1)
  })

  it.each([
    // The service wants the hash key above start + 1 and below the end (domain rules of SplitShard).
    ['0', '0'],
    ['0', '1'],
    ['0', (MIDDLE - 1n).toString()],
    ['1', MIDDLE.toString()],
    ['1', '5'],
  ])('refuses shard %s at %s with the bounds', async (index, at) => {
    const { kinesis } = twoHalves()
    const events = await split(kinesis, { stream: 's', shard: index, at }).events()
    expect(the(events, 'act-failed').failure.kind).toBe('invalid')
    expect(the(events, 'act-failed').failure.message).toContain(`cannot be split at ${at}: `)
    expect(kinesis.operations()).not.toContain('splitShard')
  })

  it('refuses a range too narrow for any split', async () => {
    const kinesis = new FakeKinesis()
    kinesis.add('s', [shard(0, 100n, 102n), shard(1, 103n, MAX_HASH_KEY)])
    const events = await split(kinesis, { stream: 's', shard: '0' }).events()
    expect(the(events, 'act-failed').failure.message).toContain('its range 100..102 has only 3 hash keys')
  })

  it('refuses on an on-demand stream, and does without a summary that the endpoint does not know', async () => {
    const kinesis = new FakeKinesis()
    kinesis.add('s', [shard(0, 0n, MAX_HASH_KEY)], { streamMode: 'ON_DEMAND' })
    const refused = await split(kinesis, { stream: 's', shard: '0' }).events()
    expect(the(refused, 'act-failed').failure.kind).toBe('conflict')
    const { failing } = await import('./fake-kinesis.ts')
    const api = kinesis.api({ describeStreamSummary: () => Promise.reject(failing('unsupported')) })
    const done = await split(kinesis, { stream: 's', shard: '0' }, api).events()
    expect(the(done, 'act-finished').rows).toHaveLength(2)
  })

  it('outlasts throttling while it waits', async () => {
    const { kinesis } = twoHalves()
    const { failing } = await import('./fake-kinesis.ts')
    const real = kinesis.api()
    let looks = 0
    const api = kinesis.api({
      listShards: stream => {
        looks += 1
        return looks === 2 || looks === 3 ? Promise.reject(failing('throttled')) : real.listShards(stream)
      },
    })
    const events = await split(kinesis, { stream: 's', shard: '0' }, api).events()
    expect(the(events, 'act-finished').rows).toHaveLength(2)
  })
})

describe('merge', () => {
  // Open shards 4 [0..99], 6 [100..199], 5 [200..255]: ids say nothing about neighbourhood.
  const scaledUp = () => {
    const kinesis = new FakeKinesis()
    kinesis.add('s', [shard(4, 0n, 99n), shard(5, 200n, 255n), shard(6, 100n, 199n)])
    return kinesis
  }
  const merge = (kinesis: FakeKinesis, shardName: string, adjacentShard: string) =>
    eventsOf(
      mergeShards.run(
        parseArgs('merge', mergeShards.args, { stream: 's', shard: shardName, adjacentShard }),
        contextOf(kinesis.api(), new StepClock()),
      ),
    )

  it.each([
    ['4', '6'],
    ['6', '4'],
    ['6', '5'],
    ['5', '6'],
  ])('merges %s and %s, the lower range first whatever the order', async (one, other) => {
    const kinesis = scaledUp()
    const events = await merge(kinesis, one, other)
    const sent = kinesis.calls.find(call => call.operation === 'mergeShards')?.args
    const lower = one === '4' || other === '4' ? '4' : '6'
    expect(sent?.[1]).toBe(`shardId-00000000000${lower}`)
    expect(the(events, 'act-finished').rows).toHaveLength(1)
  })

  it('refuses shards that do not touch, naming the neighbour that would do', async () => {
    const kinesis = scaledUp()
    const { failure } = the(await merge(kinesis, '4', '5'), 'act-failed')
    expect(failure.kind).toBe('invalid')
    expect(failure.message).toContain('do not touch')
    expect(failure.nextStep).toBe('shardId-000000000004 can be merged with shardId-000000000006.')
    expect(kinesis.operations()).not.toContain('mergeShards')
  })

  it('refuses a shard with itself, a closed one and an unknown one', async () => {
    const kinesis = scaledUp()
    await merge(kinesis, '4', '6')
    expect(the(await merge(kinesis, '5', '5'), 'act-failed').failure.kind).toBe('invalid')
    expect(the(await merge(kinesis, '4', '5'), 'act-failed').failure.kind).toBe('conflict')
    expect(the(await merge(kinesis, '77', '5'), 'act-failed').failure.kind).toBe('not-found')
  })
})

describe('on screen', () => {
  const onShards = (selectedId: string): Model => {
    const { kinesis } = twoHalves()
    const shards = [
      ...(kinesis.streams.get('s')?.shards ?? []),
      { ...shard(7, 0n, MAX_HASH_KEY), endingSequenceNumber: '3' },
    ]
    const base = initialModel({
      endpoint: { value: 'x', origin: 'test' },
      region: { value: 'x', origin: 'test' },
      isSandbox: true,
      isArmed: true,
    })
    return {
      ...base,
      screens: [{ screen: 'shards', stream: { streamName: 's' }, showClosed: true, filter: '', selectedId }],
      shards: new Map([['s', { phase: 'loaded', value: shards }]]),
    }
  }

  it('split and merge are unavailable on a closed shard, with the reason', () => {
    expect(splitShard.unavailable?.(onShards('shardId-000000000007'))).toContain('is closed')
    expect(mergeShards.unavailable?.(onShards('shardId-000000000007'))).toContain('is closed')
    expect(splitShard.unavailable?.(onShards(IDS[0]))).toBeUndefined()
  })

  it('merge proposes the neighbour by range', () => {
    expect(mergeShards.prefill?.(onShards(IDS[0]))).toEqual({
      stream: 's',
      shard: IDS[0],
      adjacentShard: IDS[1],
    })
  })

  it('the confirmation of a split shows both new ranges', () => {
    const { lines } = splitShard.confirm?.(
      parseArgs('split', splitShard.args, { stream: 's', shard: '0' }),
      onShards(IDS[0]),
    ) ?? { lines: [] }
    expect(lines[1]).toContain(`0..${(1n << 126n) - 1n}, 25.0% of the hash-key space`)
    expect(lines[2]).toContain(`${1n << 126n}..${MIDDLE - 1n}, 25.0%`)
  })
})
