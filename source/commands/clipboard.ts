/** Text that a terminal is asked to keep: xterm takes some 100,000 characters of base64, and others no more. */
export const MAX_CLIPBOARD_BYTES = 74_994

/**
 * The OSC 52 sequence that sets the clipboard of the terminal at the other end of any SSH session. Nothing of the text is in
 * it but base64, so nothing in the text can be obeyed. tmux hands it on when it is wrapped (set-clipboard or
 * allow-passthrough permitting). Undefined where the text is too large.
 */
export function clipboardSequence(text: string, isTmux: boolean): string | undefined {
  const bytes = Buffer.from(text)
  if (bytes.length > MAX_CLIPBOARD_BYTES) return undefined
  const sequence = `\x1b]52;c;${bytes.toString('base64')}\x07`
  return isTmux ? `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\` : sequence
}
