// Answers every request with one and the same GetRecords page, ready made, so that the reader is all that costs:
// node bench/page-server.ts RECORDS BYTES. Prints its port.

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'

const [recordCount = 0, payloadBytes = 0] = process.argv.slice(2).map(Number)
const page = Buffer.from(
  JSON.stringify({
    Records: Array.from({ length: recordCount }, (_, index) => ({
      SequenceNumber: String(
        49590338271490256608559692538361571095921575989136588898n + BigInt(index) * 65_537n,
      ),
      ApproximateArrivalTimestamp: 1_764_547_200.123 + index / 1_000,
      Data: randomBytes(payloadBytes).toString('base64'),
      PartitionKey: `customer-${index % 1_000}`,
    })),
    NextShardIterator: 'A'.repeat(228),
    MillisBehindLatest: 60_000,
  }),
)
const headers = { 'content-type': 'application/x-amz-json-1.1', 'content-length': page.length }
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, headers).end(page))
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as { port: number }).port))
