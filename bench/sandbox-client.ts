import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'

const BATCH = 500
const PAYLOAD_BYTES = 200

/**
 * Writes batches of 500 records of 200 bytes for some seconds and reads them back, over plain HTTP/1.1 without an SDK,
 * so that the server is what is measured. Gives records per second.
 */
export async function measure(
  url: string,
  seconds: number,
  mostReads: number,
): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const call = (operation: string, body: string) => post(agent, url, operation, body)
  await call('CreateStream', JSON.stringify({ StreamName: 'bench', ShardCount: 1 }))
  await new Promise(resolve => setTimeout(resolve, 1200))
  const bodies = Array.from({ length: 8 }, batchBody)
  const put = (index: number) => call('PutRecords', bodies[index % bodies.length] ?? '')
  await put(0)

  const writeEnd = performance.now() + seconds * 1000
  const writeBegin = performance.now()
  let written = 0
  await Promise.all(
    Array.from({ length: 2 }, async () => {
      while (performance.now() < writeEnd) written += (await put(written)) === '' ? 0 : BATCH
    }),
  )
  const putPerSecond = written / ((performance.now() - writeBegin) / 1000)

  const place = await call(
    'GetShardIterator',
    JSON.stringify({
      StreamName: 'bench',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  )
  let { ShardIterator } = JSON.parse(place)
  let read = 0
  const readBegin = performance.now()
  while (read < mostReads && ShardIterator !== undefined && performance.now() - readBegin < seconds * 2000) {
    const text = await call('GetRecords', JSON.stringify({ ShardIterator, Limit: 1000 }))
    const count = occurrences(text, '"Data":')
    if (count === 0) break
    read += count
    ShardIterator = /"NextShardIterator":"([^"]+)"/.exec(
      text.slice(text.lastIndexOf('"NextShardIterator"')),
    )?.[1]
  }
  const getPerSecond = read / ((performance.now() - readBegin) / 1000)
  agent.destroy()
  return { putRecordsPerSecond: Math.round(putPerSecond), getRecordsPerSecond: Math.round(getPerSecond) }
}

/** Counted instead of parsed: parsing costs the client more than the answer costs the server. */
function occurrences(text: string, word: string): number {
  let count = 0
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) count++
  return count
}

function batchBody(): string {
  const Records = Array.from({ length: BATCH }, (_, index) => ({
    Data: randomBytes(PAYLOAD_BYTES).toString('base64'),
    PartitionKey: `key-${index}`,
  }))
  return JSON.stringify({ StreamName: 'bench', Records })
}

function post(agent: Agent, url: string, operation: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `Kinesis_20131202.${operation}`,
          'x-amz-date': '20260101T000000Z',
          authorization:
            'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0',
        },
      },
      response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if (response.statusCode === 200) resolve(text)
          else reject(new Error(`${operation}: ${response.statusCode} ${text.slice(0, 200)}`))
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
