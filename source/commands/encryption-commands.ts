import { type ActSteps, runAct } from './act.ts'
import { defineCommand } from './command.ts'
import { conflict } from './look-up.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { controlOf, STREAM_ARG, settingPreview, TIMEOUT_ARG, untilSet } from './setting-act.ts'

/** KMS key that AWS keeps for Kinesis in every account. */
const AWS_KEY = 'alias/aws/kinesis'

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
