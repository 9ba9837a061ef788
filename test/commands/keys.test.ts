import { describe, expect, test } from 'vitest'
import { fuzzyFilter, fuzzyScore } from '../../source/commands/fuzzy.ts'
import { keyPresses, pastedText } from '../../source/commands/key-press.ts'

const chords = (input: string, flags = {}) => keyPresses(input, flags).map(press => press.chord)

describe('a chunk of input', () => {
  test.each([
    ['jjj', ['j', 'j', 'j']],
    ['ls\r', ['l', 's', 'enter']],
    ['a b', ['a', 'space', 'b']],
    ['\n', ['enter']],
    ['\r\n', ['enter']],
    ['a\tb\x7f', ['a', 'tab', 'b', 'backspace']],
    ['\x00\u200b', []],
    ['\x15arm\r', ['ctrl+u', 'a', 'r', 'm', 'enter']],
    ['\x03', ['ctrl+c']],
    ['\u{1f600}', ['\u{1f600}']],
    ['', []],
  ])('%j', (input, expected) => expect(chords(input)).toEqual(expected))

  test('of one key with modifiers is one chord', () => {
    expect(chords('l', { ctrl: true })).toEqual(['ctrl+l'])
    expect(chords('b', { meta: true })).toEqual(['alt+b'])
    expect(chords('G', { shift: true })).toEqual(['G'])
    expect(chords('', { tab: true, shift: true })).toEqual(['shift+tab'])
    expect(chords('', { leftArrow: true, ctrl: true })).toEqual(['ctrl+left'])
    expect(chords('', { escape: true, meta: true })).toEqual(['escape', 'escape'])
    expect(chords(' ', { ctrl: true })).toEqual(['ctrl+space'])
    expect(chords('', {})).toEqual([])
  })
})

test('pasted text loses its controls; lines stay where a field holds lines', () => {
  expect(pastedText('a\r\nb\tc\x1b[31m\u202ed\x00', true)).toBe('a\nb\tc[31md')
  expect(pastedText('  arn:aws\r\n', false)).toBe('arn:aws')
  expect(pastedText('a\nb', false)).toBe('a b')
})

describe('fuzzy search', () => {
  test('wants every character in order', () => {
    expect(fuzzyScore('spl', 'Split a shard')).toBeGreaterThan(0)
    expect(fuzzyScore('ssi', 'Split a shard')).toBeUndefined()
    expect(fuzzyScore('', 'anything')).toBe(0)
  })

  test('puts words above spread letters, and finds what only spread letters match', () => {
    const items = ['Set the length of it', 'Split a shard', 'Tail a list of streams']
    expect(fuzzyFilter(items, 'sas', item => item)[0]).toBe('Split a shard')
    expect(fuzzyFilter(items, 'list', item => item)[0]).toBe('Tail a list of streams')
    // Taking the s of the word "streams" would leave no o and f behind it.
    expect(fuzzyScore('stof', 'list of streams')).toBeDefined()
  })
})
