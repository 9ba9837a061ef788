import { search } from '@aws-lambda-powertools/jmespath'
import type { DecodedRecord, JsonValue } from '../decode/decoded-record.ts'

/** A JMESPath expression; throws where it cannot be evaluated on a value. */
export type Expression = (value: JsonValue) => unknown

/** An expression that is none. `column` counts from 1 within it; absent where the library does not say. */
export class ExpressionError extends Error {
  readonly column: number | undefined

  constructor(message: string, column: number | undefined) {
    super(message)
    this.column = column
  }
}

/**
 * Reads a JMESPath expression (the standard grammar: a name with a hyphen needs double quotes).
 * @throws ExpressionError
 */
export function compileExpression(source: string): Expression {
  // The library keeps what it has read under the text itself, in an object that inherits names such as `constructor`.
  const padded = ` ${source}`
  const run: Expression = value => search(padded, value as never)
  try {
    run(null)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // What fails on null can still work on a record, unless the expression itself is at fault.
    if (
      /^(Bad|Invalid) jmespath|cannot be empty|^Unknown function|^Expected (at least|at most|\d)/i.test(
        message,
      )
    ) {
      throw new ExpressionError(reasonOf(message), columnOf(message, source))
    }
  }
  return run
}

function reasonOf(message: string): string {
  return message
    .replace(/ in expression: [\s\S]*$/, '')
    .replace(/^(Bad|Invalid) jmespath expression: /i, '')
    .replace(/(parse error )?at column -?\d+,? ?/, '')
    .trim()
}

function columnOf(message: string, source: string): number | undefined {
  const column = /at column (-?\d+)/.exec(message)?.[1]
  if (column !== undefined) return Math.max(1, Math.min(Number(column), source.length + 1))
  const name = /^Unknown function: (\w+)\(\)/.exec(message)?.[1]
  const at = name === undefined ? -1 : source.indexOf(name)
  return at < 0 ? undefined : at + 1
}

/** JMESPath's own rule: null, false and what is empty do not hold; 0 does. */
export function isTruthy(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  // The library also finds what every object inherits, such as toString: not part of the document.
  if (typeof value === 'function') return false
  return typeof value === 'object' ? Object.keys(value).length > 0 : true
}

/** What an expression is evaluated on: each document, or the text; nothing where there are only bytes. */
export function valuesOf({ content }: DecodedRecord): readonly JsonValue[] {
  switch (content.kind) {
    case 'json':
      return content.documents.map(({ value }) => value)
    case 'log-events':
    case 'probe':
    case 'envelope':
      return [content.document.value]
    case 'text':
      return [content.text]
    case 'empty':
    case 'bytes':
      return []
  }
}
