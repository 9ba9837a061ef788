import type { FailureKind } from '../domain/failure.ts'

/** What an error means for the user; the parts of a Failure that depend on the kind of error. */
export type Verdict = {
  kind: FailureKind
  message?: string
  nextStep?: string
  retryable?: boolean
  /** The request may have been carried out although no answer says so. */
  isUncertain?: boolean
}

/** The first line of a message: some carry a page of advice. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? ''
}
