/** Control characters that text may hold: tab, line feed, form feed, carriage return, escape (colours in log lines). */
const BINARY_CONTROL = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]/

/** The bytes as text where they are valid UTF-8 and hold no control characters that only binary data has. */
export function readText(bytes: Uint8Array): string | undefined {
  // A fast way out for most binary data, which has a zero early on.
  if (bytes.subarray(0, 64).includes(0)) return undefined
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
  return BINARY_CONTROL.test(text) ? undefined : text
}
