import { FailureError } from '../domain/failure.ts'

/** A deadline that stands still while a person is asked something. */
export class PatientDeadline {
  readonly #millis: number
  readonly #controller = new AbortController()
  readonly signal: AbortSignal
  #timer: NodeJS.Timeout | undefined

  constructor(millis: number, signal?: AbortSignal) {
    this.#millis = millis
    this.signal =
      signal === undefined ? this.#controller.signal : AbortSignal.any([signal, this.#controller.signal])
    this.#start()
  }

  /** Waits for a person without counting the time; the time limit then begins anew. */
  async pausedFor<T>(answer: Promise<T>): Promise<T> {
    clearTimeout(this.#timer)
    try {
      return await answer
    } finally {
      this.#start()
    }
  }

  /** @throws FailureError `credentials` when the time is over, `aborted` when the caller's signal is */
  async race<T>(work: Promise<T>): Promise<T> {
    let stop = (): void => {}
    const over = new Promise<never>((_, reject) => {
      stop = () => reject(this.#overFailure())
      if (this.signal.aborted) stop()
      this.signal.addEventListener('abort', stop, { once: true })
    })
    try {
      return await Promise.race([work, over])
    } finally {
      this.signal.removeEventListener('abort', stop)
      work.catch(() => {})
    }
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #start(): void {
    this.#timer = setTimeout(() => this.#controller.abort(), this.#millis)
  }

  #overFailure(): FailureError {
    const isTimeOver = this.#controller.signal.aborted
    return new FailureError({
      kind: isTimeOver ? 'credentials' : 'aborted',
      action: 'LoadCredentials',
      message: isTimeOver
        ? `Loading the credentials took longer than ${Math.round(this.#millis / 1_000)} s.`
        : 'Called off.',
      retryable: isTimeOver,
      ...(isTimeOver
        ? { nextStep: 'Check the network to SSO or STS, or run the credential_process by hand.' }
        : {}),
    })
  }
}
