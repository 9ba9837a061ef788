import { ActRunner } from '../commands/act-runner.ts'
import type { Command } from '../commands/command.ts'
import { chordLabel } from '../commands/keymap.ts'
import type { Model, ScreenState } from '../state/model.ts'
import { bodyHeight } from '../state/selection.ts'
import type { Line } from './line.ts'
import type { SpokenRow } from './table.ts'

/** What every view is drawn from. */
export type View = {
  readonly model: Model
  readonly commands: readonly Command[]
  /** Cells of a line. */
  readonly width: number
  /** Lines of the body. */
  readonly height: number
}

/** What a screen draws: the shell adds status, notice and keys around it. */
export type ScreenView = {
  /** Where the user is, e.g. `Streams > orders`. */
  readonly title: Line
  /** Numbers of the whole, flush right beside the title. */
  readonly summary?: Line
  /** One line on what is shown: state, filter, failure. */
  readonly facts: Line
  readonly header: Line
  /** At most `height` lines. */
  readonly body: readonly Line[]
  /** The selected row of a list, for who hears it. */
  readonly spoken?: SpokenRow | undefined
}

export type ScreenOf<Name extends ScreenState['screen']> = Extract<ScreenState, { screen: Name }>

export function viewOf(model: Model, commands: readonly Command[]): View {
  return { model, commands, width: model.viewport.columns, height: bodyHeight(model.viewport) }
}

/** The key of a command as people read it, e.g. `ctrl-l`; that of the palette where it has none. */
export function keyOf(view: Pick<View, 'commands'>, commandId: string): string {
  const keysOf = (id: string) => view.commands.find(command => command.id === id)?.keys[0]
  const chord = keysOf(commandId) ?? keysOf('view.palette')
  return chord === undefined ? '' : chordLabel(chord)
}

export function reasonAgainst(view: View, command: Command): string | undefined {
  return ActRunner.reasonAgainst(command, view.model)
}
