import { demoScenario } from './demo-scenario.ts'
import type { Producer, Scenario } from './scenario.ts'

const orders = (recordsPerSecond: number): Producer => ({
  recordsPerSecond,
  keys: { kind: 'uniform', prefix: 'customer-', count: 1000 },
  payload: 'order',
})

/**
 * Troubles that people reported with Kinesis, one a scenario, by name. `title` says what to look for; the reports are
 * named where there is one.
 */
export const SCENARIOS: Record<string, { title: string; scenario: Scenario }> = {
  demo: { title: 'A small shop with one trouble a stream', scenario: demoScenario },
  'hot-key': {
    title: 'One key takes more than its shard allows, with room elsewhere',
    scenario: {
      streams: [
        {
          name: 'hot-key',
          shardCount: 4,
          shardLevelMetrics: ['ALL'],
          historyMinutes: 2,
          producers: [
            orders(40),
            { recordsPerSecond: 1200, keys: { kind: 'single', key: 'tenant-7' }, payload: 'click' },
          ],
        },
      ],
    },
  },
  'skewed-keys': {
    title: 'Few of many keys carry most of the traffic',
    scenario: {
      streams: [
        {
          name: 'skewed-keys',
          shardCount: 8,
          historyMinutes: 3,
          producers: [
            { recordsPerSecond: 150, keys: { kind: 'zipf', prefix: 'user-', count: 5000 }, payload: 'click' },
          ],
        },
      ],
    },
  },
  'uneven-ranges': {
    title:
      'Shards of 50, 25 and 25 % of the space after repeated scaling (awslabs/amazon-kinesis-scaling-utils#22)',
    scenario: {
      streams: [
        {
          name: 'uneven-ranges',
          shardCount: 2,
          historyMinutes: 3,
          producers: [orders(60)],
          schedule: [{ atMinute: -3, act: 'split', shard: 1 }],
        },
      ],
    },
  },
  'large-records': {
    title: 'Records of 150 KB: reads are throttled by bytes, not by calls (rclark/kinesis-readable#4)',
    scenario: {
      streams: [
        {
          name: 'large-records',
          shardCount: 1,
          historyMinutes: 2,
          producers: [{ ...orders(4), payloadBytes: 150_000 }],
        },
      ],
    },
  },
  'many-shards': {
    title: '250 shards: more than one page of DescribeStream (harlow/kinesis-consumer#80)',
    scenario: {
      streams: [{ name: 'many-shards', shardCount: 250, historyMinutes: 1, producers: [orders(100)] }],
    },
  },
  'reshard-under-load': {
    title: 'Scaled up, down and up again while it is written to; readers must follow the children',
    scenario: {
      streams: [
        {
          name: 'reshard-under-load',
          shardCount: 2,
          historyMinutes: 1,
          producers: [orders(80)],
          schedule: [
            { atMinute: 0.5, act: 'update-shard-count', target: 4 },
            { atMinute: 1.5, act: 'update-shard-count', target: 3 },
            { atMinute: 2.5, act: 'update-shard-count', target: 5 },
          ],
        },
      ],
    },
  },
  'mixed-payloads': {
    title:
      'Every wrapping side by side: KPL, gzip, CloudWatch Logs, several documents, binary, empty records',
    scenario: {
      streams: [
        {
          name: 'mixed-payloads',
          shardCount: 1,
          historyMinutes: 2,
          producers: (
            [
              'order',
              'sensor-kpl',
              'cloudwatch-logs',
              'gzip-json',
              'concatenated-json',
              'dynamodb-change',
              'binary',
              'empty',
              'text',
            ] as const
          ).map(payload => ({
            recordsPerSecond: 0.5,
            keys: { kind: 'uniform' as const, prefix: `${payload}-`, count: 20 },
            payload,
          })),
        },
      ],
    },
  },
  'on-demand-growth': {
    title: 'An on-demand stream whose traffic grows until shards are split (best seen with a fast clock)',
    scenario: {
      streams: [
        {
          name: 'on-demand-growth',
          historyMinutes: 1,
          producers: [{ ...orders(30), payloadBytes: 20_000 }],
        },
      ],
    },
  },
  'keyless-records': {
    title: 'Record distribution AUTO: records come back without a partition key',
    scenario: {
      streams: [
        {
          name: 'keyless-records',
          recordDistributionStrategy: 'AUTO',
          historyMinutes: 2,
          producers: [orders(10)],
        },
      ],
    },
  },
  'silent-stream': {
    title: 'Nothing is written: empty pages are normal and no end of the shard',
    scenario: { streams: [{ name: 'silent-stream', shardCount: 2 }] },
  },
  'encrypted-with-consumers': {
    title: 'KMS encryption and two registered consumers',
    scenario: {
      streams: [
        {
          name: 'encrypted-with-consumers',
          shardCount: 2,
          kmsKeyId: 'alias/aws/kinesis',
          consumers: ['billing', 'search-index'],
          historyMinutes: 2,
          producers: [orders(10)],
        },
      ],
    },
  },
}

/** The scenario of a name. Errors: RangeError that lists the names there are. */
export function scenarioNamed(name: string): Scenario {
  const found = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined
  if (found !== undefined) return found.scenario
  throw new RangeError(
    `there is no scenario ${JSON.stringify(name)}; there are ${Object.keys(SCENARIOS).join(', ')}`,
  )
}
