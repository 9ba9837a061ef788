import { type ActSteps, runAct } from './act.ts'
import { defineCommand } from './command.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { controlOf, STREAM_ARG, settingPreview, TIMEOUT_ARG, untilSet } from './setting-act.ts'

export const setDistribution = defineCommand({
  id: 'stream.set-distribution',
  title: 'Set who places the records of an on-demand stream: the service, or their partition keys',
  hint: 'distribution',
  group: 'stream',
  keys: [],
  where: ['streams', 'shards'],
  effect: 'write',
  args: {
    stream: STREAM_ARG,
    strategy: {
      kind: 'choice',
      title: 'auto or partition-key',
      choices: ['auto', 'partition-key'],
      required: true,
      positional: true,
    },
    timeout: TIMEOUT_ARG,
  },
  prefill: streamOnScreen,
  confirm: ({ stream, strategy }) => ({ lines: distributionLines(stream.streamName, strategy) }),
  headless: {
    name: 'distribution',
    columns: [
      { key: 'streamName', header: 'STREAM' },
      { key: 'recordDistributionStrategy', header: 'DISTRIBUTION' },
    ],
    rows: actRows,
  },
  preview: ({ stream, strategy }, context) =>
    settingPreview(context, stream, {
      title: `Record distribution of ${stream.streamName}: ${strategy}`,
      lines: summary => [
        `Now ${summary?.recordDistributionStrategy ?? 'not told'}.`,
        ...distributionLines(stream.streamName, strategy),
      ],
      calls: [
        {
          operation: 'UpdateStreamRecordDistributionStrategy',
          streamMember: 'StreamARN',
          input: { RecordDistributionStrategy: strategyOf(strategy) },
        },
      ],
    }),
  run: ({ stream, strategy, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'stream.set-distribution',
        title: `Record distribution of ${stream.streamName}`,
        action: 'UpdateStreamRecordDistributionStrategy',
      },
      async function* (): ActSteps {
        const wanted = strategyOf(strategy)
        await controlOf(context).updateRecordDistribution(stream, wanted, { signal: context.signal })
        yield* untilSet(
          context,
          stream,
          'UpdateStreamRecordDistributionStrategy',
          timeout,
          ({ recordDistributionStrategy: now }) => now === undefined || now === wanted,
        )
        return {
          detail: `record distribution is ${wanted}`,
          rows: [{ streamName: stream.streamName, recordDistributionStrategy: wanted }],
        }
      },
    ),
})

const strategyOf = (strategy: string) =>
  strategy === 'auto' ? ('AUTO' as const) : ('USER_PARTITION_KEY' as const)

function distributionLines(streamName: string, strategy: string): string[] {
  return strategy === 'auto'
    ? [
        `The service spreads the records of ${streamName} itself and ignores partition keys and explicit hash keys.`,
        'Records of one key are then no longer in one shard and no longer in order. Needs on-demand mode.',
      ]
    : [`The partition keys of ${streamName} decide again: one key, one shard, in order.`]
}
