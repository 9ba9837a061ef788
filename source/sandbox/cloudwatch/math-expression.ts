import { SyntaxComplaint, TokenReader, tokenize } from './lexer.ts'

/** Metric math as a tree. */
export type MathNode =
  | { kind: 'number'; value: number }
  | { kind: 'text'; text: string }
  /** Another query of the same request, by its id. */
  | { kind: 'reference'; id: string }
  | { kind: 'negation'; operand: MathNode }
  | { kind: 'operation'; operator: Operator; left: MathNode; right: MathNode }
  | { kind: 'call'; name: string; arguments: MathNode[] }
  | { kind: 'list'; members: MathNode[] }

export type Operator = '+' | '-' | '*' | '/' | '^'

const WORD = /[A-Za-z0-9_]/
const COMPARISONS = ['==', '!=', '<=', '>=', '&&', '||', '<', '>']
const SYMBOLS = [...COMPARISONS, '+', '-', '*', '/', '^', '(', ')', '[', ']', ',']

/** Parses arithmetic (+ - * / ^, parentheses, lists, calls of functions). Errors: SyntaxComplaint. */
export function parseMathExpression(source: string): MathNode {
  const reader = new TokenReader(tokenize(source, WORD, SYMBOLS))
  const node = readSum(reader)
  const comparison = COMPARISONS.find(symbol => reader.isAt(symbol))
  if (comparison !== undefined) {
    throw new SyntaxComplaint(`the operator ${comparison} is not supported here; + - * / ^ are`)
  }
  reader.expectEnd()
  return node
}

function readSum(reader: TokenReader): MathNode {
  let left = readProduct(reader)
  while (reader.isAt('+') || reader.isAt('-')) {
    const operator = reader.take().text as Operator
    left = { kind: 'operation', operator, left, right: readProduct(reader) }
  }
  return left
}

function readProduct(reader: TokenReader): MathNode {
  let left = readPower(reader)
  while (reader.isAt('*') || reader.isAt('/')) {
    const operator = reader.take().text as Operator
    left = { kind: 'operation', operator, left, right: readPower(reader) }
  }
  return left
}

function readPower(reader: TokenReader): MathNode {
  if (reader.accept('-')) return { kind: 'negation', operand: readPower(reader) }
  const left = readOperand(reader)
  return reader.accept('^') ? { kind: 'operation', operator: '^', left, right: readPower(reader) } : left
}

function readOperand(reader: TokenReader): MathNode {
  if (reader.accept('(')) {
    const node = readSum(reader)
    reader.expect(')')
    return node
  }
  if (reader.accept('[')) return { kind: 'list', members: readMembers(reader, ']') }
  const { kind, text } = reader.next
  if (kind === 'end' || kind === 'symbol') throw reader.complaint('expected a value')
  reader.take()
  if (kind === 'number') return { kind: 'number', value: Number(text) }
  if (kind !== 'word') return { kind: 'text', text }
  if (reader.accept('(')) return { kind: 'call', name: text, arguments: readMembers(reader, ')') }
  return { kind: 'reference', id: text }
}

function readMembers(reader: TokenReader, close: string): MathNode[] {
  const members: MathNode[] = []
  if (reader.accept(close)) return members
  do members.push(readSum(reader))
  while (reader.accept(','))
  reader.expect(close)
  return members
}
