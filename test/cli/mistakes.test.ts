import { describe, expect, it } from 'vitest'
import { nearestOf } from '../../source/domain/nearest.ts'
import { run } from './program.ts'

describe('a mistyped word', () => {
  it.each([
    ['foo', undefined],
    ['stream', 'streams'],
    ['tial', 'tail'],
    ['slpit', 'split'],
    ['reshrad', 'reshard'],
    ['doktor', 'doctor'],
    ['zzzzzzzz', undefined],
    ['', undefined],
  ])('%s -> %s', (word, nearest) => {
    const commands = ['streams', 'shards', 'tail', 'split', 'reshard', 'doctor', 'report']
    expect(nearestOf(word, commands)).toBe(nearest)
  })

  it('as a command is told once, with the nearest one, exit code 2', async () => {
    const { code, stderr } = await run(['stream'])
    expect(code).toBe(2)
    expect(stderr).toBe(
      'shardscope: there is no command "stream"; did you mean "streams"?\n  Next: shardscope --help lists all of them.\n',
    )
    const far = await run(['xyzzyx'])
    expect(far.stderr).toMatch(/^shardscope: there is no command "xyzzyx"\.\n {2}Next: Use one of streams, /)
  })
})

describe('a tail that could not print anything is refused', () => {
  it('a shard that is not there: exit code 3, as README.md says', async () => {
    const { code, stderr } = await run(['tail', 'orders', '--sandbox', '--shard', '77', '--exit-at-tip'])
    expect(stderr).toContain('no shard "shardId-000000000077"')
    expect(code).toBe(3)
  })

  it.each(['shard:x', 'shard:1,x', 'shard:shard-1'])('--filter %s', async filter => {
    const { code, stderr } = await run(['tail', 'orders', '--sandbox', '--filter', filter, '--exit-at-tip'])
    expect(stderr).toMatch(/"(x|shard-1)" is no shard: write shard:3/)
    expect(code).toBe(2)
  })

  it.each([
    ['1m', '2m'],
    ['latest', '5m'],
    ['2026-11-30T14:00Z', '2026-11-30T13:00Z'],
  ])('--from %s --until %s', async (from, until) => {
    const { code, stderr, stdout } = await run([
      'tail',
      'orders',
      '--sandbox',
      '--from',
      from,
      '--until',
      until,
    ])
    expect(stderr).toContain(`--until ${until} is `)
    expect(stderr).toContain(`before --from ${from}, which is `)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('an end after the start reads', async () => {
    const { code } = await run(['tail', 'orders', '--sandbox', '--from', '2m', '--until', '1m'])
    expect(code).toBe(0)
  })
})
