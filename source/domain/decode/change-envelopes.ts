import type { JsonValue } from './decoded-record.ts'
import { changesBetween, envelopeOf, factsOf, isoTime } from './envelope.ts'
import { type JsonObject, jsonMembers, objectOf } from './json-members.ts'
import type { EnvelopeStage } from './stage.ts'

const DEBEZIUM_OPERATIONS: Readonly<Record<string, string>> = {
  c: 'create',
  u: 'update',
  d: 'delete',
  r: 'read',
  t: 'truncate',
  m: 'message',
}

/** AWS Database Migration Service, Kinesis target: a row or a control message with its metadata. */
export const dmsStage: EnvelopeStage = {
  stage: 'dms',
  recognise(document) {
    const envelope = objectOf(document.value)
    const metadata = objectOf(envelope?.metadata)
    const operation = textOf(metadata?.operation)
    if (envelope === undefined || operation === undefined || metadata?.['record-type'] === undefined)
      return undefined
    const table = [textOf(metadata['schema-name']), textOf(metadata['table-name'])].filter(Boolean).join('.')
    const title = `DMS ${operation} ${table}`.trimEnd()
    const members = jsonMembers(document.text)
    const facts = factsOf({
      time: textOf(metadata.timestamp),
      kind: textOf(metadata['record-type']),
      transaction: wordOf(metadata['transaction-id']),
    })
    const changes = changesBetween(imageIn(members, 'before-image'), imageIn(members, 'data'))
    return { content: envelopeOf(document, title, facts, changes), label: title }
  },
}

/** Debezium's change event, with or without the schema around its payload. */
export const debeziumStage: EnvelopeStage = {
  stage: 'debezium',
  recognise(document) {
    const outer = objectOf(document.value)
    const hasSchema = objectOf(outer?.payload) !== undefined && outer?.schema !== undefined
    const event = hasSchema ? objectOf(outer?.payload) : outer
    const source = objectOf(event?.source)
    const operation = DEBEZIUM_OPERATIONS[textOf(event?.op) ?? '']
    if (event === undefined || source === undefined || operation === undefined) return undefined
    const table = [source.db, source.schema, source.table ?? source.collection]
      .flatMap(part => textOf(part) ?? [])
      .join('.')
    const title = `Debezium ${operation} ${table}`.trimEnd()
    const text = hasSchema ? (jsonMembers(document.text).get('payload') ?? '{}') : document.text
    const members = jsonMembers(text)
    const facts = factsOf({
      time: timeOf(source.ts_ms) ?? timeOf(event.ts_ms),
      connector: textOf(source.connector),
      snapshot: wordOf(source.snapshot),
    })
    const changes = changesBetween(imageIn(members, 'before'), imageIn(members, 'after'))
    return { content: envelopeOf(document, title, facts, changes), label: title }
  },
}

/** An event that an EventBridge rule sent to the stream. */
export const eventBridgeStage: EnvelopeStage = {
  stage: 'eventbridge',
  recognise(document) {
    const event = objectOf(document.value)
    const [type, source] = [textOf(event?.['detail-type']), textOf(event?.source)]
    if (event === undefined || type === undefined || source === undefined || event.detail === undefined)
      return undefined
    if (textOf(event.version) === undefined || textOf(event.id) === undefined) return undefined
    const title = `EventBridge ${source}: ${type}`
    const facts = factsOf({
      time: textOf(event.time),
      account: textOf(event.account),
      region: textOf(event.region),
      event: textOf(event.id),
    })
    return { content: envelopeOf(document, title, facts), label: title }
  },
}

/** The members of an image where it is an object; an absent or null one has none. */
function imageIn(members: ReadonlyMap<string, string>, name: string): Map<string, string> | undefined {
  const text = members.get(name)
  return text?.startsWith('{') ? jsonMembers(text) : undefined
}

function timeOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'number' ? isoTime(value) : undefined
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function wordOf(value: JsonObject[string] | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value)
}
