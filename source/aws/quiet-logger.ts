/** A logger for the SDK that hands warnings on and drops the rest, since the SDK would write to stderr. */
export function quietLogger(onWarning: (text: string) => void) {
  const warn = (...parts: unknown[]): void => onWarning(parts.map(String).join(' '))
  return { trace() {}, debug() {}, info() {}, warn, error: warn }
}
