import { describe, expect, it } from 'vitest'
import { flagsOfCommand, headlessCommands } from '../../source/cli/flags.ts'
import { type Invocation, parseCommandLine } from '../../source/cli/parse.ts'
import { parseArgs } from '../../source/commands/argument.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { failureOf } from '../../source/domain/failure.ts'

const parse = (...argv: string[]): Promise<Invocation> =>
  parseCommandLine(argv, COMMANDS, { version: '1.2.3', columns: 100 })
const typed = async (...argv: string[]) => {
  const invocation = await parse(...argv)
  if (invocation.kind !== 'command') throw new Error(`no command: ${invocation.kind}`)
  return invocation
}
const refusal = async (...argv: string[]) =>
  parse(...argv).then(
    () => {
      throw new Error('was accepted')
    },
    (error: unknown) => failureOf(error, 'test'),
  )

describe('flags of the embedded sandbox', () => {
  it.each([
    [['--sandbox'], {}],
    [['--sandbox-port', '0'], { sandboxPort: 0 }],
    [['--sandbox-port=4567', '--sandbox-speed', '60'], { sandboxPort: 4567, sandboxSpeed: 60 }],
    [['--sandbox-scenario', 'hot-key'], { sandboxScenario: 'hot-key' }],
    [['--sandbox-chaos', 'faults.json'], { sandboxChaos: 'faults.json' }],
  ])('%j', async (flags, wanted) => {
    const expected = { write: false, sandbox: true, ...wanted }
    expect((await typed('streams', ...flags)).flags).toEqual(expected)
    expect(await parse(...flags)).toEqual({ kind: 'console', flags: expected })
  })

  it('are for nobody who does not ask', async () => {
    expect((await typed('streams')).flags).toEqual({ write: false, sandbox: false })
  })
})

describe('values stay what was typed', () => {
  it.each([
    ['0123', '0123'],
    ['1e5', '1e5'],
    ['0x10', '0x10'],
    ['true', 'true'],
    ['help', 'help'],
    ['version', 'version'],
    ['.', '.'],
    ['9'.repeat(30), '9'.repeat(30)],
  ])('stream %s', async (word, stream) => {
    expect((await typed('tail', word)).typed.stream).toBe(stream)
    expect((await typed('tail', '--json', word, '--limit', '5')).typed.stream).toBe(stream)
  })

  it.each([
    [['--from', '5'], '5'],
    [['--from=-5'], '-5'],
    [['--from=a=b'], 'a=b'],
    [['--from', ''], ''],
    [['--from', '--'.concat('=')], undefined],
  ])('%j', async (flags, from) => {
    if (from === undefined) expect((await refusal('tail', 's', ...flags)).kind).toBe('usage')
    else expect((await typed('tail', 's', ...flags)).typed.from).toBe(from)
  })

  it('a sequence number keeps all its digits', async () => {
    const digits = '49590338271490256608559692538361571095921575989136588898'
    expect((await typed('tail', 's', '--from', digits)).typed.from).toBe(digits)
  })

  it('`-` is standard input, and after `--` everything is a word', async () => {
    expect((await typed('put', 's', '-', '--partition-key', 'k')).typed.input).toBe('-')
    expect((await typed('put', '--partition-key', 'k', '--', 's', '-')).typed).toMatchObject({
      stream: 's',
      input: '-',
    })
    expect((await typed('shards', '--', '--json')).typed.stream).toBe('--json')
  })

  it('common flags may stand before the command, and their values are not taken for it', async () => {
    const { command, flags } = await typed('--region', 'tail', '--endpoint-url', 'shards', 'streams')
    expect(command.id).toBe('stream.list')
    expect(flags).toMatchObject({ region: 'tail', endpointUrl: 'shards', write: false, sandbox: false })
  })
})

describe('refusals name what is wrong', () => {
  it.each([
    [['tial'], 'there is no command "tial"'],
    [['--wat'], 'there is no option --wat here'],
    [['tail', 's', '-x'], 'there is no option -x here'],
    [['tail', 's', '--no-json'], 'there is no option --no-json here'],
    // A flag of another command, and of none.
    [['streams', '--partition-key', 'k'], 'there is no option --partition-key here'],
    [['tail', 's', 'two', 'three'], 'extra words "two", "three"'],
    [['tail', 's', '--from'], '--from needs a value; one that begins with a dash is written --from=VALUE'],
    [['tail', 's', '--json=true'], '--json takes no value'],
    [['streams', '--__proto__', 'x'], 'there is no option'],
  ])('%j', async (argv, message) => {
    const failure = await refusal(...argv)
    expect(failure.kind).toBe('usage')
    expect(failure.message).toContain(message)
    expect(failure.nextStep).toMatch(/\S/)
  })
})

describe('help and version', () => {
  it('tells the version', async () => {
    expect(await parse('--version')).toEqual({ kind: 'text', text: '1.2.3\n' })
    expect(await parse('tail', '--version')).toEqual({ kind: 'text', text: '1.2.3\n' })
  })

  it('lists every headless command', async () => {
    const help = await parse('--help')
    if (help.kind !== 'text') throw new Error('no text')
    for (const { headless, title } of headlessCommands(COMMANDS)) {
      expect(help.text).toContain(headless.name)
      expect(help.text).toContain(title)
    }
  })

  it('shows every argument of every command', async () => {
    for (const command of headlessCommands(COMMANDS)) {
      const help = await parse(command.headless.name, '--help')
      if (help.kind !== 'text') throw new Error('no text')
      for (const flag of Object.keys(flagsOfCommand(command))) expect(help.text).toContain(`--${flag}`)
      expect(help.text).toContain(command.title)
    }
  })

  it('does not need the required arguments', async () => {
    expect((await parse('split', '--help')).kind).toBe('text')
  })
})

describe('the registry as a command line', () => {
  const commands = headlessCommands(COMMANDS)

  it('has no two commands of one name', () => {
    const names = commands.map(({ headless }) => headless.name)
    expect(new Set(names).size).toBe(names.length)
  })

  it('gives a flag one meaning: it takes a value everywhere or nowhere', () => {
    const meanings = new Map<string, boolean>()
    for (const command of commands) {
      for (const [name, { takesValue }] of Object.entries(flagsOfCommand(command))) {
        expect(meanings.get(name) ?? takesValue, `--${name} of ${command.id}`).toBe(takesValue)
        meanings.set(name, takesValue)
      }
    }
  })

  it('declares positionals with the required ones first, and defaults that can be read', () => {
    for (const { id, args } of commands) {
      const positionals = Object.values(args).filter(spec => spec.positional)
      const firstOptional = positionals.findIndex(spec => !spec.required)
      if (firstOptional >= 0) expect(positionals.slice(firstOptional).some(spec => spec.required)).toBe(false)
      const defaulted = Object.fromEntries(
        Object.entries(args).filter(([, spec]) => spec.defaultText !== undefined),
      )
      expect(() => parseArgs(id, defaulted, {})).not.toThrow()
    }
  })

  it('makes every act that destroys ask for a name', () => {
    for (const command of commands.filter(({ effect }) => effect === 'destroy')) {
      expect(Object.keys(flagsOfCommand(command))).toContain('yes')
      expect(command.confirm).toBeDefined()
    }
  })
})
