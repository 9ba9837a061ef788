import type { FaultRule } from '../../source/sandbox/faults/fault-plan.ts'

/** Where a refusal is provoked: one sandbox for all, with streams that are prepared once. */
export type Refusal = {
  readonly name: string
  /** The shell line, after the program's name. */
  readonly args: readonly string[]
  readonly code: number
  /** What stands on standard error: the value, the rule and the next step. */
  readonly says: readonly string[]
  /** What goes wrong on purpose while it runs. */
  readonly faults?: FaultRule[]
  /** Which of the sandboxes; `usual` where absent. */
  readonly sandbox?: 'slow' | 'full'
}

const OPEN_UPPER = '300000000000000000000000000000000000000'

export const REFUSALS: readonly Refusal[] = [
  {
    name: 'a read-only session',
    args: ['split', 'orders', '0', '--read-only'],
    code: 10,
    says: ['read-only', 'SplitShard'],
  },
  {
    name: 'a session that is not armed',
    args: ['split', 'orders', '0', '--profile', 'test'],
    code: 10,
    says: ['read-only', '--write'],
  },
  {
    name: 'a profile that is locked',
    args: ['split', 'orders', '0', '--profile', 'production', '--write'],
    code: 10,
    says: ['profile production is always read-only'],
  },
  {
    name: 'another name typed than that of the stream',
    args: ['delete', 'orders', '--yes', 'order'],
    code: 2,
    says: ['"order" is not the name', 'Add --yes orders'],
  },
  {
    name: 'a merge of shards that do not touch',
    args: ['merge', 'orders', '0', '2'],
    code: 9,
    says: ['shardId-000000000000 (0..', 'do not touch', 'can be merged with shardId-000000000001'],
  },
  {
    name: 'a split of a closed shard',
    args: ['split', 'divided', '0'],
    code: 8,
    says: [
      'shardId-000000000000 is closed: it became shardId-000000000002 and shardId-000000000003',
      'Choose an open shard',
    ],
  },
  {
    name: 'a merge of a closed shard',
    args: ['merge', 'divided', '0', '1'],
    code: 8,
    says: ['shardId-000000000000 is closed', 'Choose two open shards'],
  },
  {
    name: 'a split at a hash key of another shard',
    args: ['split', 'orders', '0', '--at', OPEN_UPPER],
    code: 9,
    says: [`cannot be split at ${OPEN_UPPER}`, 'must be greater than 1 and less than', 'Leave out --at'],
  },
  {
    name: 'more than twice the shards',
    args: ['reshard', 'orders', '9'],
    code: 9,
    says: ['9 shards are more than twice the 4 open shards of orders', 'Reshard to 8 first'],
  },
  {
    name: 'less than half of the shards',
    args: ['reshard', 'orders', '1'],
    code: 9,
    says: ['1 shard is less than half of the 4 open shards of orders', 'Reshard to 2 first'],
  },
  {
    name: 'half of an odd number, as the service rounds it',
    args: ['reshard', 'odd', '2'],
    code: 9,
    says: ['below half', 'Choose 3 to 10'],
  },
  {
    name: 'the eleventh UpdateShardCount of a day',
    args: ['reshard', 'worn', '3'],
    code: 7,
    says: [
      'called 10 times in the last 24 hours',
      'at least 10 of 10 in the last 24 hours',
      'the next one frees at 20',
      'Single splits and merges do not count',
    ],
  },
  {
    name: 'a shard quota that is used up',
    args: ['reshard', 'full', '3'],
    sandbox: 'full',
    code: 7,
    says: [
      'shard limit',
      'Current shard count for the account: 20000',
      'DescribeLimits: 20000 of 20000',
      'Service Quotas',
    ],
  },
  {
    name: 'a split for which there is no shard left',
    args: ['split', 'full', '0'],
    sandbox: 'full',
    code: 7,
    says: ['Number of additional shards', 'Service Quotas'],
  },
  {
    name: 'a stream that is UPDATING',
    args: ['split', 'orders', '1'],
    sandbox: 'slow',
    code: 8,
    says: ['UPDATING', 'Wait until the stream is ACTIVE'],
  },
  {
    name: 'shards of an on-demand stream',
    args: ['reshard', 'elastic', '8'],
    code: 8,
    says: ['elastic is on-demand', 'Switch the stream to provisioned'],
  },
  {
    name: 'a split of an on-demand stream',
    args: ['split', 'elastic', '0'],
    code: 8,
    says: ['elastic is on-demand', 'Switch the stream to provisioned'],
  },
  {
    name: 'LimitExceeded that is a quota',
    args: ['split', 'orders', '0'],
    faults: [
      {
        fault: 'error',
        name: 'LimitExceededException',
        message: 'The shard limit of 500 is reached.',
        operations: ['SplitShard'],
      },
    ],
    code: 7,
    says: ['The shard limit of 500 is reached', 'Service Quotas'],
  },
  {
    name: 'LimitExceeded that is a rate',
    args: ['split', 'orders', '0'],
    faults: [{ fault: 'throttle', operations: ['SplitShard'] }],
    code: 6,
    says: ['Rate exceeded', 'Go slower'],
  },
  {
    name: 'a target that no plan reaches',
    args: ['plan', 'hot', '--for', '5s', '--target', '1%', '--run'],
    code: 17,
    says: [
      'The target of 1.0 % cannot be reached: key "k" alone takes',
      'in shardId-00000000000',
      'Nothing was changed. Spread the key',
      '--best-possible',
    ],
  },
  {
    name: 'a retention below the least',
    args: ['retention', 'orders', '23'],
    code: 2,
    says: ['23', '24'],
  },
  {
    name: 'a retention above the most',
    args: ['retention', 'orders', '8761'],
    code: 2,
    says: ['8761', '8760'],
  },
  {
    name: 'a stream that is not there',
    args: ['split', 'nobody', '0'],
    code: 3,
    says: ['nobody', 'Check the name, the account and the region'],
  },
]
