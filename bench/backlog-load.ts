// Makes a stream and fills it: node bench/backlog-load.ts URL STREAM SHARDS RECORDS BYTES.

import { createHash, randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'

const [url = '', StreamName = '', shards = '1', records = '0', bytes = '200'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: 4 })

function call(operation: string, body: object): Promise<Record<string, unknown>> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `Kinesis_20131202.${operation}`,
    authorization:
      'AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0',
    'x-amz-date': '20260101T000000Z',
  }
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (response.statusCode !== 200) reject(new Error(`${operation}: ${text}`))
        else resolve(text === '' ? {} : JSON.parse(text))
      })
    })
      .on('error', reject)
      .end(JSON.stringify(body))
  })
}

await call('CreateStream', { StreamName, ShardCount: Number(shards) })
for (let status: unknown; status !== 'ACTIVE'; await new Promise(resolve => setTimeout(resolve, 100))) {
  const answer = await call('DescribeStreamSummary', { StreamName })
  status = (answer.StreamDescriptionSummary as { StreamStatus?: string }).StreamStatus
}
let left = Number(records)
let number = 0
await Promise.all(
  Array.from({ length: 4 }, async () => {
    while (left > 0) {
      const count = Math.min(500, left)
      left -= count
      const Records = Array.from({ length: count }, () => {
        number += 1
        const data = randomBytes((Number(bytes) * 3) / 4).toString('base64')
        return {
          PartitionKey: createHash('md5').update(`${number}`).digest('hex').slice(0, 12),
          Data: Buffer.from(data).toString('base64'),
        }
      })
      const answer = await call('PutRecords', { StreamName, Records })
      if (answer.FailedRecordCount !== 0) throw new Error(`${answer.FailedRecordCount} records were refused`)
    }
  }),
)
console.log(JSON.stringify({ records: number }))
process.exit(0)
