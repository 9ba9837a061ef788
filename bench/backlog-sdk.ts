// The bare loop on the SDK's client, as its documentation has it, a loop for each shard, each record a line on standard output:
// node bench/backlog-sdk.ts URL STREAM.

import { once } from 'node:events'
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'

const [endpoint = '', StreamName = ''] = process.argv.slice(2)
const client = new KinesisClient({ endpoint, region: 'us-east-1', requestHandler: new NodeHttpHandler() })
const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }))
await Promise.all(
  Shards.map(async ({ ShardId }) => {
    let { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    )
    while (ShardIterator !== undefined) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 10_000 }))
      const lines = (page.Records ?? []).map(({ Data }) => `${Buffer.from(Data ?? []).toString('latin1')}\n`)
      if (!process.stdout.write(lines.join(''), 'latin1')) await once(process.stdout, 'drain')
      if (page.MillisBehindLatest === 0) return
      ShardIterator = page.NextShardIterator
    }
  }),
)
process.exit(0)
