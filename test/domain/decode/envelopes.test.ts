import { describe, expect, test } from 'vitest'
import { decodedJson } from '../../../source/domain/decode/decoded-json.ts'
import { plainJson } from '../../../source/domain/decode/dynamodb-change.ts'
import { prettyLines } from '../../../source/domain/decode/pretty-lines.ts'
import { previewOf } from '../../../source/domain/decode/preview.ts'
import { decodeOne, labelsOf, stagesOf } from './payload.ts'

function envelope(value: object | string) {
  const decoded = decodeOne(typeof value === 'string' ? value : JSON.stringify(value))
  if (decoded.content.kind !== 'envelope') throw new Error(`is ${decoded.content.kind}`)
  return { decoded, content: decoded.content }
}

const DYNAMODB = {
  awsRegion: 'eu-west-1',
  eventID: '0b1c2d3e',
  eventName: 'MODIFY',
  userIdentity: null,
  recordFormat: 'application/json',
  tableName: 'orders',
  dynamodb: {
    ApproximateCreationDateTime: 1719999999123,
    Keys: { id: { S: 'o-1' } },
    NewImage: { id: { S: 'o-1' }, total: { N: '12345678901234567890.5' }, paid: { BOOL: true } },
    OldImage: { id: { S: 'o-1' }, total: { N: '1' }, note: { NULL: true } },
    SizeBytes: 77,
  },
  eventSource: 'aws:dynamodb',
}

describe('DynamoDB changes', () => {
  test('report 40: the same instant from milliseconds and from microseconds', () => {
    const time = (change: object) =>
      envelope({ ...DYNAMODB, dynamodb: { ...DYNAMODB.dynamodb, ...change } }).content.facts[0]
    expect(time({})).toEqual({ name: 'time', text: '2024-07-03T09:46:39.123Z' })
    expect(
      time({
        ApproximateCreationDateTime: 1719999999123456,
        ApproximateCreationDateTimePrecision: 'MICROSECOND',
      }),
    ).toEqual({ name: 'time', text: '2024-07-03T09:46:39.123456Z' })
  })

  test('types are unwrapped with every digit, old and new stand side by side', () => {
    const { decoded, content } = envelope(DYNAMODB)
    expect(labelsOf(decoded)).toEqual(['DynamoDB MODIFY orders'])
    expect(content.changes).toEqual([
      { name: 'id', before: '"o-1"', after: '"o-1"' },
      { name: 'total', before: '1', after: '12345678901234567890.5' },
      { name: 'note', before: 'null' },
      { name: 'paid', after: 'true' },
    ])
    expect(previewOf(decoded, 200)).toBe(
      'DynamoDB MODIFY orders total=1->12345678901234567890.5 note=-null paid=true',
    )
    expect(prettyLines(decoded).slice(0, 12)).toEqual([
      'DynamoDB MODIFY orders',
      'time        2024-07-03T09:46:39.123Z',
      'keys        {"id":"o-1"}',
      'size        77 bytes',
      'region      eu-west-1',
      'event       0b1c2d3e',
      '',
      '  id  "o-1"',
      '- total  1',
      '+ total  12345678901234567890.5',
      '- note  null',
      '+ paid  true',
    ])
    expect(decodedJson([decoded])).toBe(JSON.stringify(DYNAMODB))
  })

  test.each([
    [{ S: 'x' }, '"x"'],
    [{ N: '-1.50' }, '-1.50'],
    [{ N: 'NaN' }, '"NaN"'],
    [{ NS: ['1', '2.0'] }, '[1,2.0]'],
    [{ SS: ['a'] }, '["a"]'],
    [{ B: 'AA==' }, '{"$base64":"AA=="}'],
    [{ BS: ['AA=='] }, '[{"$base64":"AA=="}]'],
    [{ L: [{ N: '1' }, { M: { a: { S: 'b' } } }] }, '[1,{"a":"b"}]'],
    [{ NEW: 1 }, '{"NEW":1}'],
    [{ S: 'x', N: '1' }, '{"S":"x","N":"1"}'],
    ['bare', '"bare"'],
  ])('%j is %s', (attribute, expected) => {
    expect(plainJson(attribute)).toBe(expected)
  })

  test('an insert has no old image, a removal no new one', () => {
    const { NewImage, OldImage, ...rest } = DYNAMODB.dynamodb
    const insert = envelope({ ...DYNAMODB, eventName: 'INSERT', dynamodb: { ...rest, NewImage } })
    expect(insert.content.changes.every(change => change.before === undefined)).toBe(true)
    const removal = envelope({ ...DYNAMODB, eventName: 'REMOVE', dynamodb: { ...rest, OldImage } })
    expect(removal.content.changes.every(change => change.after === undefined)).toBe(true)
  })
})

describe('DMS', () => {
  const ROW = `{
\t"data":\t{ "id": 12345678901234567890, "name": "new" },
\t"before-image": { "name": "old" },
\t"metadata": { "timestamp": "2026-11-30T12:00:00.000001Z", "record-type": "data", "operation": "update",
\t\t"partition-key-type": "primary-key", "schema-name": "shop", "table-name": "orders", "transaction-id": 8589935186 }
}`

  test('a row with the image before it, digits kept', () => {
    const { decoded, content } = envelope(ROW)
    expect(stagesOf(decoded)).toEqual(['dms'])
    expect(content.title).toBe('DMS update shop.orders')
    expect(content.changes).toEqual([
      { name: 'name', before: '"old"', after: '"new"' },
      { name: 'id', after: '12345678901234567890' },
    ])
    expect(content.facts).toContainEqual({ name: 'transaction', text: '8589935186' })
  })

  test('a control message', () => {
    const metadata = {
      timestamp: '2026-11-30T12:00:00Z',
      'record-type': 'control',
      operation: 'create-table',
      'schema-name': 'shop',
      'table-name': 'orders',
    }
    const { content } = envelope({ metadata })
    expect(content.title).toBe('DMS create-table shop.orders')
    expect(content.changes).toEqual([])
  })
})

describe('Debezium', () => {
  const EVENT = {
    before: { id: 1, price: 2.5 },
    after: { id: 1, price: 3 },
    source: {
      connector: 'postgresql',
      db: 'shop',
      schema: 'public',
      table: 'orders',
      ts_ms: 1764504000000,
      snapshot: 'false',
    },
    op: 'u',
    ts_ms: 1764504000999,
  }

  test('flat', () => {
    const { content } = envelope(EVENT)
    expect(content.title).toBe('Debezium update shop.public.orders')
    expect(content.facts).toContainEqual({ name: 'time', text: '2025-11-30T12:00:00.000Z' })
    expect(content.changes).toEqual([
      { name: 'id', before: '1', after: '1' },
      { name: 'price', before: '2.5', after: '3' },
    ])
  })

  test('with its schema around it, and a deletion', () => {
    expect(envelope({ schema: { type: 'struct' }, payload: EVENT }).content.changes).toHaveLength(2)
    const deletion = envelope({ ...EVENT, op: 'd', after: null })
    expect(deletion.content.title).toBe('Debezium delete shop.public.orders')
    expect(previewOf(deletion.decoded, 100)).toBe('Debezium delete shop.public.orders id=-1 price=-2.5')
  })
})

test('an EventBridge event', () => {
  const event = {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2026-11-30T12:00:00Z',
    region: 'us-west-1',
    resources: [],
    detail: { state: 'terminated' },
  }
  const { content, decoded } = envelope(event)
  expect(content.title).toBe('EventBridge aws.ec2: EC2 Instance State-change Notification')
  expect(content.facts.map(fact => fact.name)).toEqual(['time', 'account', 'region', 'event'])
  expect(prettyLines(decoded)).toContain('    "state": "terminated"')
})

test.each([
  { data: {}, metadata: {} },
  { op: 'u', after: {} },
  { source: 'a', detail: 1 },
  { eventSource: 'aws:s3', dynamodb: {} },
  { messageType: 'DATA_MESSAGE', owner: 'x' },
])('%j is plain JSON', value => {
  expect(stagesOf(decodeOne(JSON.stringify(value)))).toEqual(['json'])
})
