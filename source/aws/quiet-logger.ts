type Log = (...parts: unknown[]) => void
type QuietLogger = {
  readonly trace: Log
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
}

/**
 * A logger for the SDK that hands warnings on, since the SDK would write them to stderr. What it logs of failed calls
 * (objects, beside the error that it throws) is dropped: the failure itself is reported. `info` is absent though the type
 * has it: where it exists, the SDK makes a censored copy of every answer, record by record, to hand to it.
 */
export function quietLogger(onWarning: (text: string) => void): QuietLogger {
  const warn: Log = (...parts) => {
    const text = parts.filter(part => typeof part === 'string').join(' ')
    if (text !== '') onWarning(text)
  }
  return { trace() {}, debug() {}, warn, error: warn } as unknown as QuietLogger
}
