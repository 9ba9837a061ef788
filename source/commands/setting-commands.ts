// Longer than most: six settings of one shape side by side, each with its words, its preview and its wait.

import { DEFAULT_MAX_RECORD_SIZE_KIB } from '../domain/limits.ts'
import { counted } from '../domain/quantity-text.ts'
import type { StreamMode } from '../domain/stream.ts'
import { streamKey } from '../state/model.ts'
import { type ActSteps, runAct } from './act.ts'
import { defineCommand } from './command.ts'
import { conflict } from './look-up.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows, withoutAbsent } from './output-rows.ts'
import { controlOf, STREAM_ARG, settingPreview, TIMEOUT_ARG, untilSet } from './setting-act.ts'

/** KMS key that AWS keeps for Kinesis in every account. */
const AWS_KEY = 'alias/aws/kinesis'

export const setMode = defineCommand({
  id: 'stream.set-mode',
  title: 'Set the capacity mode of a stream; at most twice in 24 hours',
  hint: 'mode',
  group: 'stream',
  keys: [],
  where: ['streams', 'shards'],
  effect: 'write',
  args: {
    stream: STREAM_ARG,
    mode: {
      kind: 'choice',
      title: 'provisioned or on-demand',
      choices: ['provisioned', 'on-demand'],
      required: true,
      positional: true,
    },
    timeout: TIMEOUT_ARG,
  },
  prefill: streamOnScreen,
  confirm: ({ stream, mode }, model) => {
    const now = model.summaries.get(streamKey(stream))?.value?.streamMode
    return {
      lines: [
        `Make ${stream.streamName} ${mode}${now === undefined ? '' : `, now ${now}`}.`,
        ...modeLines(mode),
      ],
    }
  },
  headless: {
    name: 'mode',
    columns: [
      { key: 'streamName', header: 'STREAM' },
      { key: 'streamMode', header: 'MODE' },
    ],
    rows: actRows,
  },
  preview: ({ stream, mode }, context) =>
    settingPreview(context, stream, {
      title: `Make ${stream.streamName} ${mode}`,
      lines: summary => [
        `Now ${summary?.streamMode ?? 'not told'}${summary?.openShardCount === undefined ? '' : ` with ${counted(summary.openShardCount, 'open shard')}`}.`,
        ...modeLines(mode),
        `What each mode would cost for your traffic: shardscope estimate ${stream.streamName}.`,
      ],
      calls: [
        {
          operation: 'UpdateStreamMode',
          streamMember: 'StreamARN',
          input: { StreamModeDetails: { StreamMode: modeOf(mode) } },
        },
      ],
    }),
  run: ({ stream, mode, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'stream.set-mode',
        title: `Make ${stream.streamName} ${mode}`,
        action: 'UpdateStreamMode',
      },
      async function* (): ActSteps {
        const wanted = modeOf(mode)
        const { streamMode } = await context.api.describeStreamSummary(stream, { signal: context.signal })
        const rows = [{ streamName: stream.streamName, streamMode: wanted }]
        if (streamMode === wanted)
          return { detail: `${stream.streamName} is ${mode} already; nothing was sent`, rows }
        await controlOf(context).updateStreamMode(stream, wanted, { signal: context.signal })
        yield* untilSet(
          context,
          stream,
          'UpdateStreamMode',
          timeout,
          summary => summary.streamMode === undefined || summary.streamMode === wanted,
        )
        return { detail: `${stream.streamName} is ${mode}`, rows }
      },
    ),
})

const modeOf = (mode: string): StreamMode => (mode === 'on-demand' ? 'ON_DEMAND' : 'PROVISIONED')

function modeLines(mode: string): string[] {
  return [
    'The shards stay as they are. A stream may be switched twice in 24 hours, both directions together.',
    mode === 'on-demand'
      ? 'From then on the service splits and merges by itself, and bills bytes instead of shards.'
      : 'From then on nobody splits and merges but you, and open shards are billed, used or not.',
  ]
}

export const setWarmThroughput = defineCommand({
  id: 'stream.set-warm-throughput',
  title: 'Set the warm throughput of an on-demand stream; needs the account-wide billing commitment',
  hint: 'warm',
  group: 'stream',
  keys: [],
  where: ['streams', 'shards'],
  effect: 'write',
  args: {
    stream: STREAM_ARG,
    mibPerSecond: {
      kind: 'count',
      title: 'MiB/s that are to be ready at once, up to 10240',
      required: true,
      positional: true,
      min: 0,
      max: 10_240,
    },
    timeout: TIMEOUT_ARG,
  },
  prefill: streamOnScreen,
  confirm: ({ stream, mibPerSecond }) => ({
    lines: [
      `Keep ${stream.streamName} ready for ${mibPerSecond} MiB/s of writes.`,
      'The service makes as many shards as that needs. The same or a lower figure gives it back.',
    ],
  }),
  headless: {
    name: 'warm',
    columns: [
      { key: 'streamName', header: 'STREAM' },
      { key: 'targetMiBps', header: 'TARGET MIB/S', align: 'right' },
      { key: 'currentMiBps', header: 'NOW MIB/S', align: 'right' },
    ],
    rows: actRows,
  },
  preview: ({ stream, mibPerSecond }, context) =>
    settingPreview(context, stream, {
      title: `Keep ${stream.streamName} ready for ${mibPerSecond} MiB/s`,
      lines: summary => [
        `Warm throughput now: ${summary?.warmThroughputMiBps?.current ?? 'not told'} MiB/s.`,
        'It needs on-demand mode and the billing commitment of the whole account.',
      ],
      calls: [{ operation: 'UpdateStreamWarmThroughput', input: { WarmThroughputMiBps: mibPerSecond } }],
    }),
  run: ({ stream, mibPerSecond, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'stream.set-warm-throughput',
        title: `Warm throughput of ${stream.streamName}: ${mibPerSecond} MiB/s`,
        action: 'UpdateStreamWarmThroughput',
      },
      async function* (): ActSteps {
        await controlOf(context).updateWarmThroughput(stream, mibPerSecond, { signal: context.signal })
        const summary = yield* untilSet(context, stream, 'UpdateStreamWarmThroughput', timeout, () => true)
        const { target, current } = summary?.warmThroughputMiBps ?? {}
        return {
          detail: `${stream.streamName}: target ${target ?? mibPerSecond} MiB/s, now ${current ?? 'not told'}`,
          rows: [
            withoutAbsent({
              streamName: stream.streamName,
              targetMiBps: target ?? mibPerSecond,
              currentMiBps: current,
            }),
          ],
        }
      },
    ),
})

export const setMaxRecordSize = defineCommand({
  id: 'stream.set-max-record-size',
  title: 'Set the largest record that a stream takes, 1 to 10 MiB',
  hint: 'record size',
  group: 'stream',
  keys: [],
  where: ['streams', 'shards'],
  effect: 'write',
  args: {
    stream: STREAM_ARG,
    kib: {
      kind: 'count',
      title: 'KiB, data and partition key together, 1024 to 10240',
      required: true,
      positional: true,
      min: 1_024,
      max: 10_240,
    },
    timeout: TIMEOUT_ARG,
  },
  prefill: streamOnScreen,
  confirm: ({ stream, kib }, model) => ({
    lines: [
      `Let ${stream.streamName} take records of up to ${kib} KiB, now ${model.summaries.get(streamKey(stream))?.value?.maxRecordSizeInKiB ?? 'not told'}.`,
      'A shard still takes 1 MiB/s over time: a large record is paid back in the seconds after it. Readers must be able to take it.',
    ],
  }),
  headless: {
    name: 'max-record-size',
    columns: [
      { key: 'streamName', header: 'STREAM' },
      { key: 'maxRecordSizeInKiB', header: 'LARGEST RECORD KIB', align: 'right' },
    ],
    rows: actRows,
  },
  preview: ({ stream, kib }, context) =>
    settingPreview(context, stream, {
      title: `Records of up to ${kib} KiB in ${stream.streamName}`,
      lines: summary => [
        `Now ${summary?.maxRecordSizeInKiB ?? `not told, which means ${DEFAULT_MAX_RECORD_SIZE_KIB}`} KiB.`,
        'A shard still takes 1 MiB/s over time. Readers must be able to take such a record.',
      ],
      calls: [
        { operation: 'UpdateMaxRecordSize', streamMember: 'StreamARN', input: { MaxRecordSizeInKiB: kib } },
      ],
    }),
  run: ({ stream, kib, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'stream.set-max-record-size',
        title: `Records of up to ${kib} KiB in ${stream.streamName}`,
        action: 'UpdateMaxRecordSize',
      },
      async function* (): ActSteps {
        await controlOf(context).updateMaxRecordSize(stream, kib, { signal: context.signal })
        yield* untilSet(
          context,
          stream,
          'UpdateMaxRecordSize',
          timeout,
          summary => summary.maxRecordSizeInKiB === undefined || summary.maxRecordSizeInKiB === kib,
        )
        return {
          detail: `${stream.streamName} takes records of up to ${kib} KiB`,
          rows: [{ streamName: stream.streamName, maxRecordSizeInKiB: kib }],
        }
      },
    ),
})

const ENCRYPTION_COLUMNS = [
  { key: 'streamName', header: 'STREAM' },
  { key: 'encryptionType', header: 'ENCRYPTION' },
  { key: 'keyId', header: 'KMS KEY' },
] as const

export const startEncryption = defineCommand({
  id: 'stream.encrypt',
  title: 'Encrypt new records of a stream with a KMS key',
  hint: 'encrypt',
  group: 'stream',
  keys: [],
  where: ['streams', 'shards'],
  effect: 'write',
  args: {
    stream: STREAM_ARG,
    keyId: { kind: 'text', title: 'KMS key: ARN, id or alias', defaultText: AWS_KEY },
    timeout: TIMEOUT_ARG,
  },
  prefill: streamOnScreen,
  confirm: ({ stream, keyId }) => ({ lines: encryptionLines(stream.streamName, keyId) }),
  headless: { name: 'encrypt', columns: ENCRYPTION_COLUMNS, rows: actRows },
  preview: ({ stream, keyId }, context) =>
    settingPreview(context, stream, {
      title: `Encrypt ${stream.streamName}`,
      lines: summary => [
        `Encryption now: ${summary?.encryptionType ?? 'not told'}.`,
        ...encryptionLines(stream.streamName, keyId),
      ],
      calls: [{ operation: 'StartStreamEncryption', input: { EncryptionType: 'KMS', KeyId: keyId } }],
    }),
  run: ({ stream, keyId, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'stream.encrypt',
        title: `Encrypt ${stream.streamName}`,
        action: 'StartStreamEncryption',
      },
      async function* (): ActSteps {
        await controlOf(context).startEncryption(stream, keyId, { signal: context.signal })
        const summary = yield* untilSet(
          context,
          stream,
          'StartStreamEncryption',
          timeout,
          ({ encryptionType }) => encryptionType === undefined || encryptionType === 'KMS',
        )
        return {
          detail: `${stream.streamName} encrypts new records; those before stay as they are`,
          rows: [{ streamName: stream.streamName, encryptionType: 'KMS', keyId: summary?.keyId ?? keyId }],
        }
      },
    ),
})

function encryptionLines(streamName: string, keyId: string): string[] {
  return [
    `New records of ${streamName} are encrypted with ${keyId}; those before stay as they are.`,
    'Producers need kms:GenerateDataKey and consumers kms:Decrypt, or they stop working.',
    'Encryption can be started 25 times in 24 hours. KMS bills its calls.',
  ]
}

export const stopEncryption = defineCommand({
  id: 'stream.decrypt',
  title: 'Stop encrypting new records of a stream',
  hint: 'stop encryption',
  group: 'stream',
  keys: [],
  where: ['streams', 'shards'],
  effect: 'write',
  args: { stream: STREAM_ARG, timeout: TIMEOUT_ARG },
  prefill: streamOnScreen,
  confirm: ({ stream }) => ({
    lines: [
      `New records of ${stream.streamName} are no longer encrypted at rest; those before stay encrypted.`,
      'Consumers need kms:Decrypt until those have expired.',
    ],
  }),
  headless: { name: 'decrypt', columns: ENCRYPTION_COLUMNS, rows: actRows },
  preview: ({ stream }, context) =>
    settingPreview(context, stream, {
      title: `Stop encrypting ${stream.streamName}`,
      lines: summary => [
        `Encryption now: ${summary?.encryptionType ?? 'not told'}, key ${summary?.keyId ?? 'not told'}.`,
      ],
      calls: [
        {
          operation: 'StopStreamEncryption',
          input: { EncryptionType: 'KMS', KeyId: 'KEY-ID-OF-THE-STREAM' },
        },
      ],
    }),
  run: ({ stream, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'stream.decrypt',
        title: `Stop encrypting ${stream.streamName}`,
        action: 'StopStreamEncryption',
      },
      async function* (): ActSteps {
        const summary = await context.api.describeStreamSummary(stream, { signal: context.signal })
        const rows = [{ streamName: stream.streamName, encryptionType: 'NONE' }]
        if (summary.encryptionType === 'NONE')
          return { detail: `${stream.streamName} is not encrypted; nothing was sent`, rows }
        if (summary.keyId === undefined) {
          throw conflict(
            'StopStreamEncryption',
            `the endpoint does not tell the KMS key of ${stream.streamName}`,
          )
        }
        await controlOf(context).stopEncryption(stream, summary.keyId, { signal: context.signal })
        yield* untilSet(
          context,
          stream,
          'StopStreamEncryption',
          timeout,
          ({ encryptionType }) => encryptionType !== 'KMS',
        )
        return { detail: `${stream.streamName} no longer encrypts new records`, rows }
      },
    ),
})

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
