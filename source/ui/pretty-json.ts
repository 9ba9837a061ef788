/**
 * A JSON text with one member a line, its tokens untouched: digits beyond a JS number, key order and repeated keys stay
 * as they were written. The text must be valid JSON.
 */
export function prettyJson(text: string): readonly string[] {
  const lines: string[] = []
  let current = ''
  let depth = 0
  let index = 0
  const breakLine = (): void => {
    lines.push(current)
    current = '  '.repeat(depth)
  }
  while (index < text.length) {
    const character = text[index] ?? ''
    if (character === '"') {
      const end = stringEnd(text, index)
      current += text.slice(index, end)
      index = end
      continue
    }
    index += 1
    if (/\s/.test(character)) continue
    if (character === '{' || character === '[') {
      const close = nextVisible(text, index)
      if (text[close] === '}' || text[close] === ']') {
        current += character + text[close]
        index = close + 1
        continue
      }
      current += character
      depth += 1
      breakLine()
    } else if (character === '}' || character === ']') {
      depth -= 1
      breakLine()
      current += character
    } else if (character === ',') {
      current += character
      breakLine()
    } else current += character === ':' ? ': ' : character
  }
  lines.push(current)
  return lines
}

function stringEnd(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1
  return Math.min(index + 1, text.length)
}

function nextVisible(text: string, start: number): number {
  let index = start
  while (index < text.length && /\s/.test(text[index] ?? '')) index += 1
  return index
}
