import { usageFailure } from '../domain/failure.ts'
import type { Model } from '../state/model.ts'
import { ofStream } from '../state/select-consumers.ts'
import { topScreen } from '../state/selection.ts'
import { type ActSteps, runAct } from './act.ts'
import { defineCommand } from './command.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows, withoutAbsent } from './output-rows.ts'
import { controlOf, STREAM_ARG, settingPreview } from './setting-act.ts'

export const showPolicy = defineCommand({
  id: 'policy.show',
  title: 'Show the resource policy of a stream',
  hint: 'policy',
  group: 'stream',
  keys: [],
  where: [],
  effect: 'read',
  args: { stream: STREAM_ARG },
  prefill: streamOnScreen,
  headless: {
    name: 'policy',
    columns: [
      { key: 'streamName', header: 'STREAM' },
      { key: 'policy', header: 'RESOURCE POLICY' },
    ],
    rows: event => (event.type === 'rows-told' ? event.rows : []),
  },
  async *run({ stream }, context) {
    const policy = await controlOf(context).getResourcePolicy(stream, { signal: context.signal })
    yield { type: 'rows-told', rows: [withoutAbsent({ streamName: stream.streamName, policy })] }
  },
})

export const putPolicy = defineCommand({
  id: 'policy.put',
  title: 'Put a resource policy on a stream, in place of the one it has',
  hint: 'put policy',
  group: 'stream',
  keys: ['E'],
  where: ['streams', 'shards', 'policy'],
  effect: 'write',
  args: {
    stream: STREAM_ARG,
    policy: { kind: 'text', title: 'The policy as JSON' },
    file: { kind: 'file', title: 'A file with it, or - for standard input', only: 'headless' },
  },
  prefill: model => ({ ...streamOnScreen(model), ...policyOnScreen(model) }),
  confirm: ({ stream }) => ({
    lines: [
      `Put a resource policy on ${stream.streamName} in place of the one it has: it decides who in other accounts may read and write.`,
    ],
  }),
  headless: { name: 'put-policy', columns: [{ key: 'streamName', header: 'POLICY SET' }], rows: actRows },
  preview: async ({ stream, policy, file }, context) => {
    const now = await controlOf(context).getResourcePolicy(stream, { signal: context.signal })
    const next = policyText(policy ?? (file === undefined ? '' : utf8(await context.readInput(file))))
    return settingPreview(context, stream, {
      title: `Put a resource policy on ${stream.streamName}`,
      lines: () => [`Now: ${now ?? 'none'}`, `Then: ${next}`],
      calls: [{ operation: 'PutResourcePolicy', streamMember: 'ResourceARN', input: { Policy: next } }],
    })
  },
  run: ({ stream, policy, file }, context) =>
    runAct(
      context,
      {
        commandId: 'policy.put',
        title: `Put a resource policy on ${stream.streamName}`,
        action: 'PutResourcePolicy',
      },
      async function* (): ActSteps {
        const text = policyText(policy ?? (file === undefined ? '' : utf8(await context.readInput(file))))
        await controlOf(context).putResourcePolicy(stream, text, { signal: context.signal })
        yield { type: 'refresh-requested' }
        return {
          detail: `${stream.streamName} has the policy`,
          rows: [{ streamName: stream.streamName, policy: text }],
        }
      },
    ),
})

export const deletePolicy = defineCommand({
  id: 'policy.delete',
  title: 'Delete the resource policy of a stream; other accounts lose what it allowed',
  hint: 'delete policy',
  group: 'stream',
  keys: ['D'],
  where: ['policy'],
  effect: 'destroy',
  args: { stream: STREAM_ARG },
  prefill: streamOnScreen,
  confirm: ({ stream }) => ({
    lines: [`Delete the resource policy of ${stream.streamName}: other accounts lose what it allowed them.`],
    requiredText: stream.streamName,
  }),
  headless: {
    name: 'delete-policy',
    columns: [{ key: 'streamName', header: 'POLICY DELETED' }],
    rows: actRows,
  },
  preview: async ({ stream }, context) => {
    const now = await controlOf(context).getResourcePolicy(stream, { signal: context.signal })
    return settingPreview(context, stream, {
      title: `Delete the resource policy of ${stream.streamName}`,
      lines: () => [`Now: ${now ?? 'none'}`],
      calls: [{ operation: 'DeleteResourcePolicy', streamMember: 'ResourceARN' }],
    })
  },
  run: ({ stream }, context) =>
    runAct(
      context,
      {
        commandId: 'policy.delete',
        title: `Delete the resource policy of ${stream.streamName}`,
        action: 'DeleteResourcePolicy',
      },
      async function* (): ActSteps {
        await controlOf(context).deleteResourcePolicy(stream, { signal: context.signal })
        yield { type: 'refresh-requested' }
        return { detail: `${stream.streamName} has no policy`, rows: [{ streamName: stream.streamName }] }
      },
    ),
})

/** The policy of the stream in sight, to be changed where it is. */
function policyOnScreen(model: Model): { policy?: string } {
  const screen = topScreen(model)
  if (screen.screen !== 'policy') return {}
  const text = ofStream(model.policy, screen.stream)?.value?.text
  return text === undefined ? {} : { policy: text }
}

const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** @throws FailureError `usage` for what is no JSON object with statements */
function policyText(text: string): string {
  const hint = 'Write it as {"Version":"2012-10-17","Statement":[...]}.'
  if (text.trim() === '')
    throw usageFailure('policy', 'there is no policy', 'Give --policy JSON or --file FILE.')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'Statement' in value) return JSON.stringify(value)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw usageFailure('policy', `the policy is no JSON: ${reason}`, hint)
  }
  throw usageFailure('policy', 'the policy has no Statement', hint)
}
