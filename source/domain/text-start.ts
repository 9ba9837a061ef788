/** The first `length` UTF-16 units of a text, one less where a character of two would be cut in half. */
export function textStart(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  const isCut = length > 0 && length < text.length && last >= 0xd800 && last <= 0xdbff
  return text.slice(0, Math.max(0, isCut ? length - 1 : length))
}
