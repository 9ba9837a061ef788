import type { Failure } from '../domain/failure.ts'
import type { Model } from '../state/model.ts'
import { flagOf } from './argument.ts'
import type { Command } from './command.ts'

/** What is typed into a form, by argument. */
export type Fields = Readonly<Record<string, string>>

/** The arguments that a form asks for, in the order of declaration. */
export function formFields(command: Pick<Command, 'args'>): readonly string[] {
  return Object.keys(command.args).filter(name => command.args[name]?.only !== 'headless')
}

/** Those of them that mean something now. */
export function askedFields(command: Command, model: Model): readonly string[] {
  const omitted: readonly string[] = command.omits?.(model) ?? []
  return formFields(command).filter(name => !omitted.includes(name))
}

/** What was typed before counts for the same selection only: a hash key for one shard must not get into another's form. */
export function draftFor(draft: Fields | undefined, prefill: Fields): Fields | undefined {
  if (draft === undefined) return undefined
  return Object.entries(prefill).every(([name, text]) => draft[name] === text) ? draft : undefined
}

/** The fields that an open form shows. */
export function shownFields(
  command: Pick<Command, 'args'>,
  form: { readonly fields: Fields },
): readonly string[] {
  return formFields(command).filter(name => Object.hasOwn(form.fields, name))
}

/**
 * Looking is not asked twice: a form opens only where something is missing. Changing always shows its form;
 * what destroys the selected thing has nothing left to ask, and a name to type in the question that follows.
 */
export function needsForm(command: Command, fields: Fields, hasDraft: boolean, model: Model): boolean {
  const names = askedFields(command, model)
  if (names.length === 0) return false
  if (command.effect === 'write' || hasDraft) return true
  if (command.effect === 'destroy') return names.some(name => (fields[name] ?? '') === '')
  return names.some(name => {
    const spec = command.args[name]
    return spec?.required === true && spec.defaultText === undefined && (fields[name] ?? '') === ''
  })
}

export function staticSuggestions(
  command: Command,
  model: Model,
): Readonly<Record<string, readonly string[]>> {
  const suggestions: Record<string, readonly string[]> = {}
  for (const name of formFields(command)) {
    const spec = command.args[name]
    if (spec?.kind === 'choice') suggestions[name] = spec.choices ?? []
    else if (spec?.kind === 'flag') suggestions[name] = ['yes', 'no']
    else if (spec?.kind === 'stream') {
      suggestions[name] = (model.streams.value ?? []).map(stream => stream.streamName)
    }
  }
  return suggestions
}

export function withoutEmpty(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ''))
}

export function defined<Value>(values: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  )
}

/** A failure in the words of the form: what a shell calls `--from` is a field there, by the label that it has on screen. */
export function inFormWords(failure: Failure, command: Pick<Command, 'args'>): Failure {
  const labels = new Set(formFields(command).map(flagOf))
  const named = (text: string): string =>
    text
      .replace(/^Give ([A-Z-]+)\.$/, (whole, name: string) =>
        labels.has(name.toLowerCase()) ? `Fill in ${quoted(name.toLowerCase())}.` : whole,
      )
      // With the place holder that stands for a value in a shell: --key K, --filter EXPR.
      .replace(
        /(Give )?--([a-z]+(?:-[a-z]+)*)(?: [A-Z]+\b)?/g,
        (whole, give: string | undefined, name: string) =>
          labels.has(name) ? `${give === undefined ? '' : 'Fill in '}${quoted(name)}` : whole,
      )
  const { message, nextStep } = failure
  return {
    ...failure,
    message: named(message),
    ...(nextStep === undefined ? {} : { nextStep: named(nextStep) }),
  }
}

function quoted(label: string): string {
  return `the field "${label}"`
}
