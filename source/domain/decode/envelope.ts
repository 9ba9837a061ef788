import type { Change, Content, Fact, JsonDocument } from './decoded-record.ts'

/** Facts without those whose text is missing. */
export function factsOf(facts: Readonly<Record<string, string | undefined>>): Fact[] {
  return Object.entries(facts).flatMap(([name, text]) =>
    text === undefined || text === '' ? [] : [{ name, text }],
  )
}

/** Each member of either image, in the order in which they first appear. */
export function changesBetween(
  before: ReadonlyMap<string, string> | undefined,
  after: ReadonlyMap<string, string> | undefined,
): Change[] {
  const names = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])
  return [...names].map(name => {
    const [was, is] = [before?.get(name), after?.get(name)]
    return { name, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }
  })
}

export function envelopeOf(
  document: JsonDocument,
  title: string,
  facts: readonly Fact[],
  changes: readonly Change[] = [],
): Content {
  return { kind: 'envelope', document, title, facts, changes }
}

/** An ISO time, or undefined for what is no date. */
export function isoTime(millis: number): string | undefined {
  const date = new Date(millis)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
