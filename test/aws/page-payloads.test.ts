import { GetRecordsCommand, KinesisClient } from '@aws-sdk/client-kinesis'
import { HttpResponse } from '@smithy/core/protocols'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PagePayloads } from '../../source/aws/page-payloads.ts'
import { recordPage } from '../../source/aws/shapes.ts'

/** The page as the SDK's own client reads it, asked for without any socket. */
async function readBySdk(body: string) {
  const client = new KinesisClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: {
      handle: async () => ({
        response: new HttpResponse({
          statusCode: 200,
          headers: { 'content-type': 'application/x-amz-json-1.1' },
          body: Buffer.from(body),
        }),
      }),
      destroy() {},
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
    } as never,
  })
  const page = await client.send(new GetRecordsCommand({ ShardIterator: 'i' }))
  return (page.Records ?? []).map(record => ({
    sequenceNumber: record.SequenceNumber,
    partitionKey: record.PartitionKey,
    bytes: [...(record.Data ?? [])],
    at: record.ApproximateArrivalTimestamp?.getTime(),
  }))
}

const record = fc.record({
  data: fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc
      .integer({ min: 0, max: 9_000 })
      .map(length => Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 255)),
  ),
  key: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  millis: fc.integer({ min: 1_500_000_000_000, max: 1_900_000_000_000 }),
})

it('a page is read as the SDK reads it, whatever the sizes of its payloads and the letters of its keys', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 60 }), async records => {
      const body = JSON.stringify({
        Records: records.map(({ data, key, millis }, index) => ({
          SequenceNumber: String(index + 1),
          Data: Buffer.from(data).toString('base64'),
          PartitionKey: key,
          ApproximateArrivalTimestamp: millis / 1_000,
        })),
      })
      const ours = recordPage('orders', 'shardId-000000000000', JSON.parse(body)).records
      expect(
        ours.map(({ sequenceNumber, partitionKey, data, approximateArrivalTimestamp }) => ({
          sequenceNumber,
          partitionKey,
          bytes: [...data],
          at: approximateArrivalTimestamp?.getTime(),
        })),
      ).toEqual(await readBySdk(body))
    }),
    { numRuns: 60 },
  )
})

it('a text with letters that are no base64 holds what Node reads in it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary-ascii', maxLength: 40 }), { maxLength: 30 }), texts => {
      const payloads = new PagePayloads(texts.map(Data => ({ Data })))
      const read = texts.map(text => payloads.decode(text))
      expect(read.map(bytes => [...bytes])).toEqual(texts.map(text => [...Buffer.from(text, 'base64')]))
    }),
  )
})

it('a kept payload keeps at most 4 KiB alive beside its own bytes', () => {
  const sizes = [3, 200, 2_048, 2_049, 100_000, ...Array.from({ length: 500 }, (_, index) => index)]
  const texts = sizes.map(size => Buffer.alloc(size, 1).toString('base64'))
  const payloads = new PagePayloads(texts.map(Data => ({ Data })))
  for (const text of texts) {
    const bytes = payloads.decode(text)
    expect(bytes.buffer.byteLength - bytes.length).toBeLessThanOrEqual(4_096)
  }
})
