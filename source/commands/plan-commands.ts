import { FailureError, failureOf } from '../domain/failure.ts'
import type { LoadBasis } from '../domain/plan/load-basis.ts'
import { counted } from '../domain/quantity-text.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import { type Context, defineCommand } from './command.ts'
import { BUDGET_ARGUMENTS, budgetOf, durationSeconds, STREAM_ARGUMENT, shareOf } from './heat-arguments.ts'
import { lookAtHeat } from './heat-look.ts'
import { conflict } from './look-up.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { AFTER, PATIENCE, planScreenOf } from './plan-arguments.ts'
import { makePlan, type SeenLoads, seenLoads, unreachableOf, waysOutOf } from './plan-making.ts'
import { planLines, planRows } from './plan-rows.ts'
import { backPlan, carriedOut } from './plan-work.ts'

const TARGET = {
  kind: 'text',
  title: 'Highest use of a shard that is wanted, of its write limits',
  defaultText: '70%',
} as const

/** Read after the last step in the console, to hold what came beside the forecast. */
const CONSOLE_AFTER_SECONDS = 30

/** Typed by whoever takes a plan that misses its target. */
const BEST_POSSIBLE = 'best possible'

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
    basis: {
      kind: 'choice',
      title: 'Plan for the average of the window, or for the busiest second of each shard',
      choices: ['average', 'peak'],
      defaultText: 'average',
    },
    ...BUDGET_ARGUMENTS,
    run: { kind: 'flag', title: 'Carry the plan out, one step at a time', only: 'headless' },
    bestPossible: {
      kind: 'flag',
      title: 'Take the best plan there is where the target cannot be reached',
      only: 'headless',
    },
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
    if (context.terminal !== undefined) yield planScreenOf(stream)
    const basis = basisOf(args.basis)
    const look = { stream, seconds, budget, targetUtilisation, basis }
    let made: MadePlan
    try {
      made = (await planFromHeld(context, look, held)) ?? (yield* planFromLook(context, look))
    } catch (error) {
      // A screen that goes on saying that it reads would be untrue.
      if (context.terminal !== undefined && context.model().screens.at(-1)?.screen === 'plan') {
        yield { type: 'screen-closed' }
      }
      throw error
    }
    const { view, facts } = made
    yield { type: 'plan-made', view }
    const unreachable = unreachableOf(view)
    if (unreachable !== undefined && context.terminal === undefined && !args.bestPossible) {
      throw new FailureError({
        kind: 'over-limit',
        action: 'plan',
        message: unreachable.replace(/\.$/, ''),
        nextStep: `Nothing was changed. ${waysOutOf(view)} a higher --target, or add --best-possible for the plan as it is.`,
        retryable: false,
      })
    }
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

type MadePlan = Awaited<ReturnType<typeof makePlan>>
type LookWish = {
  readonly stream: StreamRef
  readonly seconds: number
  readonly budget: ReturnType<typeof budgetOf>
  readonly targetUtilisation: number
  readonly basis: LoadBasis
}

/** From what the heat on screen has seen; undefined where that is not all of the stream yet. */
async function planFromHeld(
  context: Context,
  { stream, targetUtilisation, basis }: LookWish,
  held: SeenLoads | undefined,
): Promise<MadePlan | undefined> {
  if (held === undefined) return undefined
  try {
    return await makePlan(context, stream, held, targetUtilisation, basis)
  } catch (error) {
    if (failureOf(error, 'plan').kind === 'incomplete') return undefined
    throw error
  }
}

/** From a look of its own. Yields what the look tells. */
async function* planFromLook(context: Context, wish: LookWish): AsyncGenerator<Event, MadePlan> {
  const { stream, seconds, budget, targetUtilisation, basis } = wish
  const looking = lookAtHeat(context, { stream, source: 'observed', seconds, budget })
  for (;;) {
    const step = await looking.next()
    if (step.done !== true) {
      if (step.value.type === 'heat-failed') throw new FailureError(step.value.failure)
      yield step.value
      continue
    }
    if (step.value?.heat === undefined) throw new Error('a look that failed without saying so')
    const seen = seenLoads(step.value.heat, step.value.snapshot.board.at, seconds)
    return makePlan(context, stream, seen, targetUtilisation, basis)
  }
}

async function planFor(
  args: {
    readonly stream: StreamRef
    readonly target: string
    readonly for: string
    readonly basis: string
    readonly reads: string
    readonly readShare: string
  },
  context: Context,
): Promise<MadePlan> {
  const looking = planFromLook(context, {
    stream: args.stream,
    seconds: durationSeconds('plan', args.for, 60),
    budget: budgetOf('plan', args),
    targetUtilisation: shareOf('plan', 'target', args.target, 1),
    basis: basisOf(args.basis),
  })
  for (;;) {
    const step = await looking.next()
    if (step.done === true) return step.value
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
    return model.acts.some(
      ({ commandId, state }) =>
        (commandId === 'plan.run' || commandId === 'plan.resume') && state === 'running',
    )
      ? 'a plan is being carried out'
      : undefined
  },
  confirm: (_, { plan }) => {
    if (plan === undefined) return { lines: [] }
    const unreachable = unreachableOf(plan)
    return {
      lines: [
        ...(unreachable === undefined ? [] : [`WARNING: ${unreachable}`]),
        `Carry out ${counted(plan.plan.steps.length, 'step')} on ${plan.stream.streamName}, one at a time.`,
        'It can be called off between steps, and begun again where it stopped.',
      ],
      // What --best-possible is to a shell: nobody takes a plan that misses its target by a habit of the hand.
      ...(unreachable === undefined ? {} : { requiredText: BEST_POSSIBLE }),
    }
  },
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
      afterSeconds: CONSOLE_AFTER_SECONDS,
      targetUtilisation: view.plan.targetUtilisation,
      forecast: view.plan.after.map(({ utilisation }) => utilisation),
      commandId: 'plan.run',
    })
  },
})

const basisOf = (text: string): LoadBasis => (text === 'peak' ? 'peak' : 'average')

/** A minute of reading for a plan that may not be run would be for nothing. */
function refuseReadOnly(context: Context): void {
  const { isArmed, guard } = context.model().session
  if (isArmed) return
  const lock = guard?.lockReason
  throw new FailureError({
    kind: 'read-only',
    action: 'plan',
    message: `${lock ?? 'the session is read-only'}, so the plan could not be carried out`,
    nextStep:
      lock === undefined
        ? 'Arm the session first, if you mean to change something.'
        : 'Leave --run out to see the plan alone, or begin without that lock.',
    retryable: false,
  })
}
