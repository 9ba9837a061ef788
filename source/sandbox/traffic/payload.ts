import { gzipSync } from 'node:zlib'
import { below, hexDigits, pick, type Random } from '../random.ts'
import { cloudWatchLogs } from './cloudwatch-logs.ts'
import { aggregate } from './kpl-aggregate.ts'
import type { PayloadKind } from './scenario.ts'

const PRODUCTS = [
  'espresso-beans-1kg',
  'green-tea-250g',
  'paper-filter-100',
  'travel-mug',
  'milk-frother',
  'kettle-1l',
]
const PAGES = [
  '/',
  '/sale/black-friday',
  '/product/travel-mug',
  '/product/kettle-1l',
  '/cart',
  '/checkout',
  '/help',
]
/** One order in 21 has failed. */
const ORDER_STATES = [
  ...Array.from({ length: 5 }, () => ['placed', 'paid', 'packed', 'shipped']).flat(),
  'failed',
]
const CURRENCIES = ['EUR', 'USD', 'GBP', 'SEK']

/** The bytes of one record: made from `random` alone, dated `atMs`. */
export function payloadOf(kind: PayloadKind, partitionKey: string, random: Random, atMs: number): Uint8Array {
  switch (kind) {
    case 'order':
      return json({
        orderId: `o-${hexDigits(random, 8)}`,
        customer: partitionKey,
        status: pick(random, ORDER_STATES),
        items: [{ sku: pick(random, PRODUCTS), quantity: 1 + below(random, 3) }],
        total: { amount: (500 + below(random, 20_000)) / 100, currency: pick(random, CURRENCIES) },
        at: isoTime(atMs),
      })
    case 'click':
      return json({ session: partitionKey, page: pick(random, PAGES), ms: below(random, 2000), at: atMs })
    case 'payment':
      return json({
        paymentId: hexDigits(random, 12),
        account: partitionKey,
        amount: below(random, 100_000) / 100,
        currency: pick(random, CURRENCIES),
        result: random() < 0.97 ? 'accepted' : 'declined',
        at: isoTime(atMs),
      })
    case 'alert':
      return json({
        severity: pick(random, ['info', 'warning', 'critical']),
        source: partitionKey,
        text: pick(random, [
          'Disk nearly full',
          'Certificate expires soon',
          'Login from a new country – please check',
        ]),
        at: isoTime(atMs),
      })
    case 'stock-level':
      return json({
        warehouse: partitionKey,
        sku: pick(random, PRODUCTS),
        level: below(random, 500),
        at: isoTime(atMs),
      })
    case 'sensor-kpl':
      return aggregate(
        Array.from({ length: 3 + below(random, 8) }, () => ({
          partitionKey: `sensor-${1 + below(random, 40)}`,
          data: json({
            celsius: Math.round((15 + random() * 20) * 10) / 10,
            humidity: below(random, 100),
            at: atMs,
          }),
        })),
      )
    case 'cloudwatch-logs':
      return cloudWatchLogs(random, atMs)
    case 'gzip-json':
      return gzipSync(
        json({ batch: hexDigits(random, 6), rows: below(random, 900), note: 'compressed by the producer' }),
      )
    case 'concatenated-json':
      return Buffer.concat([json({ a: below(random, 10) }), json({ a: below(random, 10) })])
    case 'dynamodb-change':
      return dynamoDbChange(partitionKey, random, atMs)
    case 'binary':
      return Buffer.from(hexDigits(random, 64 + 2 * below(random, 64)), 'hex')
    case 'empty':
      return new Uint8Array(0)
    case 'text':
      return Buffer.from(
        `${isoTime(atMs)} ${partitionKey} ${pick(random, PAGES)} ${200 + below(random, 300)}`,
      )
  }
}

const json = (value: object) => Buffer.from(JSON.stringify(value))
const isoTime = (atMs: number) => new Date(atMs).toISOString()

/** A change record as DynamoDB's Kinesis integration writes it: typed values, time in milliseconds. */
function dynamoDbChange(key: string, random: Random, atMs: number): Uint8Array {
  const image = (stock: number) => ({ sku: { S: key }, stock: { N: String(stock) } })
  return json({
    awsRegion: 'us-east-1',
    eventID: hexDigits(random, 32),
    eventName: 'MODIFY',
    userIdentity: null,
    recordFormat: 'application/json',
    tableName: 'stock',
    dynamodb: {
      ApproximateCreationDateTime: atMs,
      Keys: { sku: { S: key } },
      NewImage: image(below(random, 100)),
      OldImage: image(below(random, 100)),
      SizeBytes: 46,
    },
    eventSource: 'aws:dynamodb',
  })
}
