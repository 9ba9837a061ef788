import type { Event } from '../state/event.ts'
import type { ConfirmDialog, Dialog, FormDialog, Model } from '../state/model.ts'
import { bodyHeight, topScreen } from '../state/selection.ts'
import { editText, type TextEdit, type TextField } from '../state/text-field.ts'
import type { ActRunner } from './act-runner.ts'
import type { Command } from './command.ts'
import { shownFields } from './form-fields.ts'
import { type KeyPress, pastedText } from './key-press.ts'
import { isOnScreen } from './keymap.ts'
import { paletteMatches } from './palette.ts'

/** What a dialog's keys act upon. */
export type DialogTools = {
  readonly commands: readonly Command[]
  readonly runner: ActRunner
  readonly dispatch: (event: Event) => void
  readonly model: () => Model
  readonly now: () => number
}

const EDITS: Readonly<Record<string, Exclude<TextEdit['edit'], 'insert'>>> = {
  left: 'left',
  right: 'right',
  'ctrl+b': 'left',
  'ctrl+f': 'right',
  'alt+b': 'word-left',
  'alt+f': 'word-right',
  'ctrl+left': 'word-left',
  'ctrl+right': 'word-right',
  home: 'home',
  end: 'end',
  'ctrl+a': 'home',
  'ctrl+e': 'end',
  backspace: 'delete-before',
  'ctrl+h': 'delete-before',
  delete: 'delete-after',
  'ctrl+d': 'delete-after',
  'ctrl+w': 'delete-word-before',
  'alt+backspace': 'delete-word-before',
  'ctrl+u': 'delete-to-home',
  'ctrl+k': 'delete-to-end',
}

/** Whether a chord edits a field: Alt and a letter then is no Esc that was followed by the letter. */
export function isEditChord(chord: string): boolean {
  return Object.hasOwn(EDITS, chord)
}

/** The field after a key, or undefined where the key edits nothing. */
export function editedBy(field: TextField, press: KeyPress): TextField | undefined {
  if (press.text !== undefined) return editText(field, { edit: 'insert', text: press.text })
  const edit = EDITS[press.chord]
  return edit === undefined ? undefined : editText(field, { edit })
}

/** One key while a dialog is open: the dialog takes them all. */
export function pressInDialog(dialog: Dialog, press: KeyPress, tools: DialogTools) {
  switch (dialog.dialog) {
    case 'filter':
      return pressInFilter(dialog, press, tools)
    case 'palette':
      return pressInPalette(dialog, press, tools)
    case 'help':
      return pressInHelp(dialog, press, tools)
    case 'form':
      return pressInForm(dialog, press, tools)
    case 'confirm':
      return pressInConfirm(dialog, press, tools)
  }
}

/** Pasted text goes into the field that is being typed in, and never does anything else. */
export function pasteInDialog(dialog: Dialog, raw: string, tools: DialogTools) {
  switch (dialog.dialog) {
    case 'help':
      return
    case 'filter':
      return setFilter(dialog, insertion(dialog, pastedText(raw, false)), tools)
    case 'palette':
      return change(tools, { ...dialog, ...insertion(dialog, pastedText(raw, false)), selected: 0 })
    case 'confirm':
      if (dialog.requiredText === undefined) return
      return change(tools, { ...dialog, ...insertion(dialog, pastedText(raw, false)) })
    case 'form': {
      if (dialog.isRunning) return
      const spec = commandOf(dialog, tools)?.args[dialog.focusedField]
      const text = pastedText(raw, spec?.kind === 'text')
      return change(tools, withFocused(dialog, insertion(focused(dialog), text)))
    }
  }
}

function pressInFilter(dialog: Extract<Dialog, { dialog: 'filter' }>, press: KeyPress, tools: DialogTools) {
  if (press.chord === 'enter') return tools.dispatch({ type: 'dialog-closed' })
  if (isLeaving(press)) {
    tools.dispatch({ type: 'filter-changed', filter: dialog.before })
    return tools.dispatch({ type: 'dialog-closed' })
  }
  const field = editedBy(dialog, press)
  if (field !== undefined) setFilter(dialog, field, tools)
}

function setFilter(dialog: Extract<Dialog, { dialog: 'filter' }>, field: TextField, tools: DialogTools) {
  change(tools, { ...dialog, ...field })
  tools.dispatch({ type: 'filter-changed', filter: field.text })
}

function pressInPalette(dialog: Extract<Dialog, { dialog: 'palette' }>, press: KeyPress, tools: DialogTools) {
  if (isLeaving(press)) return tools.dispatch({ type: 'dialog-closed' })
  const matches = paletteMatches(tools.commands, tools.model(), dialog.text)
  const select = (place: number) =>
    change(tools, { ...dialog, selected: Math.max(0, Math.min(place, matches.length - 1)) })
  switch (press.chord) {
    case 'up':
    case 'ctrl+p':
    case 'shift+tab':
      return select(dialog.selected - 1)
    case 'down':
    case 'ctrl+n':
    case 'tab':
      return select(dialog.selected + 1)
    case 'pageup':
      return select(dialog.selected - 10)
    case 'pagedown':
      return select(dialog.selected + 10)
    case 'enter': {
      const command = matches[dialog.selected]
      if (command === undefined) return
      tools.dispatch({ type: 'dialog-closed' })
      if (!isOnScreen(command, topScreen(tools.model()).screen)) {
        const places = command.where === 'everywhere' ? '' : command.where.slice(0, 3).join(', ')
        const text = `${command.title}: this is done on another screen (${places}); go there first.`
        return tools.dispatch({ type: 'noticed', notice: { level: 'warning', text, at: tools.now() } })
      }
      return tools.runner.start(command)
    }
    default: {
      const field = editedBy(dialog, press)
      if (field !== undefined) change(tools, { ...dialog, ...field, selected: 0 })
    }
  }
}

function pressInHelp(dialog: Extract<Dialog, { dialog: 'help' }>, press: KeyPress, tools: DialogTools) {
  const page = Math.max(1, bodyHeight(tools.model().viewport) - 2)
  const steps: Readonly<Record<string, number>> = {
    j: 1,
    down: 1,
    k: -1,
    up: -1,
    space: page,
    pagedown: page,
    'ctrl+f': page,
    pageup: -page,
    'ctrl+b': -page,
    home: Number.NEGATIVE_INFINITY,
    g: Number.NEGATIVE_INFINITY,
  }
  const step = steps[press.chord]
  if (step !== undefined) return change(tools, { ...dialog, scroll: Math.max(0, dialog.scroll + step) })
  if (isLeaving(press) || press.chord === '?' || press.chord === 'q' || press.chord === 'enter') {
    tools.dispatch({ type: 'dialog-closed' })
  }
}

function pressInForm(dialog: FormDialog, press: KeyPress, tools: DialogTools) {
  const command = commandOf(dialog, tools)
  if (isLeaving(press) || command === undefined) {
    // A payload that took minutes to write must survive a finger on Esc; a name for a look is typed again soon.
    const keeps = command !== undefined && command.effect !== 'view' && command.effect !== 'read'
    tools.dispatch({
      type: 'draft-kept',
      commandId: dialog.commandId,
      ...(keeps ? { fields: dialog.fields } : {}),
    })
    return tools.dispatch({ type: 'dialog-closed' })
  }
  if (dialog.isRunning) return
  const names = shownFields(command, dialog)
  const place = Math.max(0, names.indexOf(dialog.focusedField))
  const focus = (by: number): void => {
    const focusedField = names[(place + by + names.length) % names.length] ?? dialog.focusedField
    change(tools, { ...dialog, focusedField, cursor: (dialog.fields[focusedField] ?? '').length })
  }
  switch (press.chord) {
    case 'enter':
      return tools.runner.submit(command, dialog.fields)
    case 'tab':
      return focus(1)
    case 'shift+tab':
      return focus(-1)
    case 'down':
      return stepped(dialog, 1, tools)
    case 'up':
      return stepped(dialog, -1, tools)
    default: {
      const field = editedBy(focused(dialog), press)
      if (field !== undefined) change(tools, withFocused(dialog, field))
    }
  }
}

/** Values that begin with, or else contain, what is typed; all of them where that is one of them or was refused. */
export function matchingSuggestions(form: FormDialog): readonly string[] {
  const all = form.suggestions[form.focusedField] ?? []
  const typed = form.fields[form.focusedField] ?? ''
  if (typed === '' || all.includes(typed)) return all
  const wanted = typed.toLowerCase()
  const matching = all.filter(value => value.toLowerCase().includes(wanted))
  // What was refused need not be deleted first.
  if (matching.length === 0 && form.failure !== undefined) return all
  return matching.sort(
    (a, b) => Number(b.toLowerCase().startsWith(wanted)) - Number(a.toLowerCase().startsWith(wanted)),
  )
}

/** Up and down choose among the suggested values; a field without any has nothing to choose. */
function stepped(form: FormDialog, by: number, tools: DialogTools) {
  const values = matchingSuggestions(form)
  if (values.length === 0) return
  const at = values.indexOf(form.fields[form.focusedField] ?? '')
  const next = at < 0 ? (by > 0 ? 0 : values.length - 1) : (at + by + values.length) % values.length
  const text = values[next] ?? ''
  change(tools, withFocused(form, { text, cursor: text.length }))
}

function pressInConfirm(dialog: ConfirmDialog, press: KeyPress, tools: DialogTools) {
  const leave = () =>
    tools.dispatch(
      dialog.form === undefined ? { type: 'dialog-closed' } : { type: 'dialog-opened', dialog: dialog.form },
    )
  if (isLeaving(press)) return leave()
  const command = tools.runner.commandOf(dialog.commandId)
  if (command === undefined) return leave()
  const scrolled = SCROLL_STEPS[press.chord]
  if (scrolled !== undefined) {
    return change(tools, { ...dialog, scroll: Math.max(0, (dialog.scroll ?? 0) + scrolled) })
  }
  if (dialog.requiredText === undefined) {
    // Not Enter: whoever typed Enter twice has not read the question yet.
    if (press.chord === 'y') return tools.runner.confirmed(command, dialog.fields, dialog.form)
    if (press.chord === 'n' || press.chord === 'q') leave()
    return
  }
  if (press.chord === 'enter') {
    if (dialog.text === dialog.requiredText) tools.runner.confirmed(command, dialog.fields, dialog.form)
    // An Enter without any answer looks like a program that hangs.
    else change(tools, { ...dialog, refusedText: dialog.text })
    return
  }
  const field = editedBy(dialog, press)
  if (field !== undefined) change(tools, { ...dialog, ...field })
}

/** Keys that no field needs. */
const SCROLL_STEPS: Readonly<Record<string, number>> = { up: -1, down: 1, pageup: -10, pagedown: 10 }

function isLeaving(press: KeyPress): boolean {
  return press.chord === 'escape' || press.chord === 'ctrl+g'
}

function focused(form: FormDialog): TextField {
  return { text: form.fields[form.focusedField] ?? '', cursor: form.cursor }
}

function withFocused(form: FormDialog, field: TextField): FormDialog {
  return { ...form, fields: { ...form.fields, [form.focusedField]: field.text }, cursor: field.cursor }
}

function insertion(field: TextField, text: string): TextField {
  return editText({ text: field.text, cursor: field.cursor }, { edit: 'insert', text })
}

function commandOf(dialog: FormDialog, tools: DialogTools): Command | undefined {
  return tools.runner.commandOf(dialog.commandId)
}

function change(tools: DialogTools, dialog: Dialog) {
  tools.dispatch({ type: 'dialog-changed', dialog })
}
