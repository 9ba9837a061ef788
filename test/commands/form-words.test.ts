import { describe, expect, test } from 'vitest'
import { flagOf, parseArgs } from '../../source/commands/argument.ts'
import { matchingSuggestions } from '../../source/commands/dialog-keys.ts'
import { formFields, inFormWords } from '../../source/commands/form-fields.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { type Failure, failureOf } from '../../source/domain/failure.ts'

const usage = (message: string, nextStep?: string): Failure => ({
  kind: 'usage',
  action: 'x',
  message,
  retryable: false,
  ...(nextStep === undefined ? {} : { nextStep }),
})
const find = COMMANDS.find(({ id }) => id === 'past.open')
if (find === undefined) throw new Error('no past.open')

describe('a form names its fields and no flags', () => {
  test.each([
    ['Give --key K, --filter EXPR, or both.', 'Fill in the field "key", the field "filter", or both.'],
    ['Give --from.', 'Fill in the field "from".'],
    ['Give STREAM.', 'Fill in the field "stream".'],
    [
      'Go on with --from 2026-11-30T12:00:00.000Z, or allow more with --max-calls.',
      'Go on with the field "from" 2026-11-30T12:00:00.000Z, or allow more with the field "max-calls".',
    ],
    ['Try again, or tail without --fan-out.', 'Try again, or tail without --fan-out.'],
  ])('%s', (nextStep, wanted) => {
    expect(inFormWords(usage('bad', nextStep), find)).toEqual(usage('bad', wanted))
  })

  test('whatever of any command is missing', () => {
    const missing = COMMANDS.flatMap(command =>
      formFields(command).flatMap(name => {
        const spec = command.args[name]
        if (spec?.required !== true || spec.defaultText !== undefined) return []
        try {
          parseArgs(command.title, { [name]: spec }, {})
        } catch (error) {
          return [{ name, failure: inFormWords(failureOf(error, 'x'), command) }]
        }
        return []
      }),
    )
    expect(missing.length).toBeGreaterThan(20)
    for (const { name, failure } of missing) {
      expect(failure.nextStep).toBe(`Fill in the field "${flagOf(name)}".`)
      expect(failure.message).not.toContain('--')
    }
  })
})

test('after a refusal all suggested values are there again, whatever was typed', () => {
  const form = {
    dialog: 'form',
    commandId: 'record.export',
    fields: { file: 'taken.jsonl' },
    focusedField: 'file',
    cursor: 0,
    suggestions: { file: ['orders-20261130T120000Z.jsonl'] },
    isRunning: false,
  } as const
  expect(matchingSuggestions(form)).toEqual([])
  expect(matchingSuggestions({ ...form, failure: usage('it is there') })).toEqual(form.suggestions.file)
})
