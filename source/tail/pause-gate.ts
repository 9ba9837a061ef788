/** Lets readers through while open. */
export class PauseGate {
  #isClosed = false
  #waiting: (() => void)[] = []

  get isClosed(): boolean {
    return this.#isClosed
  }

  close(): void {
    this.#isClosed = true
  }

  open(): void {
    this.#isClosed = false
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  async pass(): Promise<void> {
    while (this.#isClosed) await new Promise<void>(resolve => this.#waiting.push(resolve))
  }
}
