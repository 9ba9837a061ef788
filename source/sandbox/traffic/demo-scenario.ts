import type { Scenario } from './scenario.ts'

/**
 * A small shop, one trouble a stream. Only one shard is driven near its limit: a console and its tests share the machine
 * with it, and a demonstration may be left open for hours.
 */
export const demoScenario: Scenario = {
  streams: [
    {
      // Healthy: even keys, plain JSON.
      name: 'orders',
      shardCount: 3,
      tags: { team: 'shop', stage: 'demo' },
      historyMinutes: 5,
      producers: [
        { recordsPerSecond: 6, keys: { kind: 'uniform', prefix: 'customer-', count: 500 }, payload: 'order' },
      ],
    },
    {
      // One hot key: a campaign that has just begun fills most of its shard, and each minute sends more than the 1,000
      // records/s that a shard takes.
      name: 'clickstream',
      shardCount: 4,
      tags: { team: 'web', stage: 'demo' },
      shardLevelMetrics: ['ALL'],
      // Long enough for a whole minute of metrics to be published at the start.
      historyMinutes: 3,
      producers: [
        {
          recordsPerSecond: 40,
          keys: { kind: 'uniform', prefix: 'session-', count: 5000 },
          payload: 'click',
        },
        {
          recordsPerSecond: 840,
          keys: { kind: 'single', key: 'campaign-black-friday' },
          payload: 'click',
          startsAtMinute: -0.25,
          burst: { everySeconds: 60, lastingSeconds: 4, recordsPerSecond: 1250 },
        },
      ],
    },
    {
      // Uneven ranges: shard 0 was left with half of the key space, the two others have a quarter each.
      name: 'payments',
      shardCount: 2,
      retentionPeriodHours: 168,
      tags: { team: 'billing', stage: 'demo' },
      shardLevelMetrics: ['IncomingBytes', 'IncomingRecords'],
      historyMinutes: 5,
      producers: [
        {
          recordsPerSecond: 8,
          keys: { kind: 'uniform', prefix: 'account-', count: 2000 },
          payload: 'payment',
        },
        {
          recordsPerSecond: 150,
          keys: { kind: 'uniform', prefix: 'account-', count: 2000 },
          payload: 'payment',
          startsAtMinute: -0.25,
        },
      ],
      schedule: [{ atMinute: -5, act: 'split', shard: 1 }],
    },
    {
      // Quiet: a record every 45 seconds, on one shard.
      name: 'alerts',
      shardCount: 1,
      historyMinutes: 10,
      producers: [
        { recordsPerSecond: 1 / 45, keys: { kind: 'uniform', prefix: 'host-', count: 12 }, payload: 'alert' },
      ],
    },
    {
      // Resharded twice while written to: its closed shards still hold records.
      name: 'inventory',
      shardCount: 2,
      historyMinutes: 8,
      producers: [
        {
          recordsPerSecond: 3,
          keys: { kind: 'uniform', prefix: 'warehouse-', count: 60 },
          payload: 'stock-level',
        },
      ],
      schedule: [
        { atMinute: -5, act: 'split', shard: 0 },
        { atMinute: -2, act: 'merge', shards: [3, 1] },
      ],
    },
    {
      // Several user records in each record, packed by the Kinesis Producer Library.
      name: 'sensor-readings',
      shardCount: 1,
      historyMinutes: 5,
      producers: [{ recordsPerSecond: 2, keys: { kind: 'single', key: 'a' }, payload: 'sensor-kpl' }],
    },
    {
      // Compressed: CloudWatch Logs envelopes beside plain gzip from another producer.
      name: 'app-logs',
      shardCount: 2,
      tags: { team: 'platform' },
      historyMinutes: 5,
      producers: [
        {
          recordsPerSecond: 1,
          keys: { kind: 'uniform', prefix: 'log-stream-', count: 30 },
          payload: 'cloudwatch-logs',
        },
        {
          recordsPerSecond: 0.2,
          keys: { kind: 'uniform', prefix: 'batch-', count: 30 },
          payload: 'gzip-json',
        },
      ],
    },
  ],
}
