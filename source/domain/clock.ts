/** Time and waiting as an argument, so that tests can step and replay it. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `millis`, or at once when the signal is aborted (never rejects: look at the signal). */
  sleep(millis: number, signal?: AbortSignal): Promise<void>
}
