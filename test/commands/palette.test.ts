import { describe, expect, test } from 'vitest'
import { paletteMatches, paletteReason } from '../../source/commands/palette.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { SEARCH_WORDS } from '../../source/commands/search-words.ts'
import type { Event } from '../../source/state/event.ts'
import { modelAfter, NOW, ORDERS, SPLIT_SHARDS } from '../support/models.ts'

const streams = modelAfter([{ type: 'streams-listed', streams: [ORDERS], at: NOW }])
const OPENED: readonly Event[] = [
  { type: 'screen-opened', screen: { screen: 'shards', stream: ORDERS, showClosed: false, filter: '' } },
  { type: 'shards-listed', stream: ORDERS, shards: SPLIT_SHARDS, at: NOW },
]
const shards = modelAfter(OPENED)

/** What a new user types, and the command that is meant; on both screens where one begins. */
const PHRASES: readonly (readonly [string, string])[] = [
  ['split', 'shard.split'],
  ['split shard', 'shard.split'],
  ['split the hot shard', 'shard.split'],
  ['divide', 'shard.split'],
  ['merge', 'shard.merge'],
  ['merge shards', 'shard.merge'],
  ['join shards', 'shard.merge'],
  ['where key', 'heat.look-up-key'],
  ['where is my key', 'heat.look-up-key'],
  ['which shard has key', 'heat.look-up-key'],
  ['find key', 'heat.look-up-key'],
  ['owner of key', 'heat.look-up-key'],
  ['locate', 'heat.look-up-key'],
  ['tail from yesterday', 'tail.open-from'],
  ['yesterday', 'tail.open-from'],
  ['start from oldest', 'tail.open-from'],
  ['read from time', 'tail.open-from'],
  ['go back in time', 'tail.open-from'],
  ['hot keys', 'heat.open-keys'],
  ['heavy keys', 'heat.open-keys'],
  ['hot shard', 'heat.open'],
  ['heat', 'heat.open'],
  ['load', 'heat.open'],
  ['throughput', 'heat.open'],
  ['throttled', 'heat.open'],
  ['lag', 'readers.open'],
  ['consumers', 'readers.open'],
  ['who reads', 'readers.open'],
  ['scale up', 'stream.reshard'],
  ['more shards', 'stream.reshard'],
  ['resize', 'stream.reshard'],
  ['replay', 'record.replay'],
  ['retention', 'stream.set-retention'],
  ['on-demand', 'stream.set-mode'],
  ['encrypt', 'stream.encrypt'],
  ['kms', 'stream.encrypt'],
  ['put record', 'record.put'],
  ['send test record', 'record.put'],
  ['create', 'stream.create'],
  ['arm', 'session.toggle-arming'],
  ['write mode', 'session.toggle-arming'],
  ['change region', 'session.switch-region'],
  ['profile', 'session.switch-profile'],
  ['search', 'view.filter'],
  ['filter', 'view.filter'],
  ['quit', 'view.quit'],
  ['exit', 'view.quit'],
  ['help', 'view.help'],
  ['errors', 'view.calls'],
  ['sort', 'list.sort'],
  ['closed shards', 'shards.toggle-closed'],
  ['cost', 'estimate.open'],
  ['firehose', 'services.open'],
]

describe('the palette finds what a new user means', () => {
  test.each(PHRASES)('%s: %s', (phrase, id) => {
    expect(paletteMatches(COMMANDS, streams, phrase)[0]?.id).toBe(id)
    expect(paletteMatches(COMMANDS, shards, phrase)[0]?.id).toBe(id)
  })

  test.each([
    ['tail', 'tail.open', 'shard.tail'],
    ['follow', 'tail.open', 'shard.tail'],
    ['watch records', 'tail.open', 'shard.tail'],
  ])('%s: the stream, or the shard that is selected', (phrase, onStreams, onShards) => {
    expect(paletteMatches(COMMANDS, streams, phrase)[0]?.id).toBe(onStreams)
    expect(
      paletteMatches(COMMANDS, shards, phrase)
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([onShards, 'tail.open'])
  })

  test('what is done on another screen comes last and says where', () => {
    const [first] = paletteMatches(COMMANDS, streams, 'split')
    expect(first?.id).toBe('shard.split')
    expect(first && paletteReason(first, streams)).toBe('on the screen shards')
    expect(first && paletteReason(first, shards)).toBeUndefined()
  })

  test('letters in order still find a command, and nonsense none', () => {
    expect(paletteMatches(COMMANDS, shards, 'spltshrd').map(({ id }) => id)).toContain('shard.split')
    expect(paletteMatches(COMMANDS, shards, 'qqqzzzxxx')).toEqual([])
    expect(paletteMatches(COMMANDS, shards, '???').length).toBe(0)
  })

  test('the words belong to commands that there are', () => {
    const ids = new Set(COMMANDS.map(({ id }) => id))
    expect(Object.keys(SEARCH_WORDS).filter(id => !ids.has(id))).toEqual([])
  })
})
