import { FailureError, failureOf } from '../domain/failure.ts'
import { UPDATE_SHARD_COUNT_PER_DAY } from '../domain/limits.ts'
import { isOpen } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import { streamKey } from '../state/model.ts'
import { type ActSteps, type Probe, runAct, waitForEffect } from './act.ts'
import { type Context, defineCommand } from './command.ts'
import { conflict, invalid, refuseOnDemand, summaryIfTold } from './look-up.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { freedText, uniformCallsOf } from './reshape-preview.ts'
import { previewReshard } from './shard-previews.ts'

/** ACTIVE with another count than asked for this long without a break: it is where the service has stopped. */
const STOPPED_AFTER_MILLIS = 10_000
/** The stream may still read ACTIVE for a while before the service begins (eventual consistency). */
const BEGIN_GRACE_MILLIS = 30_000

export const reshardStream = defineCommand({
  id: 'stream.reshard',
  title: 'Change the number of shards with UpdateShardCount',
  hint: 'reshard',
  group: 'stream',
  keys: ['u'],
  where: ['streams', 'shards'],
  effect: 'write',
  args: {
    stream: { kind: 'stream', title: 'Stream name or ARN', required: true, positional: true },
    targetShardCount: {
      kind: 'count',
      title: 'Open shards wanted, at most twice and at least half of now',
      required: true,
      positional: true,
      min: 1,
      max: 10_000,
    },
    noWait: { kind: 'flag', title: 'Leave once the service has taken the request', only: 'headless' },
    timeout: {
      kind: 'count',
      title: 'Seconds to wait for the effect',
      defaultText: '1800',
      min: 1,
      only: 'headless',
    },
  },
  prefill: streamOnScreen,
  unavailable: () => undefined,
  confirm: ({ stream, targetShardCount }, model) => {
    const openShardCount = model.summaries.get(streamKey(stream))?.value?.openShardCount
    return {
      lines: [
        `Change ${stream.streamName} from ${openShardCount ?? 'an unknown number of'} to ${targetShardCount} open shards.`,
        'All ranges become equally wide: an earlier split that isolated a hot key is undone.',
        'It counts against ten such changes in 24 hours, takes minutes, and cannot be called off.',
      ],
    }
  },
  headless: {
    name: 'reshard',
    columns: [
      { key: 'streamName', header: 'STREAM' },
      { key: 'currentShardCount', header: 'BEFORE', align: 'right' },
      { key: 'targetShardCount', header: 'TARGET', align: 'right' },
      { key: 'openShardCount', header: 'OPEN SHARDS', align: 'right' },
    ],
    rows: actRows,
  },
  preview: ({ stream, targetShardCount }, context) =>
    previewReshard(context, stream, targetShardCount, openShardCount =>
      refuseTarget(stream, openShardCount, targetShardCount),
    ),
  run: ({ stream, targetShardCount, noWait, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'stream.reshard',
        title: `Reshard ${stream.streamName} to ${targetShardCount} shards`,
        action: 'UpdateShardCount',
      },
      async function* (): ActSteps {
        const { api, signal } = context
        const before = await lookAt(context, stream)
        refuseOnDemand(before.summary, 'UpdateShardCount')
        refuseTarget(stream, before.openShardCount, targetShardCount)
        await withRulesTold(context, stream, before.openShardCount, () =>
          api.updateShardCount(stream, targetShardCount, { signal }),
        )
        const row = {
          streamName: stream.streamName,
          currentShardCount: before.openShardCount,
          targetShardCount,
        }
        if (noWait) {
          return {
            detail: `the service has taken the request; ${stream.streamName} is not at ${targetShardCount} shards yet`,
            rows: [row],
          }
        }
        const openShardCount = yield* waitForCount(context, stream, before.openShardCount, {
          targetShardCount,
          timeoutMillis: timeout * 1_000,
        })
        return {
          detail: `${stream.streamName} has ${openShardCount} open shards`,
          rows: [{ ...row, openShardCount }],
        }
      },
    ),
})

/** What the service refuses is told with the rule: which numbers do, when a quota frees, how many shards are left. */
async function withRulesTold(
  context: Context,
  stream: StreamRef,
  openShardCount: number,
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call()
  } catch (error) {
    const failure = failureOf(error, 'UpdateShardCount')
    const nextStep =
      failure.kind === 'invalid'
        ? `Choose ${Math.ceil(openShardCount / 2)} to ${openShardCount * 2} shards.`
        : failure.kind === 'quota'
          ? await quotaStep(context, stream, failure.message)
          : undefined
    if (nextStep === undefined) throw error
    throw new FailureError({ ...failure, nextStep }, { cause: error })
  }
}

/** Two quotas share one exception: the ten calls of a day, and the shards of the account. */
async function quotaStep(context: Context, stream: StreamRef, message: string): Promise<string | undefined> {
  if (/shard (limit|quota)|number of (open )?shards/i.test(message)) {
    const limits = await context.control?.describeLimits({ signal: context.signal }).catch(() => undefined)
    const told =
      limits?.shardLimit === undefined
        ? ''
        : ` (DescribeLimits: ${limits.openShardCount ?? 'an unknown number'} of ${limits.shardLimit} shards are open)`
    return `Merge or delete shards elsewhere in the account, or ask Service Quotas for more${told}.`
  }
  const calls = await uniformCallsOf(context, stream)
  if (calls === undefined) return undefined
  const counted = `By the log of this machine at least ${calls.length} of ${UPDATE_SHARD_COUNT_PER_DAY} in the last 24 hours.`
  return `${counted}${freedText(calls, context.clock.now())} Single splits and merges do not count: shardscope plan ${stream.streamName}.`
}

/** The rules that the API states exactly; how half of an odd number is rounded it does not say: the service decides. */
function refuseTarget(stream: StreamRef, openShardCount: number, target: number): void {
  if (target === openShardCount) {
    throw conflict(
      'UpdateShardCount',
      `stream ${stream.streamName} already has ${openShardCount} open shards`,
      'Choose another number; single ranges are changed with split and merge.',
    )
  }
  if (target > openShardCount * 2) {
    throw invalid(
      'UpdateShardCount',
      `${target} shards are more than twice the ${openShardCount} open shards of ${stream.streamName}`,
      `Reshard to ${openShardCount * 2} first, then go on from there.`,
    )
  }
  if (target < Math.floor(openShardCount / 2)) {
    throw invalid(
      'UpdateShardCount',
      `${target} ${target === 1 ? 'shard is' : 'shards are'} less than half of the ${openShardCount} open shards of ${stream.streamName}`,
      `Reshard to ${Math.ceil(openShardCount / 2)} first, then go on from there.`,
    )
  }
}

type Look = Awaited<ReturnType<typeof lookAt>>

async function lookAt({ api, signal }: Context, stream: StreamRef) {
  const [shards, summary] = [
    await api.listShards(stream, { signal }),
    await summaryIfTold(api, stream, signal),
  ]
  return { shards, summary, openShardCount: shards.filter(isOpen).length }
}

/**
 * Waits until the open shards are as many as asked and the stream is ACTIVE.
 * @throws FailureError of kind `incomplete` where the service stopped at another count, naming both.
 */
async function* waitForCount(
  context: Context,
  stream: StreamRef,
  initialCount: number,
  wait: { readonly targetShardCount: number; readonly timeoutMillis: number },
): AsyncGenerator<string | Event, number> {
  const { targetShardCount } = wait
  const startedAt = context.clock.now()
  let hasBegun = false
  let activeSince: number | undefined
  const look = yield* waitForEffect(
    context,
    {
      action: 'UpdateShardCount',
      timeoutMillis: wait.timeoutMillis,
      nextStep: `The service may go on; look again with shardscope shards ${stream.streamName}.`,
    },
    async (): Promise<Probe<Look>> => {
      const seen = await lookAt(context, stream)
      const status = seen.summary?.streamStatus
      const isActive = status === undefined || status === 'ACTIVE'
      if (isActive && seen.openShardCount === targetShardCount) return { isDone: true, value: seen }
      hasBegun ||= !isActive || seen.openShardCount !== initialCount
      const now = context.clock.now()
      activeSince = isActive ? (activeSince ?? now) : undefined
      const mayStillBegin = !hasBegun && now - startedAt < BEGIN_GRACE_MILLIS
      if (activeSince !== undefined && now - activeSince >= STOPPED_AFTER_MILLIS && !mayStillBegin) {
        throw stopped(stream, seen.openShardCount, targetShardCount)
      }
      const closed = seen.shards.length - seen.openShardCount
      return {
        isDone: false,
        progress: `${status ?? 'status unknown'}, ${seen.openShardCount} of ${targetShardCount} open, ${closed} closed`,
      }
    },
  )
  const at = context.clock.now()
  yield { type: 'shards-listed', stream, shards: look.shards, at }
  if (look.summary !== undefined) yield { type: 'summary-described', stream, summary: look.summary, at }
  return look.openShardCount
}

function stopped(stream: StreamRef, openShardCount: number, targetShardCount: number): FailureError {
  return new FailureError({
    kind: 'incomplete',
    action: 'UpdateShardCount',
    message: `stopped at ${openShardCount} of ${targetShardCount}: ${stream.streamName} is ACTIVE with ${openShardCount} open shards`,
    nextStep: `See why with shardscope shards ${stream.streamName}, then run reshard again or split single shards.`,
    retryable: false,
  })
}
