import { describe, expect, test } from 'vitest'
import { chordConflicts, chordText, parseChord } from '../../source/commands/keymap.ts'
import { commandsOnScreen, paletteMatches } from '../../source/commands/palette.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import type { ScreenName } from '../../source/state/model.ts'
import { modelAfter, PRODUCTION, SHARDS_OPENED, STREAMS_LISTED } from '../support/models.ts'

const SCREENS: readonly ScreenName[] = ['streams', 'shards', 'tail', 'record', 'calls']

describe('every command', () => {
  test('has an id of its own, noun.verb', () => {
    const ids = COMMANDS.map(command => command.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/)
  })

  test.each(COMMANDS.map(command => [command.id, command] as const))(
    '%s tells what it does',
    (_, command) => {
      expect(command.title.length).toBeGreaterThan(5)
      expect(command.title).not.toMatch(/\.$/)
      expect(command.title[0]).toMatch(/[A-Z]/)
      for (const [name, spec] of Object.entries(command.args)) {
        expect(name).toMatch(/^[a-z][a-zA-Z0-9]*$/)
        expect(spec.title.length, `${command.id} ${name}`).toBeGreaterThan(3)
        if (spec.kind === 'choice') expect(spec.choices?.length).toBeGreaterThan(0)
      }
    },
  )

  test('that changes something says what will happen first, and a destructive one wants the name typed', () => {
    const model = modelAfter(SHARDS_OPENED)
    const writing = COMMANDS.filter(({ effect }) => effect === 'write' || effect === 'destroy')
    expect(writing.length).toBeGreaterThan(5)
    for (const command of writing) expect(command.confirm, command.id).toBeTypeOf('function')
    for (const command of writing.filter(({ effect }) => effect === 'destroy')) {
      const confirmation = command.confirm?.({ stream: { streamName: 'orders' } } as never, model)
      expect(confirmation?.lines.length, command.id).toBeGreaterThan(0)
      expect(confirmation?.requiredText, command.id).toBe('orders')
    }
  })

  test('can be reached: from a screen, or from a shell', () => {
    for (const command of COMMANDS) {
      const isOnScreen = command.where === 'everywhere' || command.where.length > 0
      expect(isOnScreen || command.headless !== undefined, command.id).toBe(true)
    }
  })
})

describe('keys', () => {
  test('mean one command on each screen', () => {
    expect(chordConflicts(COMMANDS, SCREENS)).toEqual([])
  })

  test('can be read and printed back', () => {
    for (const chord of COMMANDS.flatMap(command => command.keys)) {
      expect(chordText(parseChord(chord)), chord).toBe(chord)
    }
  })

  test('a conflict is found where there is one', () => {
    const make = (id: string, where: 'everywhere' | readonly ScreenName[]) =>
      ({ ...COMMANDS[0], id, keys: ['Z'], where }) as (typeof COMMANDS)[number]
    expect(chordConflicts([make('a.a', 'everywhere'), make('b.b', ['tail'])], SCREENS)).toEqual([
      { chord: 'Z', screen: 'tail', commandIds: ['a.a', 'b.b'] },
    ])
  })

  test.each(['', 'ctrl+', 'hyper+x', 'shift+a', 'ab', ' ', '\x1b'])('%j is no chord', text => {
    expect(() => parseChord(text)).toThrow(/no chord/)
  })

  test.each([
    ['ctrl+l', { key: 'l', ctrl: true, alt: false, shift: false }],
    ['+', { key: '+', ctrl: false, alt: false, shift: false }],
    ['ctrl++', { key: '+', ctrl: true, alt: false, shift: false }],
    ['shift+tab', { key: 'tab', ctrl: false, alt: false, shift: true }],
  ])('%s', (text, chord) => {
    expect(parseChord(text)).toEqual(chord)
    expect(chordText(chord)).toBe(text)
  })
})

describe('the palette', () => {
  test('finds by words, initials and ids, and keeps what cannot be done now, last', () => {
    const model = modelAfter(SHARDS_OPENED)
    expect(paletteMatches(COMMANDS, model, 'split')[0]?.id).toBe('shard.split')
    expect(paletteMatches(COMMANDS, model, 'set-ret')[0]?.id).toBe('stream.set-retention')
    const readOnly = modelAfter(STREAMS_LISTED, [80, 24], PRODUCTION)
    const ids = paletteMatches(COMMANDS, readOnly, '').map(command => command.id)
    expect(ids).toContain('stream.delete')
    expect(ids.indexOf('stream.delete')).toBeGreaterThan(ids.indexOf('view.quit'))
  })

  test('offers nothing twice, the commands of the screen first', () => {
    const ids = commandsOnScreen(COMMANDS, modelAfter(SHARDS_OPENED)).map(command => command.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.indexOf('shard.split')).toBeLessThan(ids.indexOf('view.help'))
    expect(ids).not.toContain('record.tail')
  })
})
