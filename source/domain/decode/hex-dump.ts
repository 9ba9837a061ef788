/** Bytes a line, as every hex dump has them. */
export const HEX_DUMP_WIDTH = 16

/** `00000010  68 65 6c 6c 6f …  |hello…|`, lines of 16 bytes from line `firstLine` on; at most `lineCount` of them. */
export function hexDumpLines(
  bytes: Uint8Array,
  firstLine = 0,
  lineCount = Number.POSITIVE_INFINITY,
): string[] {
  const lines: string[] = []
  const lastLine = Math.min(firstLine + lineCount, hexDumpLineCount(bytes))
  for (let line = firstLine; line < lastLine; line += 1) {
    const row = bytes.subarray(line * HEX_DUMP_WIDTH, (line + 1) * HEX_DUMP_WIDTH)
    const pairs = [...row].map(byte => byte.toString(16).padStart(2, '0'))
    const left = pairs.slice(0, 8).join(' ').padEnd(23)
    const right = pairs.slice(8).join(' ').padEnd(23)
    const printable = [...row]
      .map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      .join('')
    const offset = (line * HEX_DUMP_WIDTH).toString(16).padStart(8, '0')
    lines.push(`${offset}  ${left}  ${right}  |${printable}|`)
  }
  return lines
}

export function hexDumpLineCount(bytes: Uint8Array): number {
  return Math.ceil(bytes.length / HEX_DUMP_WIDTH)
}
