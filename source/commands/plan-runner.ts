// Longer than most: one state machine whose steps make sense only beside each other.

import { type Failure, FailureError, failureOf } from '../domain/failure.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import type { PlanJournal } from '../domain/plan/journal.ts'
import { openRanges } from '../domain/plan/shard-plan.ts'
import { isSameLayout, isSameRange, layoutsAlong, type PlanStep } from '../domain/plan/steps.ts'
import { isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { Context } from './command.ts'
import { summaryIfTold } from './look-up.ts'

export type PlanRun = {
  readonly stream: StreamRef
  /** Open ranges before the first step. */
  readonly layout: readonly HashKeyRange[]
  readonly steps: readonly PlanStep[]
  readonly journal: PlanJournal
  /** Of an earlier run: steps that were asked for at most. */
  readonly intendedSteps: number
  readonly doneSteps: number
  /** Without any progress for this long it stops. */
  readonly patienceMillis: number
}

export type PlanOutcome = { readonly shards: readonly Shard[]; readonly summary?: StreamSummary }

type RunContext = Pick<Context, 'api' | 'clock' | 'signal'>

/** Pauses between looks, and between tries of a call that can work a moment later. */
const FIRST_PAUSE_MILLIS = 300
const LONGEST_PAUSE_MILLIS = 5_000
/** A listing may lag behind the status: an unexpected layout must last this long before it is believed. */
const STRANGE_MILLIS = 3_000
/** ACTIVE without the effect for this long: the call was lost, and may be made again. */
const LOST_MILLIS = 10_000

/**
 * Carries a plan out, one step at a time. What was done is read from the shards and never from the journal alone, so it may
 * be begun again in another process at any point: a step names the shard that it closes, and a shard can be closed once.
 * Yields progress.
 * @throws FailureError that says how many steps are done; what stopped it decides its kind
 */
export async function* runPlan(
  context: RunContext,
  run: PlanRun,
): AsyncGenerator<string | Event, PlanOutcome> {
  const runner = new Runner(context, run)
  try {
    return yield* runner.run()
  } catch (error) {
    throw await runner.stopped(failureOf(error, 'plan'))
  }
}

type Look = PlanOutcome & {
  /** Which of the layouts on the way is there, or undefined. */
  readonly index: number | undefined
  readonly isCoherent: boolean
  readonly isSettled: boolean
}

class Runner {
  readonly #context: RunContext
  readonly #run: PlanRun
  readonly #layouts: readonly (readonly HashKeyRange[])[]
  #done: number
  #asked: number
  #last: Look | undefined
  #progressAt: number
  #isForeign = false

  constructor(context: RunContext, run: PlanRun) {
    this.#context = context
    this.#run = run
    this.#layouts = layoutsAlong(run.layout, run.steps)
    this.#done = run.doneSteps
    this.#asked = run.intendedSteps
    this.#progressAt = context.clock.now()
  }

  async *run(): AsyncGenerator<string | Event, PlanOutcome> {
    const { steps, journal } = this.#run
    for (;;) {
      const look = yield* this.#untilKnown()
      const index = look.index ?? this.#done
      for (let step = this.#done; step < index; step += 1) {
        await journal.append({ kind: 'done', at: this.#context.clock.now(), step })
        this.#done = step + 1
        this.#progressAt = this.#context.clock.now()
      }
      yield* this.#told(look)
      const step = steps[this.#done]
      if (step === undefined) {
        await journal.append({ kind: 'finished', at: this.#context.clock.now() })
        return look
      }
      const pause = yield* this.#take(step, look.shards)
      if (pause > 0) await this.#sleep(pause)
    }
  }

  /** One call. Resolves to the pause before the next look; what happened is seen there. */
  async *#take(step: PlanStep, shards: readonly Shard[]): AsyncGenerator<string, number> {
    const { api, clock, signal } = this.#context
    const { stream, steps, journal } = this.#run
    const number = `step ${this.#done + 1} of ${steps.length}`
    const ids = shardIdsOf(step, shards)
    throwIfAborted(signal)
    if (this.#asked <= this.#done) {
      // Without this line a crash would leave nobody knowing; so no line, no call.
      await journal.append({ kind: 'intended', at: clock.now(), step: this.#done, shardIds: ids })
      this.#asked = this.#done + 1
    }
    const [one = '', other = ''] = ids
    yield step.kind === 'split'
      ? `${number}: split ${one} at ${step.newStartingHashKey}`
      : `${number}: merge ${one} and ${other}`
    try {
      if (step.kind === 'split') await api.splitShard(stream, one, step.newStartingHashKey, { signal })
      else await api.mergeShards(stream, one, other, { signal })
    } catch (error) {
      const failure = failureOf(error, step.kind === 'split' ? 'SplitShard' : 'MergeShards')
      if (signal.aborted) throw error
      // "Already split" and "in use" may be about our own call whose answer was lost: the shards tell.
      const mayHaveWorked = failure.retryable || failure.kind === 'conflict' || failure.kind === 'invalid'
      if (!mayHaveWorked) throw error
      yield `${number}: ${failure.message} Looking at the shards before another try.`
      const seen = yield* this.#untilKnown()
      if ((seen.index ?? 0) > this.#done) return 0
      if (failure.kind === 'invalid') throw error
      this.#giveUpWhenStuck(failure)
      return LONGEST_PAUSE_MILLIS
    }
    yield* this.#untilEffect()
    return 0
  }

  /** Looks until the step is there, or until it is plain that the service knows nothing of it. */
  async *#untilEffect(): AsyncGenerator<string> {
    const { clock } = this.#context
    let pause = FIRST_PAUSE_MILLIS
    let idleSince: number | undefined
    for (;;) {
      const look = yield* this.#untilKnown()
      if ((look.index ?? 0) > this.#done) return
      idleSince ??= clock.now()
      if (clock.now() - idleSince >= LOST_MILLIS) return
      await this.#sleep(pause)
      pause = Math.min(pause * 1.5, LONGEST_PAUSE_MILLIS)
    }
  }

  /**
   * Looks until the stream is settled in a layout that this plan can have led to.
   * @throws FailureError `conflict` where somebody else changed the shards
   */
  async *#untilKnown(): AsyncGenerator<string, Look> {
    const { clock, signal } = this.#context
    let pause = FIRST_PAUSE_MILLIS
    let strangeSince: number | undefined
    let told = ''
    for (;;) {
      throwIfAborted(signal)
      try {
        const look = await this.#look()
        const { index } = look
        const isExpected =
          index !== undefined && index >= this.#done && index <= Math.max(this.#asked, this.#done)
        if (look.isSettled && isExpected) return look
        if (look.isSettled) {
          strangeSince ??= clock.now()
          if (clock.now() - strangeSince >= STRANGE_MILLIS) throw this.#strange(look)
        } else strangeSince = undefined
        const text = this.#counts(look)
        if (text !== told && !look.isSettled) yield text
        told = text
      } catch (error) {
        const failure = failureOf(error, 'ListShards')
        if (!failure.retryable || signal.aborted) throw error
        yield `the shards cannot be looked at: ${failure.message}`
        this.#giveUpWhenStuck(failure)
        pause = LONGEST_PAUSE_MILLIS
      }
      this.#giveUpWhenStuck(undefined)
      await this.#sleep(pause)
      pause = Math.min(pause * 1.5, LONGEST_PAUSE_MILLIS)
    }
  }

  async #look(): Promise<Look> {
    const { api, signal } = this.#context
    const { stream } = this.#run
    // The status first: shards that are listed after it was ACTIVE are at least as new.
    const summary = await summaryIfTold(api, stream, signal)
    const shards = await api.listShards(stream, { signal })
    const status = summary?.streamStatus
    if (status === 'DELETING') {
      throw new FailureError({
        kind: 'conflict',
        action: 'plan',
        message: `${stream.streamName} is being deleted`,
        retryable: false,
      })
    }
    const ranges = openRanges(shards)
    const index = ranges === undefined ? -1 : this.#layouts.findIndex(layout => isSameLayout(layout, ranges))
    const look: Look = {
      shards,
      ...(summary === undefined ? {} : { summary }),
      index: index < 0 ? undefined : index,
      isCoherent: ranges !== undefined,
      isSettled: status === undefined || status === 'ACTIVE',
    }
    this.#last = look
    return look
  }

  async *#told({ shards, summary }: Look): AsyncGenerator<Event> {
    const { stream } = this.#run
    const at = this.#context.clock.now()
    yield { type: 'shards-listed', stream, shards, at }
    if (summary !== undefined) yield { type: 'summary-described', stream, summary, at }
  }

  #counts({ shards, summary }: Look): string {
    const open = shards.filter(isOpen).length
    // What was said of the step is gone from a line that shows the last word only.
    const step = this.#asked > this.#done ? `step ${this.#done + 1} of ${this.#run.steps.length}, ` : ''
    return `${step}${summary?.streamStatus ?? 'status unknown'}: ${open} open, ${shards.length - open} closed, target ${this.#target()} open`
  }

  #target(): number {
    return this.#layouts.at(-1)?.length ?? 0
  }

  #strange(look: Look): FailureError {
    this.#isForeign = true
    const { stream } = this.#run
    const expected = this.#layouts[this.#done] ?? []
    const foreign = look.shards.find(
      shard => isOpen(shard) && !expected.some(range => isSameRange(range, shard.hashKeyRange)),
    )
    return new FailureError({
      kind: 'conflict',
      action: 'plan',
      message: look.isCoherent
        ? `somebody else resharded ${stream.streamName}${foreign === undefined ? '' : `: ${foreign.shardId} is not of this plan`}`
        : `the open shards of ${stream.streamName} do not cover the hash-key space`,
      retryable: false,
    })
  }

  #giveUpWhenStuck(failure: Failure | undefined): void {
    const seconds = Math.round(this.#run.patienceMillis / 1_000)
    if (this.#context.clock.now() - this.#progressAt < this.#run.patienceMillis) return
    throw new FailureError({
      kind: failure?.kind ?? 'incomplete',
      action: 'plan',
      message: `no progress for ${seconds} s${failure === undefined ? '' : `: ${failure.message}`}`,
      retryable: false,
    })
  }

  async #sleep(millis: number): Promise<void> {
    const { clock, signal } = this.#context
    await clock.sleep(millis, signal)
    throwIfAborted(signal)
  }

  /** The truth about where it stopped, also in the journal. */
  async stopped(cause: Failure): Promise<FailureError> {
    const { steps, journal, stream } = this.#run
    const open = this.#last?.shards.filter(isOpen).length
    const now = open === undefined ? '' : `, ${open} of ${this.#target()} shards open`
    const isPending = this.#asked > this.#done
    const pending = isPending ? ` Step ${this.#done + 1} was asked for and not seen done.` : ''
    const message = `stopped after ${this.#done} of ${steps.length} steps${now}: ${cause.message}.${pending}`
    let unsaid = ''
    try {
      const at = this.#context.clock.now()
      await journal.append({ kind: 'stopped', at, doneSteps: this.#done, reason: cause.message })
    } catch (error) {
      unsaid = ` The journal could not be written: ${failureOf(error, 'plan').message}.`
    }
    const again = this.#isForeign
      ? `Make a new plan from what is there now: shardscope plan ${stream.streamName}.`
      : `Go on with shardscope resume ${journal.planId}.`
    return new FailureError({
      ...cause,
      action: 'plan',
      message: `${message.replace('..', '.')}${unsaid}`,
      nextStep: [
        again,
        ...(cause.kind === 'quota' && cause.nextStep !== undefined ? [cause.nextStep] : []),
      ].join(' '),
      retryable: false,
    })
  }
}

/** The open shards that a step closes; a split names one, a merge the lower one first. */
function shardIdsOf(step: PlanStep, shards: readonly Shard[]): string[] {
  const ranges = step.kind === 'split' ? [step.range] : [step.lower, step.upper]
  return ranges.map(range => {
    const shard = shards.find(candidate => isOpen(candidate) && isSameRange(candidate.hashKeyRange, range))
    if (shard !== undefined) return shard.shardId
    throw new FailureError({
      kind: 'conflict',
      action: 'plan',
      message: `no open shard has the range ${range.startingHashKey}..${range.endingHashKey} any more`,
      retryable: false,
    })
  })
}

function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw new FailureError({
    kind: 'aborted',
    action: 'plan',
    message: 'called off',
    retryable: false,
  })
}
