import { flagOf } from '../commands/argument.ts'
import type { Command } from '../commands/command.ts'
import { matchingSuggestions } from '../commands/dialog-keys.ts'
import { chordLabel } from '../commands/keymap.ts'
import { paletteMatches, paletteReason } from '../commands/palette.ts'
import type { Dialog, Model } from '../state/model.ts'
import { isListScreen, topScreen } from '../state/selection.ts'
import { previewLines } from './dialogs/confirm.ts'
import { helpLines } from './dialogs/help.ts'
import { screenView } from './frame.ts'
import { drawable, type Line } from './line.ts'
import { type View, viewOf } from './view.ts'

/** The size that everything is laid out for when it is heard: wide enough that no column is left out. */
export const SPOKEN_VIEWPORT = { columns: 240, rows: 30 } as const

/** What there is to say of one state, in parts, so that only what is new need be said. */
export type Spoken = {
  /** Changes when another screen is in front. */
  readonly screenId: string
  readonly session: string
  readonly title: string
  readonly facts: string
  /** `2 of 8: SHARD shardId-000000000001, STATE open`; undefined where nothing is selected. */
  readonly row: string | undefined
  readonly rowId: string | undefined
  readonly rowCount: number | undefined
  /** Lines of a text, or what an empty list says. */
  readonly body: readonly string[]
  readonly scroll: number | undefined
  readonly dialog: SpokenDialog | undefined
  readonly notice: string | undefined
  /** The acts in progress or done, one sentence each. */
  readonly acts: readonly string[]
  readonly isFollowing: boolean
  readonly receivedCount: number | undefined
}

export type SpokenDialog = {
  /** Changes when it is another dialog. */
  readonly id: string
  /** Said once, when it opens. */
  readonly opening: readonly string[]
  /** Where the keys go now. */
  readonly focus: string
  /** What is typed or chosen there. */
  readonly value: string
  /** What is wrong, or what goes on. */
  readonly news: string
}

/** Everything of a state as plain sentences, without a picture. Texts from outside are made visible by the drawing parts. */
export function spokenOf(state: Model, commands: readonly Command[]): Spoken {
  const model = { ...state, viewport: SPOKEN_VIEWPORT }
  const view = viewOf(model, commands)
  const screen = topScreen(model)
  const drawn = screenView(view, screen)
  const { spoken } = drawn
  const { session, notice, tail } = model
  return {
    screenId: `${model.screens.length} ${screen.screen} ${'stream' in screen ? screen.stream.streamName : ''}`,
    session: [
      session.isSandbox ? 'Sandbox' : session.isCustomEndpoint ? 'Custom endpoint' : 'AWS',
      session.endpoint.value,
      `region ${session.region.value}`,
      ...(session.profile === undefined ? [] : [`profile ${session.profile.value}`]),
      session.isArmed ? 'ARMED, writes are allowed' : 'read-only',
    ].join(', '),
    title: sentence([plain(drawn.title), plain(drawn.summary ?? [])]),
    facts: plain(drawn.facts),
    row:
      spoken === undefined
        ? undefined
        : `${spoken.index + 1} of ${spoken.count}: ${spoken.cells.map(([header, text]) => visible(`${header} ${text}`)).join(', ')}`,
    rowId: isListScreen(screen) ? screen.selectedId : undefined,
    rowCount: isListScreen(screen) ? (spoken?.count ?? 0) : undefined,
    body: isListScreen(screen) && spoken !== undefined ? [] : drawn.body.map(plain).filter(hasWords),
    scroll: 'scroll' in screen ? screen.scroll : undefined,
    dialog: model.dialog === undefined ? undefined : spokenDialog(view, model.dialog),
    notice:
      notice === undefined
        ? undefined
        : visible(`${notice.level === 'info' ? '' : `${notice.level}: `}${notice.text}`),
    acts: model.acts.map(act =>
      visible(
        [act.title, act.state, act.detail, act.failure?.message, act.failure?.nextStep]
          .filter(Boolean)
          .join(': '),
      ),
    ),
    isFollowing: screen.screen === 'tail' && screen.isFollowing,
    receivedCount: screen.screen === 'tail' ? tail?.receivedCount : undefined,
  }
}

/** Keys of this moment, in words. */
export function spokenKeys(model: Model, commands: readonly Command[]): string {
  const screen = topScreen(model).screen
  const here = commands.filter(
    ({ keys, where, hint }) =>
      keys.length > 0 && where !== 'everywhere' && where.includes(screen) && hint !== undefined,
  )
  const always = commands.filter(({ id }) =>
    ['view.back', 'view.palette', 'view.help', 'view.say', 'view.quit'].includes(id),
  )
  return `Keys: ${[...here, ...always].map(({ keys, hint, id }) => `${chordLabel(keys[0] ?? ':')} ${hint ?? id.split('.')[1]}`).join(', ')}`
}

function spokenDialog(view: View, dialog: Dialog): SpokenDialog {
  switch (dialog.dialog) {
    case 'filter':
      return {
        id: 'filter',
        opening: ['Filter. Type a text, enter keeps it, escape gives up.'],
        focus: 'filter',
        value: dialog.text,
        news: '',
      }
    case 'help':
      return {
        id: 'help',
        opening: helpLines(view).map(plain).filter(hasWords),
        focus: '',
        value: '',
        news: '',
      }
    case 'palette': {
      const matches = paletteMatches(view.commands, view.model, dialog.text)
      const chosen = matches[dialog.selected]
      const reason = chosen === undefined ? undefined : paletteReason(chosen, view.model)
      const key = chosen?.keys[0] === undefined ? '' : `, key ${chordLabel(chosen.keys[0])}`
      const value =
        chosen === undefined
          ? `No command is called "${dialog.text}"`
          : `${dialog.selected + 1} of ${matches.length}: ${chosen.title}${key}${reason === undefined ? '' : `, not now: ${reason}`}`
      return {
        id: 'palette',
        opening: ['Commands. Type what you want to do, up and down choose, enter runs, escape leaves.'],
        focus: '',
        value: visible(value),
        news: '',
      }
    }
    case 'confirm': {
      const command = view.commands.find(({ id }) => id === dialog.commandId)
      const preview =
        dialog.preview === undefined
          ? []
          : previewLines(dialog.preview, view.width).map(plain).filter(hasWords)
      const question =
        dialog.requiredText === undefined
          ? 'y does it, n does not.'
          : `Type ${dialog.requiredText} and enter to do it, escape does not.`
      return {
        id: `confirm ${dialog.commandId}`,
        opening: [`Question: ${command?.title ?? dialog.commandId}`, ...dialog.lines].map(visible),
        focus: '',
        value: visible(dialog.text),
        news: visible([...preview, question].join('\n')),
      }
    }
    case 'form': {
      const command = view.commands.find(({ id }) => id === dialog.commandId)
      const spec = command?.args[dialog.focusedField]
      const choices = matchingSuggestions(dialog)
      const offered =
        choices.length === 0
          ? ''
          : `; ${choices.length} to choose from with up and down, such as ${choices.slice(0, 3).join(', ')}`
      const failure = dialog.failure
      return {
        id: `form ${dialog.commandId}`,
        opening: [
          visible(
            `Form: ${command?.title ?? dialog.commandId}. Tab goes to the next field, enter goes on, escape leaves.`,
          ),
        ],
        focus: visible(
          `Field ${flagOf(dialog.focusedField)}${spec?.required ? ', required' : ''}: ${spec?.title ?? ''}${offered}`,
        ),
        value: visible(dialog.fields[dialog.focusedField] ?? ''),
        news: dialog.isRunning
          ? 'Running.'
          : failure === undefined
            ? ''
            : visible(
                `Error: ${failure.message}${failure.nextStep === undefined ? '' : `\nNext: ${failure.nextStep}`}`,
              ),
      }
    }
  }
}

function plain(line: Line): string {
  return line
    .map(item => (item.isChart === true ? '' : drawable(item)))
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}

/** A line of a picture has nothing to hear. */
function hasWords(text: string): boolean {
  return /[A-Za-z0-9]/.test(text.replace(/[|^#.\-+=]+/g, ''))
}

function visible(text: string): string {
  return text
    .split('\n')
    .map(part => plain([{ text: part }]))
    .join('\n')
}

function sentence(parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('; ')
}
