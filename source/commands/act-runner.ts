// Longer than most: one way from a key to its effect, whose stages share the dialogs.

import { type Failure, FailureError, failureOf } from '../domain/failure.ts'
import type { ActPreview } from '../state/act-preview.ts'
import type { Event } from '../state/event.ts'
import type { FormDialog, Model, Notice } from '../state/model.ts'
import { parseArgs } from './argument.ts'
import type { Command, Context } from './command.ts'
import {
  askedFields,
  defined,
  draftFor,
  type Fields,
  inFormWords,
  needsForm,
  staticSuggestions,
  withoutEmpty,
} from './form-fields.ts'

/** The part of a context that the runner hands on; each run gets a signal of its own. */
export type RunnerContext = Omit<Context, 'signal'> & {
  /** What the audit log could not keep since it was asked last, in words. */
  readonly takeUnaudited?: () => string | undefined
}

export type RunnerOptions = {
  readonly commands: readonly Command[]
  readonly context: RunnerContext
  readonly dispatch: (event: Event) => void
  /** Aborted when the program leaves: every act still running is told. */
  readonly signal: AbortSignal
}

/**
 * Takes a command from its key to its effect: a form for what must be typed, a confirmation for what changes something,
 * then the run itself. A failure comes back as a notice with the next step, and into the form with what was typed.
 */
export class ActRunner {
  readonly #options: RunnerOptions
  readonly #stops = new Set<AbortController>()

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  commandOf(id: string): Command | undefined {
    return this.#options.commands.find(command => command.id === id)
  }

  /** Why a command cannot run now, beyond what it says itself: writes need an armed session. */
  static reasonAgainst(command: Command, model: Model): string | undefined {
    const reason = command.unavailable?.(model)
    if (reason !== undefined) return reason
    if ((command.effect === 'write' || command.effect === 'destroy') && !model.session.isArmed) {
      return model.session.guard?.lockReason ?? 'this session is read-only'
    }
    return undefined
  }

  /** Begins a command with what the screen and an earlier, failed attempt give to its arguments. */
  start(command: Command): void {
    const model = this.#model()
    const reason = ActRunner.reasonAgainst(command, model)
    if (reason !== undefined) {
      this.#notice('warning', `${command.title}: ${reason}.${this.#wayOut(command, model)}`)
      return
    }
    const prefill = defined(command.prefill?.(model) ?? {})
    const draft = draftFor(model.drafts.get(command.id), prefill)
    const fields: Fields = { ...draft, ...prefill }
    if (needsForm(command, fields, draft !== undefined, model)) this.#openForm(command, fields)
    else this.submit(command, fields)
  }

  /** What was typed is read; then the command is confirmed where it needs that, and run. */
  submit(command: Command, fields: Fields): void {
    const form = this.#openFormOf(command)
    let args: ReturnType<typeof parseArgs>
    try {
      args = parseArgs(command.title, command.args, withoutEmpty(fields))
      const confirmation = command.confirm?.(args, this.#model())
      if (confirmation !== undefined && confirmation.lines.length > 0) {
        const { lines, requiredText } = confirmation
        this.#options.dispatch({
          type: 'dialog-opened',
          dialog: {
            dialog: 'confirm',
            commandId: command.id,
            fields,
            lines,
            ...(requiredText === undefined ? {} : { requiredText }),
            text: '',
            cursor: 0,
            ...(form === undefined ? {} : { form: { ...form, fields } }),
          },
        })
        if (command.preview !== undefined) void this.#preview(command, args, fields)
        return
      }
    } catch (error) {
      this.#failed(command, fields, failureOf(error, command.title))
      return
    }
    this.#run(command, args, fields)
  }

  /** Works out what the act would do while the question is open; what it finds against the act is said there too. */
  async #preview(command: Command, args: ReturnType<typeof parseArgs>, fields: Fields): Promise<void> {
    const { context, signal, dispatch } = this.#options
    const show = (preview: ActPreview): void => {
      const { dialog } = this.#model()
      if (dialog?.dialog !== 'confirm' || dialog.commandId !== command.id || dialog.fields !== fields) return
      dispatch({ type: 'dialog-changed', dialog: { ...dialog, preview } })
    }
    try {
      const preview = await command.preview?.(args, { ...contextOf(context), signal })
      if (preview !== undefined) show(preview)
    } catch (error) {
      const { message, nextStep } = inFormWords(failureOf(error, command.title), command)
      const lines = [message, ...(nextStep === undefined ? [] : [nextStep])]
      show({ title: command.title, sections: [{ heading: 'No preview', lines }], awsCli: [] })
    }
  }

  /** The confirmation was given. */
  confirmed(command: Command, fields: Fields, form: FormDialog | undefined): void {
    const { dispatch } = this.#options
    // Between the question and the answer the world may have changed.
    const reason = ActRunner.reasonAgainst(command, this.#model())
    if (reason !== undefined) {
      dispatch(form === undefined ? { type: 'dialog-closed' } : { type: 'dialog-opened', dialog: form })
      this.#failed(command, fields, refusal(command, reason))
      return
    }
    if (form === undefined) dispatch({ type: 'dialog-closed' })
    else dispatch({ type: 'dialog-opened', dialog: form })
    try {
      this.#run(command, parseArgs(command.title, command.args, withoutEmpty(fields)), fields)
    } catch (error) {
      this.#failed(command, fields, failureOf(error, command.title))
    }
  }

  /** Calls off what runs; each ends at its next safe place, and says how far it got. */
  stopActs(): void {
    for (const stop of this.#stops) stop.abort()
  }

  #run(command: Command, args: ReturnType<typeof parseArgs>, fields: Fields): void {
    const { dispatch, context, signal } = this.#options
    const form = this.#openFormOf(command)
    let events: AsyncIterable<Event> | Iterable<Event>
    const stop = new AbortController()
    try {
      events = command.run(args, {
        ...contextOf(context),
        signal: AbortSignal.any([signal, stop.signal]),
        stopActs: () => this.stopActs(),
      })
      if (Symbol.iterator in events) {
        // The next key of the same chunk must already see what this one did.
        if (form !== undefined) dispatch({ type: 'dialog-closed' })
        for (const event of events) dispatch(this.#stamped(event))
        return
      }
    } catch (error) {
      this.#failed(command, fields, failureOf(error, command.title))
      return
    }
    if (form !== undefined) {
      const { failure: _, ...rest } = form
      dispatch({ type: 'dialog-changed', dialog: { ...rest, fields, isRunning: true } })
    }
    this.#stops.add(stop)
    void this.#follow(command, fields, events).finally(() => this.#stops.delete(stop))
  }

  async #follow(command: Command, fields: Fields, events: AsyncIterable<Event>): Promise<void> {
    const { dispatch } = this.#options
    const connection = this.#model().connectionCount
    let isDone = false
    let progressCount = 0
    try {
      for await (const event of events) {
        const isStale = this.#model().connectionCount !== connection
        // What was asked of another endpoint must not be shown as this one's data.
        if (isStale && event.type !== 'noticed' && !event.type.startsWith('act-')) continue
        dispatch(this.#stamped(event))
        switch (event.type) {
          case 'act-progressed':
            // A long act must not hold the screen: from its second step on the line of notices tells of it.
            progressCount += 1
            if (progressCount === 2) this.#closeFormOf(command)
            break
          case 'act-finished':
            isDone = true
            this.#succeeded(command, sentence(event.detail))
            break
          case 'act-failed':
            isDone = true
            this.#failed(command, fields, event.failure)
            break
          default:
        }
      }
      if (!isDone) this.#succeeded(command, undefined)
    } catch (error) {
      this.#failed(command, fields, failureOf(error, command.title))
    }
  }

  #succeeded(command: Command, text: string | undefined): void {
    const { dispatch } = this.#options
    this.#closeFormOf(command)
    if (this.#model().drafts.has(command.id)) dispatch({ type: 'draft-kept', commandId: command.id })
    const unaudited = this.#options.context.takeUnaudited?.()
    if (unaudited !== undefined) {
      this.#notice('warning', `${text ?? `${command.title}: done`}. But ${unaudited}`.replace('..', '.'))
    } else if (text !== undefined) this.#notice('success', text)
  }

  #failed(command: Command, fields: Fields, told: Failure): void {
    const failure = inFormWords(told, command)
    const { dispatch } = this.#options
    const { dialog } = this.#model()
    if (Object.keys(command.args).length > 0) {
      dispatch({ type: 'draft-kept', commandId: command.id, fields })
    }
    if (dialog?.dialog === 'form' && dialog.commandId === command.id) {
      dispatch({ type: 'dialog-changed', dialog: { ...dialog, isRunning: false, failure } })
      // A value to correct is said beside the field; what a service said is also kept in the log.
      if (failure.kind === 'usage') return
    }
    const hint = failure.nextStep === undefined ? '' : ` ${failure.nextStep}`
    const again =
      dialog === undefined && Object.keys(command.args).length > 0 && failure.kind !== 'aborted'
        ? ' What was typed is kept for the next try.'
        : ''
    this.#notice('error', `${failure.action} failed: ${failure.message}.${hint}${again}`.replace('..', '.'))
  }

  #openForm(command: Command, fields: Fields): void {
    const names = askedFields(command, this.#model())
    const given = defined(command.prefill?.(this.#model()) ?? {})
    const firstEmpty = names.find(name => (fields[name] ?? command.args[name]?.defaultText ?? '') === '')
    const required = names.find(name => command.args[name]?.required && (fields[name] ?? '') === '')
    // What was typed before and is needed is what is most likely to be corrected.
    const typed = names.find(name => command.args[name]?.required && given[name] === undefined)
    const focusedField = required ?? typed ?? firstEmpty ?? names[0] ?? ''
    const shown = Object.fromEntries(
      names.map(name => [name, fields[name] ?? command.args[name]?.defaultText ?? '']),
    )
    this.#options.dispatch({
      type: 'dialog-opened',
      dialog: {
        dialog: 'form',
        commandId: command.id,
        fields: shown,
        focusedField,
        cursor: (shown[focusedField] ?? '').length,
        suggestions: staticSuggestions(command, this.#model()),
        isRunning: false,
      },
    })
    if (command.suggest !== undefined) void this.#suggest(command, command.suggest)
  }

  async #suggest(command: Command, suggest: NonNullable<Command['suggest']>): Promise<void> {
    const { context, signal, dispatch } = this.#options
    try {
      const found = defined(await suggest({ ...contextOf(context), signal }))
      const form = this.#openFormOf(command)
      if (form === undefined) return
      dispatch({
        type: 'dialog-changed',
        dialog: { ...form, suggestions: { ...form.suggestions, ...found } },
      })
    } catch (error) {
      // Suggestions are a help only: without them the value is typed.
      const failure = failureOf(error, command.title)
      const entry = { operation: 'suggestions', at: context.clock.now(), durationMillis: 0 }
      dispatch({ type: 'call-ended', call: { ...entry, outcome: 'note', detail: failure.message } })
    }
  }

  #openFormOf(command: Command): FormDialog | undefined {
    const { dialog } = this.#model()
    return dialog?.dialog === 'form' && dialog.commandId === command.id ? dialog : undefined
  }

  #closeFormOf(command: Command): void {
    if (this.#openFormOf(command)?.isRunning) this.#options.dispatch({ type: 'dialog-closed' })
  }

  /** How a command that is refused now becomes possible. */
  #wayOut(command: Command, model: Model): string {
    const isRefusedAsWrite = command.unavailable?.(model) === undefined
    const key = this.commandOf('session.toggle-arming')?.keys[0]
    const isLocked = model.session.guard?.lockReason !== undefined
    return isRefusedAsWrite && !isLocked && key !== undefined ? ` ${key} arms it.` : ''
  }

  #notice(level: Notice['level'], text: string): void {
    const at = this.#options.context.clock.now()
    this.#options.dispatch({ type: 'noticed', notice: { level, text, at } })
  }

  /** Commands that know no clock leave the time of a notice open. */
  #stamped(event: Event): Event {
    if (event.type !== 'noticed') return event
    return { ...event, notice: { ...event.notice, at: this.#options.context.clock.now() } }
  }

  #model(): Model {
    return this.#options.context.model()
  }
}

/** What is done and where, in one line. */
function sentence(detail: string): string {
  return detail.endsWith('.') ? detail : `${detail}.`
}

function refusal(command: Command, reason: string): Failure {
  return new FailureError({ kind: 'read-only', action: command.title, message: reason, retryable: false })
    .failure
}

/** Getters of the context (the API of the connection of the moment) are read when a run begins. */
function contextOf(context: RunnerContext): RunnerContext {
  return { ...context }
}
