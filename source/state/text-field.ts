/** A text being typed. `cursor` counts UTF-16 units and never stands inside a surrogate pair. */
export type TextField = { readonly text: string; readonly cursor: number }

export type TextEdit =
  | { readonly edit: 'insert'; readonly text: string }
  | {
      readonly edit:
        | 'left'
        | 'right'
        | 'word-left'
        | 'word-right'
        | 'home'
        | 'end'
        | 'delete-before'
        | 'delete-after'
        | 'delete-word-before'
        | 'delete-to-home'
        | 'delete-to-end'
    }

/** The field after one edit, in the manner of shells (Ctrl-A/E/U/W/K). */
export function editText(field: TextField, edit: TextEdit): TextField {
  const { text } = field
  const cursor = Math.min(Math.max(field.cursor, 0), text.length)
  const cut = (from: number, to: number): TextField => ({
    text: text.slice(0, from) + text.slice(to),
    cursor: from,
  })
  switch (edit.edit) {
    case 'insert':
      return {
        text: text.slice(0, cursor) + edit.text + text.slice(cursor),
        cursor: cursor + edit.text.length,
      }
    case 'left':
      return { text, cursor: before(text, cursor) }
    case 'right':
      return { text, cursor: after(text, cursor) }
    case 'word-left':
      return { text, cursor: wordBefore(text, cursor) }
    case 'word-right':
      return { text, cursor: cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0) }
    case 'home':
      return { text, cursor: 0 }
    case 'end':
      return { text, cursor: text.length }
    case 'delete-before':
      return cut(before(text, cursor), cursor)
    case 'delete-after':
      return cut(cursor, after(text, cursor))
    case 'delete-word-before':
      return cut(wordBefore(text, cursor), cursor)
    case 'delete-to-home':
      return cut(0, cursor)
    case 'delete-to-end':
      return { text: text.slice(0, cursor), cursor }
  }
}

function before(text: string, cursor: number): number {
  if (cursor === 0) return 0
  const isPair =
    cursor >= 2 &&
    /[\udc00-\udfff]/.test(text[cursor - 1] ?? '') &&
    /[\ud800-\udbff]/.test(text[cursor - 2] ?? '')
  return cursor - (isPair ? 2 : 1)
}

function after(text: string, cursor: number): number {
  if (cursor >= text.length) return text.length
  return cursor + ((text.codePointAt(cursor) ?? 0) > 0xffff ? 2 : 1)
}

function wordBefore(text: string, cursor: number): number {
  return cursor - (/\S*\s*$/.exec(text.slice(0, cursor))?.[0].length ?? 0)
}
