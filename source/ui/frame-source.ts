import type { Command } from '../commands/command.ts'
import type { Model } from '../state/model.ts'
import { frameOf } from './frame.ts'
import type { Theme } from './theme.ts'

/**
 * The drawn screen as an external store of React: a new state that draws the same lines is no news, so that calls in the
 * background cost no frame and an idle terminal gets no byte.
 */
export class FrameSource {
  readonly #model: () => Model
  readonly #subscribeModel: (listener: () => void) => () => void
  readonly #commands: readonly Command[]
  readonly #theme: Theme
  readonly #pace: (draw: () => void) => void
  #drawn: Model
  #frame: readonly string[]

  constructor(options: {
    readonly model: () => Model
    readonly subscribe: (listener: () => void) => () => void
    readonly commands: readonly Command[]
    readonly theme: Theme
    /** Calls back when a frame may be drawn; the newest call counts. Default: at once. */
    readonly pace?: (draw: () => void) => void
  }) {
    this.#model = options.model
    this.#subscribeModel = options.subscribe
    this.#commands = options.commands
    this.#theme = options.theme
    this.#pace = options.pace ?? (draw => draw())
    this.#drawn = this.#model()
    this.#frame = frameOf(this.#drawn, this.#commands, this.#theme)
  }

  readonly subscribe = (listener: () => void): (() => void) =>
    this.#subscribeModel(() => {
      this.#pace(() => {
        const before = this.#frame
        if (this.snapshot() !== before) listener()
      })
    })

  /** The lines of now, the same array as before where none of them differs. */
  readonly snapshot = (): readonly string[] => {
    const model = this.#model()
    if (model !== this.#drawn) {
      this.#drawn = model
      const next = frameOf(model, this.#commands, this.#theme)
      const isSame =
        next.length === this.#frame.length && next.every((row, index) => row === this.#frame[index])
      if (!isSame) this.#frame = next
    }
    return this.#frame
  }
}
