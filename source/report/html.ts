import { visibleText } from '../domain/visible-text.ts'

/** Markup that is safe to put into a page as it is. */
export type Html = { readonly html: string }

type Piece = Html | string | number | undefined | readonly (Html | string | number)[]

/** Builds markup: whatever is put in is escaped, unless it is markup itself. Absent values leave nothing. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return {
    html: strings.reduce(
      (text, part, index) => text + part + (index < pieces.length ? shown(pieces[index]) : ''),
      '',
    ),
  }
}

function shown(piece: Piece): string {
  if (piece === undefined) return ''
  if (Array.isArray(piece)) return piece.map(shown).join('')
  if (typeof piece === 'object') return (piece as Html).html
  return escaped(String(piece))
}

/** Any text as character data or an attribute's value; what a reader could not see is made visible. */
function escaped(text: string): string {
  return visibleText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
