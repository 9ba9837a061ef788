import type { JsonValue } from './decoded-record.ts'
import { changesBetween, envelopeOf, factsOf, isoTime } from './envelope.ts'
import { type JsonObject, objectOf } from './json-members.ts'
import type { EnvelopeStage } from './stage.ts'

/** A number as DynamoDB writes it: up to 38 digits, always in a string. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** A DynamoDB change record (API EnableKinesisStreamingDestination): typed images of an item, before and after. */
export const dynamoDbChangeStage: EnvelopeStage = {
  stage: 'dynamodb',
  recognise(document) {
    const envelope = objectOf(document.value)
    const change = objectOf(envelope?.dynamodb)
    if (envelope?.eventSource !== 'aws:dynamodb' || change === undefined) return undefined
    const table = textOf(envelope.tableName)
    const title = `DynamoDB ${textOf(envelope.eventName) ?? 'change'} ${table ?? ''}`.trimEnd()
    const facts = factsOf({
      time: changeTime(change),
      keys: change.Keys === undefined ? undefined : plainMap(change.Keys),
      size: typeof change.SizeBytes === 'number' ? `${change.SizeBytes} bytes` : undefined,
      region: textOf(envelope.awsRegion),
      event: textOf(envelope.eventID),
    })
    const changes = changesBetween(imageOf(change.OldImage), imageOf(change.NewImage))
    return { content: envelopeOf(document, title, facts, changes), label: title }
  },
}

/** Epoch milliseconds, or microseconds where the record says so; shown to the unit that it has. */
function changeTime(change: JsonObject): string | undefined {
  const time = change.ApproximateCreationDateTime
  if (typeof time !== 'number') return undefined
  if (!textOf(change.ApproximateCreationDateTimePrecision)?.toUpperCase().startsWith('MICRO'))
    return isoTime(time)
  const iso = isoTime(Math.floor(time / 1_000))
  const micros = String(((time % 1_000) + 1_000) % 1_000).padStart(3, '0')
  return iso === undefined ? undefined : `${iso.slice(0, -1)}${micros}Z`
}

function imageOf(image: JsonValue | undefined): Map<string, string> | undefined {
  const item = objectOf(image)
  if (item === undefined) return undefined
  return new Map(Object.entries(item).map(([name, value]) => [name, plainJson(value)]))
}

function plainMap(value: JsonValue): string {
  const members = Object.entries(objectOf(value) ?? {}).map(
    ([name, member]) => `${JSON.stringify(name)}:${plainJson(member)}`,
  )
  return `{${members.join(',')}}`
}

/** An attribute value without its type, as JSON text: `{"N":"1"}` is `1`, with every digit. */
export function plainJson(attribute: JsonValue): string {
  const typed = objectOf(attribute)
  const [[type, value] = [], ...others] = Object.entries(typed ?? {})
  if (type === undefined || value === undefined || others.length > 0) return JSON.stringify(attribute)
  switch (type) {
    case 'S':
    case 'BOOL':
      return JSON.stringify(value)
    case 'N':
      return plainNumber(value)
    case 'NULL':
      return 'null'
    case 'B':
      return `{"$base64":${JSON.stringify(value)}}`
    case 'M':
      return plainMap(value)
    case 'L':
      return list(value, plainJson)
    case 'SS':
      return JSON.stringify(value)
    case 'NS':
      return list(value, plainNumber)
    case 'BS':
      return list(value, item => `{"$base64":${JSON.stringify(item)}}`)
    default:
      return JSON.stringify(attribute)
  }
}

function plainNumber(value: JsonValue): string {
  return typeof value === 'string' && NUMBER.test(value) ? value : JSON.stringify(value)
}

function list(value: JsonValue, item: (value: JsonValue) => string): string {
  return Array.isArray(value) ? `[${value.map(item).join(',')}]` : JSON.stringify(value)
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
