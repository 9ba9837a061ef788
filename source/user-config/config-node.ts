import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { type FailureError, usageFailure } from '../domain/failure.ts'

/** One value of the user's config file, which knows where it stands, so that a refusal can name file, line and rule. */
export type ConfigNode = {
  /** `profiles.production.readOnly`; `the file` at the top. */
  readonly place: string
  /** From 1. */
  readonly line: number
  /** As JSON has it. */
  readonly value: unknown
  /**
   * Members of an object by name, in the order of the file.
   * @throws FailureError `usage` where it is no object, has a member twice, or has one that `known` does not list
   */
  members(known?: readonly string[]): ReadonlyMap<string, ConfigNode>
  /** @throws FailureError `usage` where it is no array */
  items(): readonly ConfigNode[]
  /** @throws FailureError `usage` where it is no text, or empty */
  text(): string
  /** @throws FailureError `usage` where it is neither true nor false */
  flag(): boolean
  /** @throws FailureError `usage` where it is none of them */
  oneOf<T extends string>(choices: readonly T[]): T
  /** A refusal of this value: the rule that it breaks. */
  refusal(rule: string): FailureError
}

/** What every refusal of the file says to do next. */
const NEXT_STEP = 'Correct the line, or move the file away: README.md shows what it may hold.'

/**
 * Reads the text of a config file: JSON, comments and trailing commas allowed.
 * @param path names the file in refusals
 * @throws FailureError `usage` for a text that is no JSON, with the line
 */
export function parseConfig(path: string, text: string): ConfigNode {
  const errors: ParseError[] = []
  // A byte order mark is an editor's habit, not a mistake.
  const clean = text.replace(/^\uFEFF/, '')
  const lines = lineStarts(clean)
  const root = treeOf(path, clean, errors)
  const [error] = errors
  if (error !== undefined || root === undefined) {
    const reason = error === undefined ? 'it is empty' : wordsOf(printParseErrorCode(error.error))
    throw refuse(path, lineAt(lines, error?.offset ?? 0), `is no JSON: ${reason}`)
  }
  return nodeOf(path, lines, 'the file', root)
}

/** The parser calls itself for each level, so that a text of brackets alone would end the program. */
function treeOf(path: string, text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { allowTrailingComma: true })
  } catch (error) {
    if (error instanceof RangeError) throw refuse(path, 1, 'the file is nested too deep')
    throw error
  }
}

function nodeOf(path: string, lines: readonly number[], place: string, node: Node): ConfigNode {
  const line = lineAt(lines, node.offset)
  const refusal = (rule: string): FailureError => refuse(path, line, `${place} ${rule}`)
  const inside = (name: string): string => (place === 'the file' ? name : `${place}.${name}`)
  return {
    place,
    line,
    get value() {
      return jsonOf(node)
    },
    members(known) {
      if (node.type !== 'object') throw refusal('must be an object')
      const members = new Map<string, ConfigNode>()
      for (const { children = [] } of node.children ?? []) {
        const [key, value] = children
        if (key === undefined || value === undefined) continue
        const name = String(key.value)
        const at = lineAt(lines, key.offset)
        if (members.has(name)) throw refuse(path, at, `${place} has the member "${name}" twice`)
        if (known !== undefined && !known.includes(name)) {
          throw refuse(path, at, `${place} has an unknown member "${name}"; known are ${known.join(', ')}`)
        }
        members.set(name, nodeOf(path, lines, inside(name), value))
      }
      return members
    },
    items() {
      if (node.type !== 'array') throw refusal('must be an array')
      return (node.children ?? []).map((item, index) => nodeOf(path, lines, `${place}[${index}]`, item))
    },
    text() {
      if (typeof node.value === 'string' && node.value.trim() !== '') return node.value
      throw refusal('must be a text that is not empty')
    },
    flag() {
      if (typeof node.value === 'boolean') return node.value
      throw refusal('must be true or false')
    },
    oneOf(choices) {
      const found = choices.find(choice => choice === node.value)
      if (found === undefined) throw refusal(`must be one of ${choices.join(', ')}`)
      return found
    },
    refusal,
  }
}

function jsonOf(node: Node): unknown {
  switch (node.type) {
    case 'object':
      return Object.fromEntries(
        (node.children ?? []).map(({ children: [key, value] = [] }) => [
          String(key?.value),
          value === undefined ? undefined : jsonOf(value),
        ]),
      )
    case 'array':
      return (node.children ?? []).map(jsonOf)
    default:
      return node.value
  }
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ index, 0: end }) => index + end.length)]
}

function lineAt(starts: readonly number[], offset: number): number {
  return Math.max(1, starts.filter(start => start <= offset).length)
}

/** `PropertyNameExpected` as words. */
function wordsOf(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}

function refuse(path: string, line: number, message: string): FailureError {
  return usageFailure('ReadConfig', `"${path}" line ${line}: ${message}`, NEXT_STEP)
}
