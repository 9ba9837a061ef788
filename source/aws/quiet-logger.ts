/**
 * A logger for the SDK that hands warnings on, since the SDK would write them to stderr. What it logs of failed calls
 * (objects, beside the error that it throws) is dropped: the failure itself is reported.
 */
export function quietLogger(onWarning: (text: string) => void) {
  const warn = (...parts: unknown[]): void => {
    const text = parts.filter(part => typeof part === 'string').join(' ')
    if (text !== '') onWarning(text)
  }
  return { trace() {}, debug() {}, info() {}, warn, error: warn }
}
