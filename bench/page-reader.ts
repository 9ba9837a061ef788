// Reads pages with one client and prints what that cost: node bench/page-reader.ts ours|sdk URL PAGES.

import { GetRecordsCommand, KinesisClient } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { connect } from '../source/aws/connect.ts'
import { readConfig } from '../source/config.ts'
import { countedBytes } from '../source/domain/record.ts'

const [side = '', url = '', pages = '1'] = process.argv.slice(2)

async function reader(): Promise<() => Promise<number>> {
  if (side === 'ours') {
    const settings = readConfig({
      flags: { endpointUrl: url, region: 'us-east-1' },
      environment: process.env as Record<string, string>,
      dotenv: undefined,
    }).aws
    const { api } = await connect({ settings, arming: { armed: false } })
    const options = { limit: 10_000 }
    return async () => {
      const page = await api.getRecords(
        { streamName: 'bench' },
        'shardId-000000000000',
        'A'.repeat(228),
        options,
      )
      return page.records.reduce((sum, record) => sum + countedBytes(record), 0)
    }
  }
  // Over the same HTTP/1.1 as ours: its default, HTTP/2, is slower.
  const client = new KinesisClient({
    endpoint: url,
    region: 'us-east-1',
    requestHandler: new NodeHttpHandler(),
  })
  return async () => {
    const page = await client.send(new GetRecordsCommand({ ShardIterator: 'A'.repeat(228), Limit: 10_000 }))
    let bytes = 0
    for (const { Data, PartitionKey } of page.Records ?? []) {
      bytes += (Data?.length ?? 0) + Buffer.byteLength(PartitionKey ?? '')
    }
    return bytes
  }
}

const read = await reader()
for (let count = 0; count < 3; count += 1) await read()
globalThis.gc?.()
const before = process.cpuUsage()
let bytes = 0
for (let count = 0; count < Number(pages); count += 1) bytes += await read()
const { user, system } = process.cpuUsage(before)
console.log(
  JSON.stringify({
    cpuMillisPerPage: (user + system) / 1_000 / Number(pages),
    peakMegabytes: (process.resourceUsage().maxRSS * 1_024) / 1e6,
    bytes,
  }),
)
process.exit(0)
