import { gzipSync } from 'node:zlib'
import { type FailureError, usageFailure } from '../domain/failure.ts'
import { PARTITION_KEY_MAX_CHARACTERS } from '../domain/limits.ts'
import type { StreamRef } from '../domain/stream.ts'
import { type ActSteps, runAct } from './act.ts'
import { type Context, defineCommand } from './command.ts'
import { summaryIfTold } from './look-up.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { settingPreview } from './setting-act.ts'

export const putRecord = defineCommand({
  id: 'record.put',
  title: 'Put one record',
  hint: 'put',
  group: 'record',
  keys: ['p'],
  where: ['streams', 'shards', 'tail'],
  effect: 'write',
  args: {
    stream: { kind: 'stream', title: 'Stream name or ARN', required: true, positional: true },
    partitionKey: { kind: 'text', title: 'Key that chooses the shard, 1 to 256 characters' },
    data: { kind: 'text', title: 'Payload, as UTF-8' },
    base64: { kind: 'flag', title: 'The payload is given as base64' },
    gzip: { kind: 'flag', title: 'Compress the payload' },
    explicitHashKey: {
      kind: 'hashKey',
      title: 'Hash key that chooses the shard instead of the partition key',
    },
    after: { kind: 'text', title: 'Sequence number of the same key that the new one must be larger than' },
    file: { kind: 'file', title: 'Payload from a file, byte for byte', only: 'headless' },
    input: {
      kind: 'choice',
      title: 'Payload from standard input, byte for byte',
      choices: ['-'],
      positional: true,
      only: 'headless',
    },
  },
  prefill: streamOnScreen,
  confirm: ({ stream, partitionKey, data }) => ({
    lines: [
      `Put one record into ${stream.streamName}${partitionKey === undefined ? '' : ` with partition key "${partitionKey}"`}.`,
      ...(data === undefined ? [] : [`${new TextEncoder().encode(data).length} bytes of payload.`]),
    ],
  }),
  headless: {
    name: 'put',
    columns: [
      { key: 'shardId', header: 'SHARD' },
      { key: 'sequenceNumber', header: 'SEQUENCE NUMBER' },
    ],
    rows: actRows,
  },
  preview: ({ stream, partitionKey }, context) =>
    settingPreview(context, stream, {
      title: `Put one record into ${stream.streamName}`,
      lines: summary => [
        `With partition key ${partitionKey === undefined ? 'none' : `"${partitionKey}"`}; the stream takes up to ${summary?.maxRecordSizeInKiB ?? 1_024} KiB a record.`,
      ],
      calls: [
        {
          operation: 'PutRecord',
          input: { PartitionKey: partitionKey, Data: 'fileb://PAYLOAD' },
        },
      ],
    }),
  run: (args, context) =>
    runAct(
      context,
      { commandId: 'record.put', title: `Put into ${args.stream.streamName}`, action: 'PutRecord' },
      // biome-ignore lint/correctness/useYield: one call has no steps to tell of
      async function* (): ActSteps {
        const { stream, partitionKey, explicitHashKey } = args
        // Before the payload is read: a pipe that is never closed must not hide what is wrong with the command.
        await checkKey(context, stream, partitionKey)
        const data = packed(await payloadOf(args, context), args)
        const after = args.after
        if (after !== undefined && !/^\d{1,129}$/.test(after)) {
          throw usageFailure(
            'put',
            `after "${after}" is no sequence number`,
            'Write its digits, as put prints them.',
          )
        }
        const receipt = await context.api.putRecord(
          stream,
          {
            data,
            ...(partitionKey === undefined ? {} : { partitionKey }),
            ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
            ...(after === undefined ? {} : { sequenceNumberForOrdering: after }),
          },
          { signal: context.signal },
        )
        return {
          detail: `${stream.streamName}: written to ${receipt.shardId}, sequence number ${receipt.sequenceNumber}`,
          rows: [{ streamName: stream.streamName, ...receipt }],
        }
      },
    ),
})

function packed(
  given: Uint8Array,
  { base64, gzip }: { readonly base64: boolean; readonly gzip: boolean },
): Uint8Array {
  const text = base64 ? new TextDecoder().decode(given).trim() : ''
  if (base64 && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw usageFailure('put', 'the payload is no base64', 'Leave out --base64 for plain text.')
  }
  const bytes = base64 ? new Uint8Array(Buffer.from(text, 'base64')) : given
  return gzip ? new Uint8Array(gzipSync(bytes)) : bytes
}

async function payloadOf(
  args: {
    readonly data?: string | undefined
    readonly file?: string | undefined
    readonly input?: string | undefined
  },
  context: Context,
): Promise<Uint8Array> {
  const given = [
    ...(args.data === undefined ? [] : ['--data']),
    ...(args.file === undefined ? [] : ['--file']),
    ...(args.input === undefined ? [] : ['-']),
  ]
  if (given.length > 1) {
    throw usageFailure('put', `${given.join(' and ')} each give the payload`, 'Give one of them.')
  }
  if (args.data !== undefined) return new TextEncoder().encode(args.data)
  const path = args.file ?? args.input
  if (path !== undefined) {
    const bytes = await context.readInput(path)
    if (bytes.length > 0 || path !== '-') return bytes
    throw usageFailure(
      'put',
      'standard input was empty: no record',
      'Pipe a payload in; for a record of no bytes give --data "".',
    )
  }
  // In a form an empty field is a payload of no bytes; on a command line it is more likely forgotten.
  if (context.terminal !== undefined) return new Uint8Array()
  throw usageFailure('put', 'there is no payload', 'Give --data TEXT, --file FILE, or - for standard input.')
}

/**
 * A partition key may be left out only where the service distributes the records itself (RecordDistributionStrategy AUTO).
 * @throws FailureError of kind `usage`
 */
async function checkKey(
  { api, signal }: Context,
  stream: StreamRef,
  partitionKey: string | undefined,
): Promise<void> {
  if (partitionKey !== undefined && partitionKey !== '') {
    const { length } = [...partitionKey]
    if (length <= PARTITION_KEY_MAX_CHARACTERS) return
    throw usageFailure(
      'put',
      `the partition key has ${length} characters, and at most ${PARTITION_KEY_MAX_CHARACTERS} are allowed`,
      'Choose a shorter one.',
    )
  }
  if (partitionKey === '') throw missingKey('the partition key is empty')
  const summary = await summaryIfTold(api, stream, signal)
  if (summary?.recordDistributionStrategy !== 'AUTO') throw missingKey('a record needs a partition key')
}

function missingKey(message: string): FailureError {
  return usageFailure(
    'put',
    message,
    'Give --partition-key KEY; only a stream with record distribution AUTO does without.',
  )
}
