import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { keyPresses } from '../../source/commands/key-press.ts'
import { chordConflicts, commandFor } from '../../source/commands/keymap.ts'
import { reboundCommands, SCREEN_NAMES } from '../../source/commands/rebinding.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { userConfigOf } from '../../source/user-config/user-config.ts'
import { modelAfter, ORDERS, SPLIT_SHARDS } from '../support/models.ts'
import { type PtyProgram, ptyConsole } from '../support/pty-program.ts'

const configured = (keys: string) => userConfigOf('/c.json', `{\n "keys": {\n  ${keys}\n } }`).keys
const refusalOf = (keys: string): string => {
  try {
    configured(keys)
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

describe('keys of the user', () => {
  it('take the place of ours, everywhere', () => {
    const commands = reboundCommands(
      COMMANDS,
      configured('"shard.split": ["X", "ctrl+x"], "tail.open": "Y", "view.refresh": null'),
    )
    expect(commandFor(commands, 'X', 'shards')?.id).toBe('shard.split')
    expect(commandFor(commands, 'ctrl+x', 'shards')?.id).toBe('shard.split')
    expect(commandFor(commands, 's', 'shards')?.id).not.toBe('shard.split')
    expect(commandFor(commands, 'r', 'shards')).toBeUndefined()
    expect(chordConflicts(commands, SCREEN_NAMES)).toEqual([])

    const model = modelAfter(
      [
        {
          type: 'screen-opened',
          screen: { screen: 'shards', stream: ORDERS, showClosed: false, filter: '' },
        },
        { type: 'shards-listed', stream: ORDERS, shards: SPLIT_SHARDS, at: 0 },
      ],
      [140, 40],
    )
    const drawn = (shown: typeof model): string =>
      stripVTControlCharacters(frameOf(shown, commands, themeFor('none')).join('\n'))
    const line = drawn(model).split('\n').at(-1) ?? ''
    expect(line).toContain('X split')
    expect(line).toContain('Y tail')
    expect(line).not.toContain('r refresh')
    const help = drawn({ ...model, dialog: { dialog: 'help', scroll: 0 } })
    expect(help).toContain('X, ctrl-x')
    const palette = { dialog: 'palette', text: 'split an open', cursor: 0, selected: 0 } as const
    expect(drawn({ ...model, dialog: palette })).toMatch(/> Split an open.* X \|/)
  })

  it.each([
    ['"shard.splt": "X"', 'keys.shard.splt is no command; did you mean "shard.split"?'],
    ['"shard.explode": "X"', 'there are shard.tail, '],
    ['"nothing": "X"', 'keys.nothing is no command'],
    ['"record.tail": "X"', 'is a command for the shell alone'],
    ['"shard.split": "F99"', '"F99" is no chord'],
    ['"shard.split": "shift+s"', 'write the shifted character itself'],
    ['"shard.split": "ctrl+S"', 'the same as ctrl+s'],
    ['"shard.split": "ctrl+i"', 'cannot be told from tab'],
    ['"shard.split": "meta+s"', '"meta" is no modifier'],
    ['"shard.split": 7', 'must be a key such as "S"'],
    ['"shard.split": ["X", 7]', 'keys.shard.split[1] must be a key'],
    ['"shard.split": "t"', '"t" is the key of tail.open too, on the screen shards'],
    ['"shard.split": "?"', '"?" is the key of view.help too'],
    ['"shard.split": "ctrl+c"', '"ctrl+c" is the key of view.interrupt too'],
    ['"view.quit": null', 'must keep a key'],
    ['"view.help": []', 'must keep a key'],
    ['"view.palette": null', 'must keep a key'],
    ['"view.back": "b"', 'must keep the key escape'],
    ['"view.interrupt": "Q"', 'must keep the key ctrl+c'],
  ])('%s is refused: %s', (keys, reason) => {
    const message = refusalOf(keys)
    expect(message).toContain('"/c.json" line 3: ')
    expect(message).toContain(reason)
  })

  it('two commands that swap their keys are no conflict; the line told is that of the second', () => {
    const swapped = configured('"tail.open": "T", "tail.open-from": "t"')
    expect(chordConflicts(reboundCommands(COMMANDS, swapped), SCREEN_NAMES)).toEqual([])
    const twice = refusalOf('"tail.open": "Y",\n  "tail.open-from": "Y"')
    expect(twice).toContain('line 4')
    expect(twice).toContain('tail.open too')
  })

  it('every key that the table of our own uses is one that the file may name', () => {
    for (const { id, keys } of COMMANDS.filter(({ where }) => where === 'everywhere' || where.length > 0)) {
      expect(refusalOf(`"${id}": ${JSON.stringify(keys.length === 0 ? null : keys)}`), id).toBe('none')
    }
  })

  it('a letter with Alt reaches its command', () => {
    const commands = reboundCommands(COMMANDS, configured('"shard.split": "alt+s"'))
    const [press] = keyPresses('s', { meta: true })
    expect(commandFor(commands, press?.chord ?? '', 'shards')?.id).toBe('shard.split')
  })
})

describe('in a real terminal', () => {
  let program: PtyProgram | undefined
  const home = mkdtempSync(join(tmpdir(), 'shardscope-keys-'))
  afterEach(() => {
    program?.kill()
    rmSync(home, { recursive: true, force: true })
  })

  it('the console obeys and shows them, and the old key does nothing', async () => {
    mkdirSync(join(home, 'shardscope'), { recursive: true })
    writeFileSync(
      join(home, 'shardscope/config.json'),
      '{ "keys": { "view.quit": ["Q", "ctrl+q"], "stream.open": ["Y"] } }',
    )
    program = ptyConsole(['--sandbox'], { env: { XDG_CONFIG_HOME: home } })
    await program.waitFor(
      text => text.includes('ACTIVE') && text.includes('Q quit') && text.includes('Y shards'),
    )
    program.press('q\r')
    program.press('Y')
    await program.waitFor(text => text.includes('shardId-'))
    program.press('\x11')
    expect((await program.exit).exitCode).toBe(0)
  })
})
