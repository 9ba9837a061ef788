import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectTo, failureIn } from '../aws/connect-to.ts'

const seen: string[] = []
const server = createServer((request, response) => {
  seen.push(`${request.method} ${request.headers['x-amz-target'] ?? request.url?.split('?')[0]}`)
  request.resume()
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{}')
})
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

beforeAll(() => new Promise<void>(done => server.listen(0, '127.0.0.1', done)))
afterAll(() => void server.close())

test('a read-only session lets every reading operation of each service out, and not one record into Firehose', async () => {
  const { services, close } = await connectTo(url(), { arming: { armed: false } })
  await services.listEventSourceMappings('arn:aws:kinesis:us-east-1:111122223333:stream/orders')
  await services.listTables()
  await services.tableKeySchema('app')
  await services.scanTable('app')
  await services.listDeliveryStreams()
  await services.describeDeliveryStream('to-s3')
  await services.listPipes('arn:aws:kinesis:us-east-1:111122223333:stream/orders')
  await services.listFlinkApplications()
  await services.describeFlinkApplication('app')
  await services.listVideoStreams()
  const refused = await failureIn(services.putDeliveryRecord('direct', new Uint8Array([1])))
  close()
  expect(refused).toMatchObject({ kind: 'read-only', action: 'firehose:PutRecord' })
  expect(seen).toEqual([
    'GET /2015-03-31/event-source-mappings',
    'POST DynamoDB_20120810.ListTables',
    'POST DynamoDB_20120810.DescribeTable',
    'POST DynamoDB_20120810.Scan',
    'POST Firehose_20150804.ListDeliveryStreams',
    'POST Firehose_20150804.DescribeDeliveryStream',
    'GET /v1/pipes',
    'POST KinesisAnalytics_20180523.ListApplications',
    'POST KinesisAnalytics_20180523.DescribeApplication',
    'POST KinesisAnalytics_20180523.ListApplicationSnapshots',
    'POST /listStreams',
  ])
})
