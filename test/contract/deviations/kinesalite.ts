import { type Deviations, deviationsOf } from '../fact.ts'

export const KINESALITE_DEVIATIONS: Deviations = deviationsOf([
  {
    reason: 'older than stream modes and record size settings: the members are absent',
    observed: {
      'streams/summary': {
        status: 'ACTIVE',
        openShards: 2,
        consumers: 0,
        retention: 24,
        encryption: 'NONE',
        metrics: [],
        keys: false,
      },
      'streams/largest-record': undefined,
    },
  },
  {
    reason: 'older than StreamARN: only names are understood',
    observed: {
      'streams/by-arn': { failed: 'ValidationException' },
      'writing/by-arn': { failed: 'ValidationException' },
    },
  },
  {
    reason: 'parses hash keys loosely',
    observed: {
      'routing/explicit-"-1"': 'InvalidArgumentException',
      'routing/explicit-"007"': 'accepted',
      'routing/explicit-"1.5"': 'accepted',
    },
  },
  {
    reason: 'counts data alone',
    observed: {
      'writing/key-counts-as-size': 'accepted',
    },
  },
  {
    reason: 'refuses bodies above 7 MB in HTTP, without an error name',
    observed: {
      'writing/batch-of-11-mib': 'Unknown (HTTP 413)',
    },
  },
  {
    reason: 'MillisBehindLatest is always 0',
    observed: {
      'reading/behind-at-the-horizon': false,
    },
  },
  {
    reason: 'older than ChildShards',
    observed: {
      'splitting/end-names-the-children': undefined,
      'merging/end-of-parent-0': { ended: true },
      'merging/end-of-parent-1': { ended: true },
    },
  },
  {
    reason: 'older than ShardFilter: every shard is listed',
    observed: {
      'splitting/filter-at-latest': [0, 1, 2, 3],
      'splitting/filter-at-timestamp-before': [0, 1, 2, 3],
      'splitting/filter-at-timestamp-after': [0, 1, 2, 3],
      'splitting/filter-from-timestamp-after': [0, 1, 2, 3],
      'splitting/filter-after-shard-id': [0, 1, 2, 3],
      'splitting/filter-of-no-type': 'accepted',
    },
  },
  {
    reason: 'does not look whether a shard is open',
    observed: {
      'splitting/split-again': 'accepted',
      'merging/merge-closed': 'accepted',
    },
  },
  {
    reason: 'has no UpdateShardCount and no on-demand mode',
    observed: {
      'scale-refusals/more-than-double': 'UnknownOperationException',
      'scale-refusals/less-than-half': 'UnknownOperationException',
      'scale-refusals/zero': 'UnknownOperationException',
      'scale-refusals/scaling-type': 'UnknownOperationException',
      'scale-refusals/unknown-stream': 'UnknownOperationException',
      'reshards-a-day/eleventh': { accepted: 0, refusal: 'UnknownOperationException' },
      'scale-4-to-8': 'UnknownOperationException',
      'scale-4-to-2': 'UnknownOperationException',
      'scale-4-to-6': 'UnknownOperationException',
      'scale-4-to-3': 'UnknownOperationException',
      'on-demand': 'ValidationException',
    },
  },
  {
    reason: 'older than year-long retention: 24 to 168 hours, checked as a shape',
    observed: {
      'retention/decrease-to-0': 'ValidationException',
      'retention/increase-to-8761': 'ValidationException',
      'retention/increase-to-a-year': { failed: 'ValidationException' },
    },
  },
  {
    reason: 'older than fifty tags: ten at most',
    observed: {
      'tags/fifty': 'ValidationException',
      'tags/fifty-one': 'accepted',
    },
  },
  {
    reason: 'older than NextToken and StreamSummaries',
    observed: {
      'list-streams/next-token': { token: false, second: [] },
      'list-streams/summaries': undefined,
    },
  },
  {
    reason: 'lists all shards in one answer',
    observed: {
      'list-shards/pages': [7],
      'list-shards/token-with-name': 'no token',
      'list-shards/describe-limit': {
        first: 7,
        more: false,
        next: [
          'shardId-000000000000',
          'shardId-000000000001',
          'shardId-000000000002',
          'shardId-000000000003',
          'shardId-000000000004',
          'shardId-000000000005',
          'shardId-000000000006',
        ],
      },
      'many-shards/describe-pages-by-100': [250],
    },
  },
  {
    reason: 'has no throughput limits',
    observed: {
      'throttling/bytes-in': { counted: true, someWritten: true, someRefused: false, codes: [] },
      'throttling/reads': [],
    },
  },
  {
    reason: 'older than registered consumers',
    observed: {
      consumers: 'UnknownOperationException',
    },
  },
])

export const KINESALITE_NOT_TRIED: Readonly<Record<string, string>> = {
  'list-shards/garbage-token': 'its process ends on it',
}
