/** What a mouse did, as a terminal tells it (SGR, mode 1006). Cells count from 1. */
export type MouseEvent = {
  readonly kind: 'press' | 'wheel-up' | 'wheel-down'
  readonly column: number
  readonly row: number
}

/** Buttons and the wheel, in numbers that any width fits into. Movement is not asked for: it would be a byte flood. */
export const MOUSE_ON = '\x1b[?1000h\x1b[?1006h'
export const MOUSE_OFF = '\x1b[?1006l\x1b[?1000l'

/** Whole reports: SGR, and the three bytes of terminals that know nothing newer. */
const REPORT = /\x1b\[<(\d{1,5});(\d{1,5});(\d{1,5})([Mm])|\x1b\[M[\s\S]{3}/g

/**
 * Takes the reports of a mouse out of whole keys, whether it was asked for or not: a program that crashed before may have
 * left it on, and what is left of a report would be letters, which are commands.
 */
export function withoutMouse(text: string): {
  readonly keys: string
  readonly events: readonly MouseEvent[]
} {
  if (!text.includes('\x1b[<') && !text.includes('\x1b[M')) return { keys: text, events: [] }
  const events: MouseEvent[] = []
  const keys = text.replace(REPORT, (_, button?: string, column?: string, row?: string, end?: string) => {
    const event = eventOf(Number(button), Number(column), Number(row), end)
    if (event !== undefined) events.push(event)
    return ''
  })
  return { keys, events }
}

function eventOf(
  button: number,
  column: number,
  row: number,
  end: string | undefined,
): MouseEvent | undefined {
  if (end !== 'M' || !(column >= 1) || !(row >= 1)) return undefined
  // Shift, Alt and Ctrl are bits of their own; bit 5 is a movement.
  const plain = button & ~(4 | 8 | 16)
  if (plain === 0) return { kind: 'press', column, row }
  if (plain === 64) return { kind: 'wheel-up', column, row }
  return plain === 65 ? { kind: 'wheel-down', column, row } : undefined
}
