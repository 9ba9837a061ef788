/** A value that is JSON already: written as it is, so that no digit of it passes through a JavaScript number. */
export class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}
