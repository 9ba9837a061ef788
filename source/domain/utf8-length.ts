/** Bytes of a text in UTF-8, without encoding it; a lone surrogate counts as the replacement character that it becomes. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else {
      bytes += 2
      const isPair = unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00
      if (!isPair) continue
      // Four bytes for two units.
      index += 1
    }
  }
  return bytes
}
