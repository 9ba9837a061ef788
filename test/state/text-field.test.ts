import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editText, type TextEdit } from '../../source/state/text-field.ts'

const at = (marked: string) => ({ text: marked.replace('|', ''), cursor: marked.indexOf('|') })
const shown = ({ text, cursor }: { text: string; cursor: number }) =>
  `${text.slice(0, cursor)}|${text.slice(cursor)}`

test.each<[string, TextEdit, string]>([
  ['ab|c', { edit: 'insert', text: 'X' }, 'abX|c'],
  ['ab|c', { edit: 'left' }, 'a|bc'],
  ['|abc', { edit: 'left' }, '|abc'],
  ['ab|c', { edit: 'right' }, 'abc|'],
  ['ab|c', { edit: 'home' }, '|abc'],
  ['ab|c', { edit: 'end' }, 'abc|'],
  ['ab|c', { edit: 'delete-before' }, 'a|c'],
  ['ab|c', { edit: 'delete-after' }, 'ab|'],
  ['one two |three', { edit: 'delete-word-before' }, 'one |three'],
  ['one two|', { edit: 'word-left' }, 'one |two'],
  ['one| two', { edit: 'word-right' }, 'one two|'],
  ['ab|cd', { edit: 'delete-to-home' }, '|cd'],
  ['ab|cd', { edit: 'delete-to-end' }, 'ab|'],
  // One character of two units goes as one.
  ['a\u{1f600}|b', { edit: 'left' }, 'a|\u{1f600}b'],
  ['a|\u{1f600}b', { edit: 'right' }, 'a\u{1f600}|b'],
  ['a\u{1f600}|b', { edit: 'delete-before' }, 'a|b'],
  ['a|\u{1f600}b', { edit: 'delete-after' }, 'a|b'],
])('%s, %j: %s', (before, edit, after) => {
  expect(shown(editText(at(before), edit))).toBe(after)
})

test('the cursor stays within the text and never splits a character', () => {
  const edits = fc.oneof(
    fc.record({ edit: fc.constant('insert' as const), text: fc.string({ unit: 'grapheme', maxLength: 3 }) }),
    fc.record({
      edit: fc.constantFrom(
        'left' as const,
        'right' as const,
        'word-left' as const,
        'word-right' as const,
        'home' as const,
        'end' as const,
        'delete-before' as const,
        'delete-after' as const,
        'delete-word-before' as const,
        'delete-to-home' as const,
        'delete-to-end' as const,
      ),
    }),
  )
  fc.assert(
    fc.property(fc.array(edits, { maxLength: 40 }), list => {
      const field = list.reduce(editText, { text: '', cursor: 0 })
      expect(field.cursor).toBeGreaterThanOrEqual(0)
      expect(field.cursor).toBeLessThanOrEqual(field.text.length)
      expect(field.text.isWellFormed()).toBe(true)
      expect(field.text.slice(0, field.cursor).isWellFormed()).toBe(true)
    }),
  )
})
