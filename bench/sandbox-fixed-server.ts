/** Reads a body and answers with a fixed one: the most any server on this HTTP stack reaches with this client. */
import { createServer } from 'node:http'
import { hrtime } from 'node:process'

const record = {
  SequenceNumber: '49680717794531247530570296413163587585859478907418312722',
  ShardId: 'shardId-000000000000',
}
const putAnswer = JSON.stringify({ FailedRecordCount: 0, Records: Array.from({ length: 500 }, () => record) })
const getAnswer = JSON.stringify({
  Records: Array.from({ length: 1000 }, () => ({
    ...record,
    ApproximateArrivalTimestamp: 1.5,
    Data: 'A'.repeat(268),
    PartitionKey: 'key-1',
  })),
  NextShardIterator: String(hrtime.bigint()),
  MillisBehindLatest: 0,
})
const server = createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => {
    const target = String(request.headers['x-amz-target'])
    const body = target.endsWith('PutRecords')
      ? putAnswer
      : target.endsWith('GetRecords')
        ? getAnswer
        : '{"ShardIterator":"x"}'
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': body.length })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
})
