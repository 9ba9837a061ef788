import type { PutEntry } from '../aws/kinesis-api.ts'
import { usageFailure } from '../domain/failure.ts'
import { PUT_RECORDS_MAX_ENTRIES } from '../domain/limits.ts'
import { bytesText, counted } from '../domain/quantity-text.ts'
import { type ActSteps, runAct } from './act.ts'
import { type Context, defineCommand } from './command.ts'
import { durationSeconds } from './heat-arguments.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { putBatch } from './replay-batch.ts'
import { STREAM_ARG, settingPreview } from './setting-act.ts'

/** Records are made in strides of this many milliseconds. */
const STRIDE_MILLIS = 250
const TELL_MILLIS = 5_000
const SHOW_MILLIS = 1_000

/** Traffic for tests of one's own stream: bounded, and stoppable at any time. */
export const generateTraffic = defineCommand({
  id: 'record.generate',
  title: 'Put generated records at a steady rate for a while, to test a stream of your own',
  hint: 'generate',
  group: 'record',
  keys: [],
  where: ['streams', 'shards', 'board'],
  effect: 'write',
  args: {
    stream: STREAM_ARG,
    rate: { kind: 'count', title: 'Records a second', defaultText: '10', min: 1, max: 20_000 },
    for: { kind: 'text', title: 'How long, 5s to 24h', defaultText: '60s' },
    size: { kind: 'count', title: 'Bytes of a payload', defaultText: '200', min: 1, max: 1_000_000 },
    keys: {
      kind: 'text',
      title: 'Partition keys: even:N, skewed:N (few take most), or one:KEY',
      defaultText: 'even:100',
    },
    template: { kind: 'text', title: 'Payload in place of a size, with {n}, {key}, {time}, {random}' },
  },
  prefill: streamOnScreen,
  confirm: ({ stream, rate, for: time, size }) => ({
    lines: [
      `Put ${rate} records of about ${size} bytes a second into ${stream.streamName} for ${time}. They are billed like any others.`,
      'Real readers of the stream get them too.',
    ],
  }),
  headless: {
    name: 'generate',
    columns: [
      { key: 'streamName', header: 'STREAM' },
      { key: 'writtenCount', header: 'WRITTEN', align: 'right' },
      { key: 'writtenBytes', header: 'BYTES', align: 'right' },
      { key: 'retriedCount', header: 'SENT AGAIN', align: 'right' },
      { key: 'seconds', header: 'SECONDS', align: 'right' },
    ],
    rows: actRows,
  },
  preview: ({ stream, rate, for: time, size, keys }, context) => {
    const seconds = durationSeconds('generate', time, 60)
    keyChooser(keys, context.random)
    return settingPreview(context, stream, {
      title: `Generate traffic for ${stream.streamName}`,
      lines: () => [
        `${counted(rate * seconds, 'record')} in ${counted(seconds, 'second')}, ${bytesText(rate * size)}/s and ${rate} records/s; a shard takes 1 MiB/s and 1,000 records/s.`,
        'Real readers of the stream get them too.',
        'The AWS CLI has no call that makes traffic; its put-records sends what a file holds.',
      ],
      calls: [],
    })
  },
  run: ({ stream, rate, for: time, size, keys, template }, context) =>
    runAct(
      context,
      {
        commandId: 'record.generate',
        title: `Generate traffic for ${stream.streamName}`,
        action: 'PutRecords',
      },
      async function* (): ActSteps {
        const { api, clock, random, signal } = context
        const seconds = durationSeconds('generate', time, 60)
        const keyOf = keyChooser(keys, random)
        const startedAt = clock.now()
        // On a screen its form closes soon, so that the key that stops it can be seen and pressed.
        const tellMillis = context.terminal === undefined ? TELL_MILLIS : SHOW_MILLIS
        const total = rate * seconds
        let [made, bytes, retried, toldAt] = [0, 0, 0, startedAt]
        while (made < total && !signal.aborted) {
          const due = Math.min(total, Math.floor(((clock.now() - startedAt) / 1_000) * rate) + 1)
          while (made < due && !signal.aborted) {
            const count = Math.min(PUT_RECORDS_MAX_ENTRIES, due - made)
            const entries = Array.from({ length: count }, (_, index): PutEntry => {
              const key = keyOf()
              return {
                partitionKey: key,
                data: payload(context, { size, template, key, number: made + index + 1 }),
              }
            })
            const { retriedCount } = await putBatch({ api, stream }, entries, context, async () => {})
            made += count
            retried += retriedCount
            bytes += entries.reduce((sum, { data }) => sum + data.length, 0)
          }
          if (clock.now() - toldAt >= tellMillis) {
            toldAt = clock.now()
            yield `${made} of ${total} records acknowledged, ${retried} sent again`
          }
          if (made < total) await clock.sleep(STRIDE_MILLIS, signal)
        }
        const took = (clock.now() - startedAt) / 1_000
        return {
          detail: `${stream.streamName}: ${signal.aborted ? 'stopped, ' : ''}${counted(made, 'record')} acknowledged in ${took.toFixed(1)} s, ${retried} sent again`,
          rows: [
            {
              streamName: stream.streamName,
              writtenCount: made,
              writtenBytes: bytes,
              retriedCount: retried,
              seconds: Math.round(took),
            },
          ],
        }
      },
    ),
})

/** @throws FailureError `usage` for what is none of the three forms */
function keyChooser(text: string, random: () => number): () => string {
  const [, kind, rest = ''] = /^(even|skewed|one):(.+)$/.exec(text) ?? []
  if (kind === 'one') return () => rest
  const count = /^\d{1,7}$/.test(rest) ? Number(rest) : 0
  if (kind === 'even' && count > 0) return () => `key-${Math.floor(random() * count)}`
  // The product of two chances: low numbers come far more often.
  if (kind === 'skewed' && count > 0) return () => `key-${Math.floor(random() ** 3 * count)}`
  throw usageFailure(
    'generate',
    `keys "${text}" is none of even:N, skewed:N, one:KEY`,
    'Write it as even:100.',
  )
}

function payload(
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  of: {
    readonly size: number
    readonly template: string | undefined
    readonly key: string
    readonly number: number
  },
): Uint8Array {
  const noise = (): string => Math.floor(random() * 36 ** 8).toString(36)
  if (of.template !== undefined) {
    const values: Readonly<Record<string, string>> = {
      n: String(of.number),
      key: of.key,
      time: new Date(clock.now()).toISOString(),
      random: noise(),
    }
    return new TextEncoder().encode(
      of.template.replace(/\{(n|key|time|random)\}/g, (_, name) => values[name] ?? ''),
    )
  }
  const text = JSON.stringify({ n: of.number, key: of.key, at: clock.now(), noise: noise() })
  return new TextEncoder().encode(text.padEnd(of.size).slice(0, of.size))
}
