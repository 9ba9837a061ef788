import { EMPTY_LINE, line, span } from './line.ts'
import type { LineSource } from './line-source.ts'

/** Offset, bytes in hexadecimal, and the printable ones as text: 16 a line, or 8 on a narrow screen. */
export function hexLines(data: Uint8Array, width: number): LineSource {
  if (data.length === 0) return { count: 1, at: () => line('(empty)') }
  const bytesPerLine = width >= 78 ? 16 : 8
  return {
    count: Math.ceil(data.length / bytesPerLine),
    at: index => {
      const offset = index * bytesPerLine
      if (index < 0 || offset >= data.length) return EMPTY_LINE
      const bytes = [...data.subarray(offset, offset + bytesPerLine)]
      const hex = bytes.map((byte, place) => `${place === 8 ? ' ' : ''}${byte.toString(16).padStart(2, '0')}`)
      const text = bytes.map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      const hexWidth = bytesPerLine * 3 - 1 + (bytesPerLine > 8 ? 1 : 0)
      return line(
        span(offset.toString(16).padStart(8, '0'), 'muted'),
        `  ${hex.join(' ').padEnd(hexWidth)}  `,
        span(text.join('')),
      )
    },
  }
}
