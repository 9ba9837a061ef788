import { usageFailure } from '../domain/failure.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import { type PlanProgress, progressOf } from '../domain/plan/journal.ts'
import { forecastRanges, hottestOf, openRanges } from '../domain/plan/shard-plan.ts'
import { isSameLayout, isSameRange, layoutsAlong, type PlanStep, stepsBack } from '../domain/plan/steps.ts'
import { counted, shareText } from '../domain/quantity-text.ts'
import { isOpen } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import { type ActResult, type ActSteps, runAct } from './act.ts'
import type { Context, OutputRow } from './command.ts'
import { lookAtHeat } from './heat-look.ts'
import { conflict, summaryIfTold } from './look-up.ts'
import { withoutAbsent } from './output-rows.ts'
import { knownLoads, seenLoads } from './plan-making.ts'
import { runPlan } from './plan-runner.ts'
import { stepText } from './reshape-preview.ts'

type Work = {
  readonly stream: StreamRef
  readonly layout: readonly HashKeyRange[]
  readonly steps: readonly PlanStep[]
  readonly patienceSeconds: number
  readonly afterSeconds: number
  readonly targetUtilisation?: number
  readonly forecast?: readonly number[]
  /** Of a plan that is gone on with. */
  readonly planId?: string
  readonly streamCreatedAt?: number
  readonly commandId?: string
}

/** One plan from its journal's first line to what came of it. */
export function carriedOut(context: Context, work: Work): AsyncGenerator<Event> {
  const { stream, steps } = work
  const title = `${work.planId === undefined ? 'Carry out' : 'Go on with'} ${counted(steps.length, 'step')} on ${stream.streamName}`
  return runAct(
    context,
    { commandId: work.commandId ?? 'plan.make', title, action: 'plan' },
    async function* (): ActSteps {
      if (steps.length === 0) return { detail: 'the shards are as planned already; nothing was sent' }
      const journal = await journalFor(context, work)
      try {
        yield `plan ${journal.journal.planId}`
        const outcome = yield* runPlan(context, {
          stream,
          layout: work.layout,
          steps,
          journal: journal.journal,
          intendedSteps: journal.intendedSteps,
          doneSteps: journal.doneSteps,
          patienceMillis: work.patienceSeconds * 1_000,
        })
        const open = outcome.shards.filter(isOpen).length
        const observed = yield* heldBeside(context, work)
        return result(work, journal.journal.planId, open, observed)
      } finally {
        await journal.journal.close()
      }
    },
  )
}

async function journalFor(context: Context, work: Work): Promise<Begun> {
  const plans = context.kept?.plans
  if (plans === undefined) throw conflict('plan', 'a plan needs a journal, and there is no state folder')
  const { stream, layout, steps } = work
  if (work.planId !== undefined) {
    const { journal, entries } = await plans.reopen(work.planId)
    try {
      const progress = progressOf(entries)
      if (progress === undefined) throw conflict('plan', `the journal of plan ${work.planId} cannot be read`)
      const summary = await summaryIfTold(context.api, stream, context.signal)
      const createdAt = summary?.streamCreationTimestamp?.getTime()
      const isAnother = work.streamCreatedAt !== undefined && createdAt !== work.streamCreatedAt
      if (isAnother && createdAt !== undefined) {
        throw conflict(
          'plan',
          `${stream.streamName} was deleted and created anew since plan ${work.planId} was made`,
        )
      }
      return { journal, doneSteps: progress.doneSteps, intendedSteps: progress.intendedSteps }
    } catch (error) {
      // Held on to, it would keep this very console from another try.
      await journal.close()
      throw error
    }
  }
  const { session } = context.model()
  const summary = await summaryIfTold(context.api, stream, context.signal)
  const createdAt = summary?.streamCreationTimestamp?.getTime()
  const at = context.clock.now()
  const planId = `${stream.streamName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    // An id that began with a dash would be taken for a flag.
    .replace(/^-+/, '')
    .slice(0, 40)}-${at.toString(36)}${Math.floor(context.random() * 1_296)
    .toString(36)
    .padStart(2, '0')}`
  const journal = await plans.create({
    kind: 'planned',
    at,
    planId,
    stream,
    ...(createdAt === undefined ? {} : { streamCreatedAt: createdAt }),
    endpoint: session.endpoint.value,
    region: session.region.value,
    layout,
    steps,
    ...(work.targetUtilisation === undefined ? {} : { targetUtilisation: work.targetUtilisation }),
    ...(work.forecast === undefined ? {} : { forecast: work.forecast }),
  })
  return { journal, doneSteps: 0, intendedSteps: 0 }
}

type Begun = {
  readonly journal: Awaited<ReturnType<NonNullable<Context['kept']>['plans']['create']>>
  readonly doneSteps: number
  readonly intendedSteps: number
}

/** Utilisation of the new ranges as observed once the steps are done. */
async function* heldBeside(
  context: Context,
  { stream, afterSeconds, forecast }: Work,
): AsyncGenerator<string | Event, readonly number[] | undefined> {
  if (afterSeconds === 0 || forecast === undefined) return undefined
  yield `all steps are done; reading for ${counted(afterSeconds, 'second')} to hold the load beside the forecast`
  const looking = lookAtHeat(context, { stream, source: 'observed', seconds: afterSeconds, budget: {} })
  for (;;) {
    const step = await looking.next()
    if (step.done !== true) continue
    const looked = step.value
    if (looked?.heat === undefined) return undefined
    const shards = looked.snapshot.board.shards.map(({ shard }) => shard)
    const ranges = openRanges(shards)
    if (ranges === undefined) return undefined
    try {
      const loads = knownLoads(stream, shards, seenLoads(looked.heat, looked.snapshot.board.at).loads)
      return forecastRanges(ranges, loads).map(({ utilisation }) => utilisation)
    } catch {
      // Too little was read to tell: nothing is claimed then.
      return undefined
    }
  }
}

function result(
  work: Work,
  planId: string,
  openShardCount: number,
  observed: readonly number[] | undefined,
): ActResult {
  const { stream, steps, forecast, layout } = work
  const hottest = (values: readonly number[] | undefined) =>
    values === undefined ? undefined : hottestOf(values.map(utilisation => ({ utilisation })))
  const [expected, seen] = [hottest(forecast), hottest(observed)]
  const beside =
    seen === undefined || expected === undefined
      ? ''
      : `; hottest shard ${shareText(seen)} observed, ${shareText(expected)} forecast`
  const ranges = layoutsAlong(layout, steps).at(-1) ?? []
  const rows: OutputRow[] = ranges.map((range, index) =>
    withoutAbsent({
      type: 'result-range',
      streamName: stream.streamName,
      hashKeyRange: range,
      forecastUtilisation: forecast?.[index],
      observedUtilisation: observed?.[index],
    }),
  )
  return {
    detail: `${stream.streamName} has ${openShardCount} open shards, as planned${beside}. The way back: shardscope plan ${stream.streamName} --back ${planId}`,
    rows: [
      withoutAbsent({
        type: 'result',
        planId,
        streamName: stream.streamName,
        doneSteps: steps.length,
        stepCount: steps.length,
        openShardCount,
        hottestForecast: expected,
        hottestObserved: seen,
      }),
      ...rows,
    ],
  }
}

/** The steps that undo a plan, as far as it got. */
export async function backPlan(context: Context, stream: StreamRef, planId: string) {
  const { planned } = await progressOfPlan(context, planId)
  if (planned.stream.streamName !== stream.streamName) {
    throw usageFailure('plan', `plan ${planId} is about ${planned.stream.streamName}`, `Name that stream.`)
  }
  const shards = await context.api.listShards(stream, { signal: context.signal })
  const now = openRanges(shards) ?? []
  const along = layoutsAlong(planned.layout, planned.steps)
  const at = along.findIndex(layout => isSameLayout(layout, now))
  if (at < 0) {
    const foreign = now.find(range => !along.some(layout => layout.some(held => isSameRange(held, range))))
    throw conflict(
      'plan',
      `the shards of ${stream.streamName} are not as plan ${planId} left them${foreign === undefined ? '' : `: ${foreign.startingHashKey}..${foreign.endingHashKey} is not of it`}`,
      `Make a new plan: shardscope plan ${stream.streamName}.`,
    )
  }
  const steps = stepsBack(planned.steps.slice(0, at))
  return {
    layout: now,
    steps,
    preview: {
      title: `The way back of plan ${planId}: ${counted(steps.length, 'step')}`,
      before: now.map(range => ({ range })),
      after: planned.layout.map(range => ({ range })),
      sections: [{ heading: 'Steps', lines: steps.map((step, index) => `${index + 1}. ${stepText(step)}`) }],
      awsCli: [],
    },
  }
}

export async function progressOfPlan(context: Context, planId: string): Promise<PlanProgress> {
  const plans = context.kept?.plans
  if (plans === undefined) throw conflict('plan', 'there is no state folder to look for plans in')
  const progress = progressOf(await plans.read(planId))
  if (progress !== undefined) return progress
  throw conflict('plan', `the journal of plan ${planId} cannot be read`)
}

export async function listed(context: Context): Promise<readonly PlanProgress[]> {
  return ((await context.kept?.plans.list()) ?? []).flatMap(entries => progressOf(entries) ?? [])
}
