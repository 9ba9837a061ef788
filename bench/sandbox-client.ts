import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'

const BATCH = 500
const PAYLOAD_BYTES = 200

/** Records that every server is read with: as many for all of them, since some slow down with what they hold. */
const READ_RECORDS = 20_000

/**
 * Writes batches of 500 records of 200 bytes for some seconds, then reads a stream of 20,000 such records over and over,
 * in pages of 1,000, over plain HTTP/1.1 without an SDK, so that the server is what is measured. Gives records per second.
 */
export async function measure(url: string, seconds: number): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const call = (operation: string, body: object | string) =>
    post(agent, url, operation, typeof body === 'string' ? body : JSON.stringify(body))
  for (const StreamName of ['write', 'read']) await call('CreateStream', { StreamName, ShardCount: 1 })
  await new Promise(resolve => setTimeout(resolve, 1500))
  const figures = { put: await writeRate(call, seconds), get: await readRate(call, seconds) }
  agent.destroy()
  return { putRecordsPerSecond: Math.round(figures.put), getRecordsPerSecond: Math.round(figures.get) }
}

type Call = (operation: string, body: object | string) => Promise<string>

async function writeRate(call: Call, seconds: number): Promise<number> {
  const bodies = Array.from({ length: 8 }, batchBody)
  const put = (index: number) => call('PutRecords', bodies[index % bodies.length] ?? '')
  await put(0)
  const begin = performance.now()
  let written = 0
  await Promise.all(
    Array.from({ length: 2 }, async () => {
      while (performance.now() < begin + seconds * 1000) {
        await put(written)
        written += BATCH
      }
    }),
  )
  return written / ((performance.now() - begin) / 1000)
}

async function readRate(call: Call, seconds: number): Promise<number> {
  // One by one and eight at a time, which is the way that no server takes minutes for.
  let loaded = 0
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (loaded++ < READ_RECORDS) {
        const Data = randomBytes(PAYLOAD_BYTES).toString('base64')
        await call('PutRecord', { StreamName: 'read', PartitionKey: `key-${loaded}`, Data })
      }
    }),
  )
  const place = { StreamName: 'read', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' }
  const begin = performance.now()
  let read = 0
  // Two callers, as for writes: one alone would measure the client's share of each turn as well.
  await Promise.all(
    Array.from({ length: 2 }, async () => {
      while (performance.now() < begin + seconds * 1000) {
        let { ShardIterator } = JSON.parse(await call('GetShardIterator', place))
        for (let page = 0; page < READ_RECORDS / 1000; page++) {
          const text = await call('GetRecords', { ShardIterator, Limit: 1000 })
          read += occurrences(text, '"Data":')
          ShardIterator = /"NextShardIterator":"([^"]+)"/.exec(
            text.slice(text.lastIndexOf('"NextShardIterator"')),
          )?.[1]
        }
      }
    }),
  )
  return read / ((performance.now() - begin) / 1000)
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
  return JSON.stringify({ StreamName: 'write', Records })
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
