import { FailureError, usageFailure } from '../domain/failure.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import { type PlanProgress, progressOf } from '../domain/plan/journal.ts'
import { forecastRanges, hottestOf, openRanges } from '../domain/plan/shard-plan.ts'
import { isSameLayout, isSameRange, layoutsAlong, type PlanStep, stepsBack } from '../domain/plan/steps.ts'
import { counted, shareText } from '../domain/quantity-text.ts'
import { isOpen } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import { type ActResult, type ActSteps, runAct } from './act.ts'
import { type Context, defineCommand, type OutputColumn, type OutputRow } from './command.ts'
import { BUDGET_ARGUMENTS, budgetOf, durationSeconds, STREAM_ARGUMENT, shareOf } from './heat-arguments.ts'
import { lookAtHeat } from './heat-look.ts'
import { conflict, summaryIfTold } from './look-up.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows, withoutAbsent } from './output-rows.ts'
import { knownLoads, makePlan, seenLoads } from './plan-making.ts'
import { planLines, planRows } from './plan-rows.ts'
import { runPlan } from './plan-runner.ts'
import { stepText } from './reshape-preview.ts'

const TARGET = {
  kind: 'text',
  title: 'Highest use of a shard that is wanted, of its write limits',
  defaultText: '70%',
} as const
const PATIENCE = {
  kind: 'count',
  title: 'Seconds without any progress after which it stops',
  defaultText: '600',
  min: 1,
  only: 'headless',
} as const
const AFTER = {
  kind: 'text',
  title: 'How long to read after the last step, to hold what came beside the forecast; 0 reads nothing',
  defaultText: '30s',
  only: 'headless',
} as const

const percent = (value: unknown): string => shareText(value as number | undefined)
const RESULT_COLUMNS: readonly OutputColumn[] = [
  { key: 'type', header: 'WHAT' },
  { key: 'planId', header: 'PLAN' },
  { key: 'openShardCount', header: 'OPEN SHARDS', align: 'right' },
  { key: 'forecastUtilisation', header: 'FORECAST', align: 'right', text: percent },
  { key: 'observedUtilisation', header: 'OBSERVED', align: 'right', text: percent },
]

/** Plans from traffic; with `--run` it carries the plan out. */
export const makeShardPlan = defineCommand({
  id: 'plan.make',
  title: 'Plan the shards by load: the fewest that stay under a target, and the fewest steps to them',
  hint: 'plan',
  group: 'shard',
  keys: ['a'],
  where: ['shards', 'board', 'shard-heat', 'what-if'],
  effect: 'read',
  args: {
    stream: STREAM_ARGUMENT,
    target: TARGET,
    for: { kind: 'text', title: 'How long to look first, such as 30s or 5m', defaultText: '60s' },
    ...BUDGET_ARGUMENTS,
    run: { kind: 'flag', title: 'Carry the plan out, one step at a time', only: 'headless' },
    back: {
      kind: 'text',
      title: 'Undo the plan of this id instead: its steps from the last to the first',
      only: 'headless',
    },
    after: AFTER,
    timeout: PATIENCE,
  },
  prefill: streamOnScreen,
  headless: {
    name: 'plan',
    isAct: true,
    columns: [],
    rows: event => (event.type === 'plan-made' ? planRows(event.view) : actRows(event)),
    lines: (event, columns) => (event.type === 'plan-made' ? planLines(event.view, columns) : undefined),
  },
  preview: async (args, context) => {
    if (args.back !== undefined) return (await backPlan(context, args.stream, args.back)).preview
    return (await planFor(args, context)).view.preview
  },
  async *run(args, context): AsyncGenerator<Event> {
    const { stream } = args
    const seconds = durationSeconds('plan', args.for, 60)
    const targetUtilisation = shareOf('plan', 'target', args.target, 1)
    const afterSeconds = args.after === '0' ? 0 : durationSeconds('plan', args.after, 30)
    const budget = budgetOf('plan', args)
    if (args.run || args.back !== undefined) refuseReadOnly(context)
    if (args.back !== undefined) {
      const { layout, steps } = await backPlan(context, stream, args.back)
      yield* carriedOut(context, { stream, layout, steps, patienceSeconds: args.timeout, afterSeconds })
      return
    }
    // Before the screen of the plan is opened: with it the heat goes out of sight, and is let go.
    const held = context.terminal === undefined ? undefined : context.observedLoads?.(stream)
    if (context.terminal !== undefined) yield opened(stream)
    let seen = held
    if (seen === undefined) {
      const looked = yield* lookAtHeat(context, { stream, source: 'observed', seconds, budget })
      if (looked?.heat === undefined) return
      seen = seenLoads(looked.heat, looked.snapshot.board.at, seconds)
    }
    const { view, facts } = await makePlan(context, stream, seen, targetUtilisation)
    yield { type: 'plan-made', view }
    if (!args.run) return
    yield* carriedOut(context, {
      stream,
      layout: facts.ranges,
      steps: view.plan.steps,
      patienceSeconds: args.timeout,
      afterSeconds,
      targetUtilisation,
      forecast: view.plan.after.map(({ utilisation }) => utilisation),
    })
  },
})

async function planFor(
  args: {
    readonly stream: StreamRef
    readonly target: string
    readonly for: string
    readonly reads: string
    readonly readShare: string
  },
  context: Context,
) {
  const look = {
    stream: args.stream,
    source: 'observed',
    seconds: durationSeconds('plan', args.for, 60),
    budget: budgetOf('plan', args),
  } as const
  const targetUtilisation = shareOf('plan', 'target', args.target, 1)
  const looking = lookAtHeat(context, look)
  for (;;) {
    const step = await looking.next()
    if (step.done !== true) {
      if (step.value.type === 'heat-failed') throw new FailureError(step.value.failure)
      continue
    }
    if (step.value?.heat === undefined) throw new Error('a look that failed without saying so')
    const seen = seenLoads(step.value.heat, step.value.snapshot.board.at, look.seconds)
    return makePlan(context, args.stream, seen, targetUtilisation)
  }
}

/** Carries out what the plan screen shows. */
export const runShardPlan = defineCommand({
  id: 'plan.run',
  title: 'Carry the plan on screen out, one split or merge at a time',
  hint: 'run plan',
  group: 'shard',
  keys: ['X'],
  where: ['plan'],
  effect: 'write',
  args: {},
  unavailable: model => {
    if (model.plan === undefined) return 'there is no plan yet'
    if (model.plan.plan.steps.length === 0) return 'the shards are as planned already'
    return model.acts.some(act => act.commandId === 'plan.run' && act.state === 'running')
      ? 'a plan is being carried out'
      : undefined
  },
  confirm: (_, { plan }) => ({
    lines:
      plan === undefined
        ? []
        : [
            `Carry out ${counted(plan.plan.steps.length, 'step')} on ${plan.stream.streamName}, one at a time.`,
            'It can be called off between steps, and begun again where it stopped.',
          ],
  }),
  preview: async (_, { model }) => {
    const { plan } = model()
    if (plan === undefined) throw conflict('plan', 'there is no plan yet')
    return plan.preview
  },
  async *run(_, context): AsyncGenerator<Event> {
    const { plan: view } = context.model()
    if (view === undefined) return
    yield* carriedOut(context, {
      stream: view.stream,
      layout: view.plan.before.map(({ range }) => range),
      steps: view.plan.steps,
      patienceSeconds: Number(PATIENCE.defaultText),
      afterSeconds: 0,
      targetUtilisation: view.plan.targetUtilisation,
      forecast: view.plan.after.map(({ utilisation }) => utilisation),
      commandId: 'plan.run',
    })
  },
})

/** Goes on with a plan that was interrupted, also in another process. */
export const resumePlan = defineCommand({
  id: 'plan.resume',
  title: 'Go on with a plan that was stopped or interrupted, from its journal',
  hint: 'resume plan',
  group: 'shard',
  keys: [],
  where: ['streams', 'shards', 'board', 'plan'],
  effect: 'write',
  args: {
    plan: { kind: 'text', title: 'Id of the plan, as plans lists it', required: true, positional: true },
    after: AFTER,
    timeout: PATIENCE,
  },
  suggest: async context => ({
    plan: (await listed(context))
      .filter(({ state }) => state !== 'finished')
      .map(({ planned }) => planned.planId),
  }),
  confirm: ({ plan }) => ({ lines: [`Go on with plan ${plan} where it stopped.`] }),
  headless: { name: 'resume', columns: RESULT_COLUMNS, rows: actRows },
  preview: async ({ plan }, context) => {
    const { planned, doneSteps, state } = await progressOfPlan(context, plan)
    const rest = planned.steps.slice(doneSteps)
    return {
      title: `Plan ${plan} of ${planned.stream.streamName}: ${doneSteps} of ${planned.steps.length} steps done, ${state}`,
      sections: [
        {
          heading: 'Steps left',
          lines: rest.map((step, index) => `${doneSteps + index + 1}. ${stepText(step)}`),
        },
      ],
      awsCli: [],
    }
  },
  async *run({ plan, after, timeout }, context): AsyncGenerator<Event> {
    const { planned } = await progressOfPlan(context, plan)
    const session = context.model().session
    if (planned.endpoint !== session.endpoint.value || planned.region !== session.region.value) {
      throw conflict(
        'plan',
        `plan ${plan} belongs to ${planned.endpoint} in ${planned.region}, and this session is at ${session.endpoint.value} in ${session.region.value}`,
        `Add --endpoint-url ${planned.endpoint} --region ${planned.region}, or the profile it was made with.`,
      )
    }
    const afterSeconds = after === '0' ? 0 : durationSeconds('plan', after, 30)
    yield* carriedOut(context, {
      stream: planned.stream,
      layout: planned.layout,
      steps: planned.steps,
      patienceSeconds: timeout,
      afterSeconds,
      planId: plan,
      ...(planned.forecast === undefined ? {} : { forecast: planned.forecast }),
      ...(planned.streamCreatedAt === undefined ? {} : { streamCreatedAt: planned.streamCreatedAt }),
    })
  },
})

/** The journals on this machine. */
export const listPlans = defineCommand({
  id: 'plan.list',
  title: 'List the plans that were begun on this machine, newest first',
  group: 'shard',
  keys: [],
  where: [],
  effect: 'read',
  args: {},
  headless: {
    name: 'plans',
    isOffline: true,
    columns: [
      { key: 'planId', header: 'PLAN' },
      { key: 'streamName', header: 'STREAM' },
      { key: 'state', header: 'STATE' },
      { key: 'doneSteps', header: 'DONE', align: 'right' },
      { key: 'stepCount', header: 'STEPS', align: 'right' },
      { key: 'at', header: 'BEGUN', text: value => (value as Date).toISOString() },
      { key: 'reason', header: 'WHY STOPPED' },
    ],
    rows: event => (event.type === 'rows-told' ? event.rows : []),
  },
  async *run(_, context): AsyncGenerator<Event> {
    const rows = (await listed(context)).map(({ planned, doneSteps, state, reason }) =>
      withoutAbsent({
        planId: planned.planId,
        streamName: planned.stream.streamName,
        endpoint: planned.endpoint,
        region: planned.region,
        state,
        doneSteps,
        stepCount: planned.steps.length,
        at: new Date(planned.at),
        reason: state === 'stopped' ? reason : undefined,
      }),
    )
    yield { type: 'rows-told', rows }
  },
})

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
function carriedOut(context: Context, work: Work): AsyncGenerator<Event> {
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
    const progress = progressOf(entries)
    if (progress === undefined) throw conflict('plan', `the journal of plan ${work.planId} cannot be read`)
    const summary = await summaryIfTold(context.api, stream, context.signal)
    const createdAt = summary?.streamCreationTimestamp?.getTime()
    if (work.streamCreatedAt !== undefined && createdAt !== undefined && createdAt !== work.streamCreatedAt) {
      await journal.close()
      throw conflict(
        'plan',
        `${stream.streamName} was deleted and created anew since plan ${work.planId} was made`,
      )
    }
    return { journal, doneSteps: progress.doneSteps, intendedSteps: progress.intendedSteps }
  }
  const { session } = context.model()
  const summary = await summaryIfTold(context.api, stream, context.signal)
  const createdAt = summary?.streamCreationTimestamp?.getTime()
  const at = context.clock.now()
  const planId = `${stream.streamName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
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
async function backPlan(context: Context, stream: StreamRef, planId: string) {
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

async function progressOfPlan(context: Context, planId: string): Promise<PlanProgress> {
  const plans = context.kept?.plans
  if (plans === undefined) throw conflict('plan', 'there is no state folder to look for plans in')
  const progress = progressOf(await plans.read(planId))
  if (progress !== undefined) return progress
  throw conflict('plan', `the journal of plan ${planId} cannot be read`)
}

async function listed(context: Context): Promise<readonly PlanProgress[]> {
  return ((await context.kept?.plans.list()) ?? []).flatMap(entries => progressOf(entries) ?? [])
}

/** A minute of reading for a plan that may not be run would be for nothing. */
function refuseReadOnly(context: Context): void {
  if (context.model().session.isArmed) return
  throw new FailureError({
    kind: 'read-only',
    action: 'plan',
    message: 'the session is read-only, so the plan could not be carried out',
    nextStep: 'Arm the session first, if you mean to change something.',
    retryable: false,
  })
}

function opened(stream: StreamRef): Event {
  return { type: 'screen-opened', screen: { screen: 'plan', stream, scroll: 0 } }
}
