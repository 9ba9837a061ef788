import { type Deviations, deviationsOf } from '../fact.ts'

export const MOTO_DEVIATIONS: Deviations = deviationsOf([
  {
    reason: 'every change is done at once',
    observed: {
      'streams/creating': 'ACTIVE',
      'streams/delete': ['gone at once', 'ResourceNotFoundException'],
      'busy/status': 'ACTIVE',
      'busy/second-split': 'accepted',
    },
  },
  {
    reason: 'sends no ConsumerCount',
    observed: {
      'streams/summary': {
        status: 'ACTIVE',
        mode: 'PROVISIONED',
        openShards: 2,
        retention: 24,
        encryption: 'NONE',
        metrics: [],
        keys: false,
      },
    },
  },
  {
    reason: 'older than MaxRecordSizeInKiB',
    observed: {
      'streams/largest-record': undefined,
    },
  },
  {
    reason: 'does not check it',
    observed: {
      'streams/name-with-blank': 'accepted',
      'streams/name-of-129': 'accepted',
      'streams/empty-name': 'accepted',
      'streams/shard-count--1': 'accepted',
      'routing/explicit-"007"': 'accepted',
      'routing/explicit-""': 'accepted',
      'writing/empty-key': 'accepted',
      'writing/batch-of-none': 'accepted',
      'reading/limit-0': 'accepted',
      'reading/limit-10001': 'accepted',
      'reading/iterator-with-sequence-number-of-another-kind': 'accepted',
      'reading/iterator-with-sequence-number-at-horizon': 'accepted',
      'scale-refusals/scaling-type': 'accepted',
      'tags/limit-0': 'accepted',
      'tags/limit-51': 'accepted',
      'tags/long-key': 'accepted',
      'tags/long-value': 'accepted',
      'list-streams/limit-0': 'accepted',
      'list-streams/limit-10001': 'accepted',
      'list-shards/max-results-0': 'accepted',
      'list-shards/max-results-10001': 'accepted',
      'list-shards/describe-limit-0': 'accepted',
      'list-shards/describe-limit-10001': 'accepted',
    },
  },
  {
    reason: 'answers bad input with an HTML page of its own failure',
    observed: {
      'streams/shard-count-0': 'SyntaxError (HTTP 500)',
      'routing/explicit-"abc"': 'SyntaxError (HTTP 500)',
      'routing/explicit-"-1"': 'SyntaxError (HTTP 500)',
      'routing/explicit-"1.5"': 'SyntaxError (HTTP 500)',
      'writing/no-data': 'SyntaxError (HTTP 500)',
      'reading/garbage-iterator': 'SyntaxError (HTTP 500)',
      'reading/empty-iterator': 'SyntaxError (HTTP 500)',
      'reading/iterator-of-513': 'SyntaxError (HTTP 500)',
      'reading/iterator-with-no-sequence-number': 'SyntaxError (HTTP 500)',
      'reading/iterator-with-no-timestamp': 'SyntaxError (HTTP 500)',
      'reading/iterator-with-sequence-number-abc': 'SyntaxError (HTTP 500)',
    },
  },
  {
    reason: 'numbers the records of a shard from 1; a new shard starts at 0',
    observed: {
      'fresh-1/identity': [{ id: 'shardId-000000000000', parents: [], open: true, startDigits: 1 }],
      'fresh-2/identity': [
        { id: 'shardId-000000000000', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000001', parents: [], open: true, startDigits: 1 },
      ],
      'fresh-3/identity': [
        { id: 'shardId-000000000000', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000001', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000002', parents: [], open: true, startDigits: 1 },
      ],
      'fresh-4/identity': [
        { id: 'shardId-000000000000', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000001', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000002', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000003', parents: [], open: true, startDigits: 1 },
      ],
      'fresh-5/identity': [
        { id: 'shardId-000000000000', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000001', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000002', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000003', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000004', parents: [], open: true, startDigits: 1 },
      ],
      'fresh-7/identity': [
        { id: 'shardId-000000000000', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000001', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000002', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000003', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000004', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000005', parents: [], open: true, startDigits: 1 },
        { id: 'shardId-000000000006', parents: [], open: true, startDigits: 1 },
      ],
      'writing/put-record-answer': { shard: 'shardId-000000000000', digits: 1 },
      'splitting/children-are-newer': { starts: false, records: true },
      'merging/child-is-newer': [false, false],
    },
  },
  {
    reason: 'takes the end of a hash range for outside it',
    observed: {
      'routing/explicit-last-of-first': { failed: 'SyntaxError (HTTP 500)' },
      'routing/explicit-last-of-second': { failed: 'SyntaxError (HTTP 500)' },
      'routing/explicit-maximum': { failed: 'SyntaxError (HTTP 500)' },
    },
  },
  {
    reason: 'calls every bad value an invalid argument',
    observed: {
      'writing/key-of-257-characters': 'InvalidArgumentException',
      'reading/iterator-with-unknown-type': 'InvalidArgumentException',
    },
  },
  {
    reason: 'checks no record size but that of a batch',
    observed: {
      'writing/record-too-large': 'accepted',
      'writing/key-counts-as-size': 'accepted',
    },
  },
  {
    reason: 'accepts any time',
    observed: {
      'reading/at-timestamp-in-the-future': 'accepted',
    },
  },
  {
    reason: 'looks it up before it checks its shape',
    observed: {
      'reading/iterator-with-shard-with-blank': 'ResourceNotFoundException',
      'reading/iterator-with-no-shard': 'ResourceNotFoundException',
      'list-shards/garbage-token': 'ResourceNotFoundException',
      'list-shards/no-stream': 'ResourceNotFoundException',
    },
  },
  {
    reason: 'goes on writing to closed parents, never ends a shard, and copies records into a merged one',
    observed: {
      'splitting/parent-keeps-its-records': { records: 5, ended: false },
      'splitting/end-names-the-children': undefined,
      'splitting/children-hold-the-new-records': [[], []],
      'splitting/open-shard-count': 2,
      'merging/records-stay': [['first'], ['second', 'fourth'], ['third'], ['first', 'second']],
      'merging/end-of-parent-0': { ended: false },
      'merging/end-of-parent-1': { ended: false },
    },
  },
  {
    reason: 'ignores filters and start shards',
    observed: {
      'splitting/filter-at-latest': [0, 1, 2, 3],
      'splitting/filter-at-timestamp-before': [0, 1, 2, 3],
      'splitting/filter-at-timestamp-after': [0, 1, 2, 3],
      'splitting/filter-from-timestamp-after': [0, 1, 2, 3],
      'splitting/filter-after-shard-id': [0, 1, 2, 3],
      'splitting/filter-of-no-type': 'accepted',
      'splitting/exclusive-start-shard-id': [
        'shardId-000000000000',
        'shardId-000000000001',
        'shardId-000000000002',
        'shardId-000000000003',
      ],
    },
  },
  {
    reason: 'allows the key right behind the start',
    observed: {
      'splitting/split-at-its-start-plus-one': 'accepted',
    },
  },
  {
    reason: 'does not look whether a shard is open',
    observed: {
      'merging/merge-closed': 'accepted',
    },
  },
  {
    reason: 'halves what is widest or merges what is narrowest, to any count',
    observed: {
      'scale-4-to-6/equal-shares': [2500, 2500, 1250, 1250, 1250, 1250],
      'scale-4-to-3/equal-shares': [5000, 2500, 2500],
      'scale-4-to-3/lineage': { lineage: true, originalsClosed: false },
      'scale-4-to-3/open-ids': [2, 3, 4],
      'scale-refusals/more-than-double': 'accepted',
      'scale-refusals/less-than-half': 'accepted',
    },
  },
  {
    reason: 'begins with the start key itself',
    observed: {
      'tags/start-key': { tags: ['env=prod', 'owner=team b', 'zone=2'], more: false },
    },
  },
  {
    reason: 'has no limit on tags',
    observed: {
      'tags/fifty-one': 'accepted',
    },
  },
  {
    reason: 'fails where ExclusiveStartStreamName names no stream',
    observed: {
      'list-streams/sorted-pages': { failed: 'SyntaxError (HTTP 500)' },
      'list-streams/next-token': { failed: 'SyntaxError (HTTP 500)' },
      'list-streams/summaries': { failed: 'SyntaxError (HTTP 500)' },
    },
  },
  {
    reason: 'wants the stream beside its token',
    observed: {
      'list-shards/pages': { failed: 'InvalidToken' },
      'list-shards/token-with-name': 'accepted',
    },
  },
  {
    reason: 'pages without a cap, and ignores ExclusiveStartShardId',
    observed: {
      'list-shards/describe-limit': { first: 3, more: true, next: ['shardId-000000000000'] },
      'many-shards/describe-pages-by-100': [250],
    },
  },
  {
    reason: 'reshards on-demand streams as any other',
    observed: {
      'on-demand/no-split': 'accepted',
      'on-demand/no-merge': 'accepted',
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
    reason: 'never counts calls of UpdateShardCount',
    observed: {
      'reshards-a-day/eleventh': { accepted: 13, refusal: 'accepted' },
    },
  },
  {
    reason: 'keeps a plain list of consumers: ACTIVE at once, not counted, names may repeat',
    observed: {
      'consumers/creating': 'ACTIVE',
      'consumers/arn': false,
      'consumers/listed': { names: ['reader'], token: false },
      'consumers/twice': 'accepted',
      'consumers/keeps-the-stream': { refusal: 'accepted', after: 'ResourceNotFoundException' },
    },
  },
  {
    reason: 'has no SubscribeToShard',
    observed: {
      'consumers/pushes': { failed: 'SyntaxError (HTTP 500)' },
      'consumers/again-at-once': { failed: 'SyntaxError (HTTP 500)' },
      'consumers/end-of-shard': { failed: 'SyntaxError (HTTP 500)' },
    },
  },
])

export const MOTO_NOT_TRIED: Readonly<Record<string, string>> = {
  'scale-refusals/zero': 'it never answers',
}
