import type { ShapeTable } from '../engine/input.ts'
import type { WireFormat } from './wire-format.ts'

const XML_NAMESPACE = 'http://monitoring.amazonaws.com/doc/2010-08-01/'

/** What the query protocol calls the errors that its callers know otherwise. */
const QUERY_CODES: Record<string, string> = {
  UnknownOperation: 'InvalidAction',
  SerializationException: 'MalformedInput',
}

/** The query protocol: a form goes in (`Action=...&Dimensions.member.1.Name=...`), XML comes out. */
export const queryFormat: WireFormat = {
  codec: {
    timestamp(value) {
      const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
      return Number.isNaN(time) ? undefined : time
    },
    blob: () => undefined,
  },
  parse: (body, operation, shapes) =>
    readForm(new URLSearchParams(Buffer.from(body).toString('utf8')), `${operation}Input`, shapes),
  success: (operation, output, requestId) =>
    response(
      200,
      `<${operation}Response xmlns="${XML_NAMESPACE}"><${operation}Result>${xmlOf(output)}</${operation}Result>` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
    ),
  failure: (error, requestId) =>
    response(
      error.statusCode,
      `<ErrorResponse xmlns="${XML_NAMESPACE}"><Error><Type>${error.party}</Type>` +
        `<Code>${QUERY_CODES[error.code] ?? error.code}</Code><Message>${escaped(error.message)}</Message></Error>` +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`,
    ),
}

const response = (statusCode: number, body: string) => ({
  statusCode,
  headers: { 'content-type': 'text/xml' },
  body,
})

type Branch = { text?: string; branches: Map<string, Branch> }

/** Form fields as a tree by the dots in their names, then read by shape: texts become numbers, lists are numbered. */
function readForm(form: URLSearchParams, shapeName: string, shapes: ShapeTable): unknown {
  const root: Branch = { branches: new Map() }
  for (const [name, text] of form) {
    let branch = root
    for (const part of name.split('.')) {
      const next = branch.branches.get(part) ?? { branches: new Map() }
      branch.branches.set(part, next)
      branch = next
    }
    branch.text = text
  }
  return readBranch(root, shapeName, shapes)
}

function readBranch(branch: Branch, shapeName: string, shapes: ShapeTable): unknown {
  const shape = shapes.get(shapeName)
  switch (shape?.kind) {
    case 'struct': {
      const result: Record<string, unknown> = {}
      for (const { name, shape: memberShape } of shape.members) {
        const member = branch.branches.get(name)
        if (member !== undefined) result[name] = readBranch(member, memberShape, shapes)
      }
      return result
    }
    case 'list': {
      const members = [...(branch.branches.get('member')?.branches ?? [])]
      members.sort(([a], [b]) => Number(a) - Number(b))
      return members.map(([, member]) => readBranch(member, shape.member, shapes))
    }
    case 'integer':
      // What is no number stays text, which the check of shapes then refuses.
      return /^[+-]?\d+$/.test(branch.text ?? '') ? Number(branch.text) : branch.text
    case 'boolean':
      return branch.text === 'true' ? true : branch.text === 'false' ? false : branch.text
    default:
      return branch.text
  }
}

function xmlOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(member => `<member>${xmlOf(member)}</member>`).join('')
  if (value instanceof Map) {
    return [...value]
      .map(([key, own]) => `<entry><key>${escaped(String(key))}</key><value>${xmlOf(own)}</value></entry>`)
      .join('')
  }
  if (typeof value !== 'object' || value === null) return escaped(String(value))
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `<${name}>${xmlOf(member)}</${name}>`)
    .join('')
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text for XML 1.0, which has no way to write most control characters: those are left out. */
const escaped = (text: string) =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"]/g, character => ENTITIES[character] ?? character)
