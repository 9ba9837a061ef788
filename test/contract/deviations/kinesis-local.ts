import { type Deviations, deviationsOf } from '../fact.ts'

// On Node 26 it stops answering now and then while it reads a body of a megabyte.
const HANGS = 'a body of a megabyte can hang it'

export const KINESIS_LOCAL_DEVIATIONS: Deviations = deviationsOf([
  {
    reason: 'sends MaxRecordSizeInKiB only once it was set',
    observed: {
      'streams/largest-record': undefined,
    },
  },
  {
    reason: 'calls every bad value an invalid argument',
    observed: {
      'streams/name-with-blank': 'InvalidArgumentException',
      'streams/name-of-129': 'InvalidArgumentException',
      'streams/empty-name': 'InvalidArgumentException',
      'routing/explicit-"-1"': 'InvalidArgumentException',
      'routing/explicit-"007"': 'InvalidArgumentException',
      'writing/key-of-257-characters': 'InvalidArgumentException',
      'writing/empty-key': 'InvalidArgumentException',
      'reading/limit-0': 'InvalidArgumentException',
      'reading/limit-10001': 'InvalidArgumentException',
      'reading/iterator-with-sequence-number-abc': 'InvalidArgumentException',
      'reading/iterator-with-shard-with-blank': 'InvalidArgumentException',
      'scale-refusals/zero': 'InvalidArgumentException',
      'tags/limit-0': 'InvalidArgumentException',
      'tags/long-key': 'InvalidArgumentException',
      'tags/long-value': 'InvalidArgumentException',
      'list-streams/limit-0': 'InvalidArgumentException',
      'list-streams/limit-10001': 'InvalidArgumentException',
      'list-shards/describe-limit-0': 'InvalidArgumentException',
      'list-shards/describe-limit-10001': 'InvalidArgumentException',
    },
  },
  {
    reason: 'takes a count below one for a quota',
    observed: {
      'streams/shard-count-0': 'LimitExceededException',
      'streams/shard-count--1': 'LimitExceededException',
    },
  },
  {
    reason: 'divides 2^128-1 where the service divides 2^128, and ends closed shards at 2^63-1',
    observed: {
      'fresh-2/hash-ranges': [
        '0..170141183460469231731687303715884105726',
        '170141183460469231731687303715884105727..340282366920938463463374607431768211455',
      ],
      'fresh-4/hash-ranges': [
        '0..85070591730234615865843651857942052862',
        '85070591730234615865843651857942052863..170141183460469231731687303715884105725',
        '170141183460469231731687303715884105726..255211775190703847597530955573826158588',
        '255211775190703847597530955573826158589..340282366920938463463374607431768211455',
      ],
      'splitting/children': [
        {
          id: 'shardId-000000000002',
          parent: 'shardId-000000000000',
          open: true,
          range: '0..85070591730234615865843651857942052863',
        },
        {
          id: 'shardId-000000000003',
          parent: 'shardId-000000000000',
          open: true,
          range: '85070591730234615865843651857942052864..170141183460469231731687303715884105726',
        },
      ],
      'splitting/parent-closes': {
        closed: true,
        endAboveRecords: false,
        range: '0..170141183460469231731687303715884105726',
        sibling: 'open',
      },
    },
  },
  {
    reason: 'answers bad input with HTTP 500 and no error name',
    observed: {
      'routing/explicit-"abc"': 'Unknown (HTTP 500)',
      'routing/explicit-"1.5"': 'Unknown (HTTP 500)',
      'routing/explicit-""': 'Unknown (HTTP 500)',
      'reading/garbage-iterator': 'Unknown (HTTP 500)',
      'reading/empty-iterator': 'Unknown (HTTP 500)',
      'reading/iterator-of-513': 'Unknown (HTTP 500)',
      'splitting/split-at-abc': 'Unknown (HTTP 500)',
      'list-shards/max-results-0': 'Unknown (HTTP 500)',
    },
  },
  {
    reason: 'refuses it while parsing',
    observed: {
      'writing/no-data': 'SerializationException',
      'reading/iterator-with-unknown-type': 'SerializationException',
      'reading/iterator-with-no-shard': 'SerializationException',
      'splitting/filter-of-no-type': 'SerializationException',
      'scale-refusals/scaling-type': 'SerializationException',
    },
  },
  {
    reason: 'has no limit on the number of records',
    observed: {
      'writing/batch-of-501': 'accepted',
      'writing/batch-of-none': 'accepted',
    },
  },
  {
    reason: 'a starting number must be that of a stored record',
    observed: {
      'reading/iterator-with-sequence-number-of-another-kind': 'ResourceNotFoundException',
    },
  },
  {
    reason: 'ignores it',
    observed: {
      'reading/iterator-with-sequence-number-at-horizon': 'accepted',
    },
  },
  {
    reason: 'checks that the shard is open, not that the key lies well within it; closed shards are in use',
    observed: {
      'splitting/split-again': 'ResourceInUseException',
      'splitting/split-at-its-start-plus-one': 'accepted',
      'splitting/split-at-its-end': 'ResourceInUseException',
      'splitting/split-outside': 'ResourceInUseException',
      'splitting/split-at-its-start': 'ResourceInUseException',
      'merging/merge-closed': 'ResourceInUseException',
    },
  },
  {
    reason: "a merged shard takes over the smaller parent's starting number",
    observed: {
      'merging/child-is-newer': [false, false],
    },
  },
  {
    reason: 'never makes short-lived shards: it splits or merges some and leaves the rest',
    observed: {
      'scale-4-to-6/equal-shares': [1250, 1250, 1250, 1250, 2500, 2500],
      'scale-4-to-6/lineage': { lineage: true, originalsClosed: false },
      'scale-4-to-3/equal-shares': [5000, 2500, 2500],
      'scale-4-to-3/lineage': { lineage: true, originalsClosed: false },
      'scale-4-to-3/open-ids': [2, 3, 4],
    },
  },
  {
    reason: 'counts and pages tags in another way',
    observed: {
      'tags/limit-51': 'accepted',
      'tags/fifty': 'InvalidArgumentException',
      'tags/fifty-one': 'accepted',
    },
  },
  {
    reason: 'starts over where ExclusiveStartStreamName names no stream',
    observed: {
      'list-streams/sorted-pages': { first: ['y', '1'], more: true, second: ['2'], moreAfter: true },
    },
  },
  {
    reason: 'sends neither NextToken nor StreamSummaries',
    observed: {
      'list-streams/next-token': { token: false, second: [] },
      'list-streams/summaries': undefined,
    },
  },
  {
    reason: 'lists 100 shards a page whatever is asked',
    observed: {
      'list-shards/max-results-10001': 'accepted',
      'many-shards/list-in-one-page': 100,
    },
  },
  {
    reason: 'reshards on-demand streams as any other',
    observed: {
      'on-demand/no-split': 'accepted',
      'on-demand/no-merge': 'accepted',
      'on-demand/no-update-shard-count': 'accepted',
    },
  },
  {
    reason: 'has no throughput limits',
    observed: {
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
    reason: 'sends a token behind the last consumer',
    observed: {
      'consumers/listed': { names: ['reader'], token: true, count: 1 },
    },
  },
  {
    reason: 'never ends the subscription of a closed shard',
    observed: {
      'consumers/end-of-shard': { ended: false, children: 0, continues: true },
    },
  },
  {
    reason: 'refuses to delete a stream with consumers, and deletes it all the same',
    observed: {
      'consumers/keeps-the-stream': {
        refusal: 'ResourceInUseException',
        after: 'ResourceNotFoundException',
      },
    },
  },
])

export const KINESIS_LOCAL_NOT_TRIED: Readonly<Record<string, string>> = {
  'writing/largest-record': HANGS,
  'writing/record-too-large': HANGS,
  'writing/key-counts-as-size': HANGS,
  'writing/one-bad-entry': HANGS,
  'writing/batch-of-11-mib': HANGS,
  'throttling/bytes-in': HANGS,
}
