// Polls 500 shards once a second with the SDK's client as it comes: node bench/poll-tls-sdk.ts URL.

import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'

const [endpoint = ''] = process.argv.slice(2)
const client = new KinesisClient({ endpoint, region: 'us-east-1' })
const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: 'wide' }))
await Promise.all(
  Shards.map(async ({ ShardId }, index) => {
    await new Promise(resolve => setTimeout(resolve, index * 2))
    let { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: 'wide', ShardId, ShardIteratorType: 'LATEST' }),
    )
    for (;;) {
      const begin = performance.now()
      const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 1_000 }))
      ShardIterator = page.NextShardIterator
      await new Promise(resolve => setTimeout(resolve, 1_000 - (performance.now() - begin)))
    }
  }),
)
