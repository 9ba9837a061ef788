import type { ServiceItem } from '../domain/services/service-item.ts'
import { date, facts, isObject, type Json, object, objects, present, text, texts } from './answer-values.ts'
import type { ServiceSend } from './service-send.ts'
import type { Bounded } from './services-api.ts'

type Send = ServiceSend<typeof import('./firehose-sdk.ts')>

/** Pages of 10 names, which is what the service gives unasked; it takes no more than 5 such calls a second. */
const PAGE = 50
const MOST_PAGES = 10

export async function listDeliveryStreams(
  send: Send,
  signal: AbortSignal | undefined,
): Promise<Bounded<string>> {
  const items: string[] = []
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { Limit: PAGE, ...present('ExclusiveStartDeliveryStreamName', items.at(-1)) }
    const answer = await send('ListDeliveryStreams', sdk => new sdk.ListDeliveryStreamsCommand(input), signal)
    const names = texts(answer.DeliveryStreamNames)
    items.push(...names)
    if (answer.HasMoreDeliveryStreams !== true || names.length === 0) return { items, isComplete: true }
  }
  return { items, isComplete: false }
}

export async function describeDeliveryStream(
  send: Send,
  deliveryStreamName: string,
  signal: AbortSignal | undefined,
): Promise<ServiceItem> {
  const input = { DeliveryStreamName: deliveryStreamName }
  const answer = await send(
    'DescribeDeliveryStream',
    sdk => new sdk.DescribeDeliveryStreamCommand(input),
    signal,
  )
  const raw = object(answer.DeliveryStreamDescription)
  const source = object(object(raw.Source).KinesisStreamSourceDescription)
  const sourceArn = text(source.KinesisStreamARN)
  const destinations = objects(raw.Destinations).map(destination)
  const failure = object(raw.FailureDescription)
  return {
    service: 'firehose',
    name: text(raw.DeliveryStreamName) ?? deliveryStreamName,
    ...present('arn', text(raw.DeliveryStreamARN)),
    ...present('status', text(raw.DeliveryStreamStatus)),
    summary: `${sourceArn === undefined ? (text(raw.DeliveryStreamType) ?? 'DirectPut') : `from ${sourceArn.split('/').at(-1)}`} to ${destinations.map(({ title }) => title).join(', ') || 'nowhere'}`,
    facts: [
      ...facts(
        ['DeliveryStreamType', raw.DeliveryStreamType],
        ['KinesisStreamARN', sourceArn],
        ['DeliveryStartTimestamp', source.DeliveryStartTimestamp],
        ['CreateTimestamp', date(raw.CreateTimestamp)],
        ['FailureDescription', text(failure.Details)],
      ),
      ...destinations.flatMap(({ facts: own }) => own),
    ],
    streamArns: sourceArn === undefined ? [] : [sourceArn],
    isDirectPut: raw.DeliveryStreamType === 'DirectPut',
    ...present('readsSince', date(source.DeliveryStartTimestamp)),
  }
}

export async function putDeliveryRecord(
  send: Send,
  deliveryStreamName: string,
  data: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<{ readonly recordId: string }> {
  const input = { DeliveryStreamName: deliveryStreamName, Record: { Data: data } }
  const answer = await send('PutRecord', sdk => new sdk.PutRecordCommand(input), signal, {
    DeliveryStreamName: deliveryStreamName,
    Data: data,
  })
  return { recordId: text(answer.RecordId) ?? '' }
}

const WHERE = [
  'BucketARN',
  'ClusterJDBCURL',
  'DomainARN',
  'CollectionEndpoint',
  'HECEndpoint',
  'AccountUrl',
  'Table',
  'Database',
] as const

/** A destination is one member named after its kind; the newest ones come beside an older twin, as ExtendedS3 and S3. */
function destination(raw: Json): { title: string; facts: (readonly [string, string])[] } {
  const named = Object.entries(raw).filter(([, value]) => isObject(value))
  const [name, value] =
    named.find(([key]) => key === 'ExtendedS3DestinationDescription') ?? named.at(-1) ?? []
  if (name === undefined) return { title: text(raw.DestinationId) ?? '?', facts: [] }
  const kind = name.replace(/DestinationDescription$/, '').replace(/^Extended/, '')
  const body = object(value)
  const endpoint = object(body.EndpointConfiguration)
  const hints = object(body.BufferingHints)
  const where =
    WHERE.map(key => text(body[key])).find(found => found !== undefined) ??
    text(endpoint.Name) ??
    text(endpoint.Url)
  const size = hints.SizeInMBs
  const seconds = hints.IntervalInSeconds
  return {
    title: where === undefined ? kind : `${kind} ${where.split(':::').at(-1)}`,
    facts: facts(
      ['Destination', kind],
      ['Where', where],
      ['Prefix', text(body.Prefix)],
      [
        'BufferingHints',
        size === undefined && seconds === undefined ? undefined : `${size ?? '?'} MB or ${seconds ?? '?'} s`,
      ],
      ['CompressionFormat', text(body.CompressionFormat)],
      ['RoleARN', text(body.RoleARN)],
    ),
  }
}
