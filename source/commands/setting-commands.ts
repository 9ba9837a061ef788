import { DEFAULT_MAX_RECORD_SIZE_KIB } from '../domain/limits.ts'
import { counted } from '../domain/quantity-text.ts'
import type { StreamMode } from '../domain/stream.ts'
import { streamKey } from '../state/model.ts'
import { type ActSteps, runAct } from './act.ts'
import { defineCommand } from './command.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows, withoutAbsent } from './output-rows.ts'
import { controlOf, STREAM_ARG, settingPreview, TIMEOUT_ARG, untilSet } from './setting-act.ts'

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
