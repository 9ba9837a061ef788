import { contentText } from '../domain/decode/content-text.ts'
import type { DecodedRecord } from '../domain/decode/decoded-record.ts'
import { jsonTextAt } from '../domain/decode/json-members.ts'
import { previewOf } from '../domain/decode/preview.ts'
import { usageFailure } from '../domain/failure.ts'
import { hashKeyOf } from '../domain/hash-key.ts'
import { countedBytes } from '../domain/record.ts'
import { visibleText } from '../domain/visible-text.ts'
import type { ReadRecord } from '../state/event.ts'

/** One user record with the Kinesis record that it came in. */
export type TemplateSubject = { readonly record: ReadRecord['record']; readonly part: DecodedRecord }

/** A line made of a record; untrusted values are made visible, absent ones are empty. */
export type RecordTemplate = (subject: TemplateSubject) => string

const PREVIEW_CHARACTERS = 65_536

/** What can stand in braces. */
const FIELDS: Readonly<Record<string, (subject: TemplateSubject) => string | undefined>> = {
  streamName: ({ record }) => record.streamName,
  shardId: ({ record }) => record.shardId,
  sequenceNumber: ({ record }) => record.sequenceNumber,
  subSequenceNumber: ({ part }) => textOf(part.userRecord?.subSequenceNumber),
  partitionKey: ({ record, part }) => part.userRecord?.partitionKey ?? record.partitionKey,
  explicitHashKey: ({ part }) => textOf(part.userRecord?.explicitHashKey),
  hashKey: ({ record, part }) => {
    if (part.userRecord !== undefined) return String(part.userRecord.hashKey)
    return record.partitionKey === undefined ? undefined : String(hashKeyOf(record.partitionKey))
  },
  approximateArrivalTimestamp: ({ record }) => record.approximateArrivalTimestamp?.toISOString(),
  encryptionType: ({ record }) => record.encryptionType,
  size: ({ record, part }) =>
    String(
      countedBytes(
        part.userRecord === undefined
          ? record
          : { data: part.bytes, partitionKey: part.userRecord.partitionKey },
      ),
    ),
  data: ({ record }) => bytesText(record.data, 'base64'),
  hex: ({ record }) => bytesText(record.data, 'hex'),
  text: ({ part }) => contentText(part),
  preview: ({ part }) => previewOf(part, PREVIEW_CHARACTERS),
  decoded: ({ part }) => contentText(part),
  stages: ({ part }) => part.badges.map(({ stage }) => stage).join(','),
  notes: ({ part }) => part.notes.join('; '),
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', '\\': '\\' }

/**
 * Reads a template: text with fields in braces, e.g. `{approximateArrivalTimestamp} {partitionKey} {decoded.order.id}`.
 * `{{` and `}}` are braces; `\n`, `\t`, `\0` and `\\` are what they are elsewhere.
 * @throws FailureError of kind `usage` that names the field, its column and the fields that there are
 */
export function parseRecordTemplate(text: string): RecordTemplate {
  const parts: RecordTemplate[] = []
  let literal = ''
  const keepLiteral = (): void => {
    const kept = literal
    if (kept !== '') parts.push(() => kept)
    literal = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    const next = text[at + 1] ?? ''
    if ((character === '{' || character === '}') && next === character) {
      literal += character
      at += 1
    } else if (character === '\\' && next !== '') {
      literal += ESCAPES[next] ?? `\\${next}`
      at += 1
    } else if (character === '{') {
      const end = endOfField(text, at)
      if (end === -1) throw refusal(`the brace at column ${at + 1} is not closed`)
      keepLiteral()
      parts.push(fieldOf(text.slice(at + 1, end), at + 2))
      at = end
    } else if (character === '}') throw refusal(`the closing brace at column ${at + 1} closes nothing`)
    else literal += character
  }
  keepLiteral()
  return subject => parts.map(part => part(subject)).join('')
}

/** A quoted name in a path may hold a brace. */
function endOfField(text: string, start: number): number {
  let isQuoted = false
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && isQuoted) at += 1
    else if (text[at] === '"') isQuoted = !isQuoted
    else if (text[at] === '}' && !isQuoted) return at
  }
  return -1
}

function fieldOf(name: string, column: number): RecordTemplate {
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
  if (field !== undefined) return subject => visibleText(field(subject) ?? '')
  const path = /^decoded(?=[.[])/.test(name) ? pathOf(name.slice('decoded'.length)) : undefined
  if (path !== undefined) return subject => visibleText(memberText(subject.part, path))
  throw refusal(
    name.startsWith('decoded')
      ? `"{${name}}" at column ${column} is no path: write {decoded.order.id}, {decoded.items[0]} or {decoded."odd name"}`
      : `there is no field "{${name}}" (column ${column})`,
  )
}

function refusal(message: string) {
  return usageFailure(
    'tail',
    `the template cannot be used: ${message}`,
    `Fields: ${Object.keys(FIELDS).join(', ')}, decoded.PATH. A brace itself is written {{ or }}.`,
  )
}

const STEP = /^(?:\.([A-Za-z_$@][\w$@-]*)|\."((?:[^"\\]|\\.)*)"|\[(-?\d{1,9})\])/

function pathOf(text: string): readonly (string | number)[] | undefined {
  const path: (string | number)[] = []
  for (let rest = text; rest !== ''; ) {
    const [all, name, quoted, index] = STEP.exec(rest) ?? []
    if (all === undefined) return undefined
    if (index !== undefined) path.push(Number(index))
    else path.push(name ?? (JSON.parse(`"${quoted ?? ''}"`) as string))
    rest = rest.slice(all.length)
  }
  return path
}

function memberText({ content }: DecodedRecord, path: readonly (string | number)[]): string {
  if (content.kind === 'json' && content.documents.length > 1) {
    return content.documents.map(({ text }) => valueText(jsonTextAt(text, path))).join(',')
  }
  const document =
    content.kind === 'json' ? content.documents[0] : 'document' in content ? content.document : undefined
  return document === undefined ? '' : valueText(jsonTextAt(document.text, path))
}

/** A string without its quotes; anything else with the digits of its source. */
function valueText(json: string | undefined): string {
  if (json === undefined) return ''
  return json.startsWith('"') ? (JSON.parse(json) as string) : json
}

function textOf(value: number | bigint | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

function bytesText(bytes: Uint8Array, encoding: 'base64' | 'hex'): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding)
}
