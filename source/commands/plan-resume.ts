import { shareText } from '../domain/quantity-text.ts'
import type { Event } from '../state/event.ts'
import { defineCommand, type OutputColumn } from './command.ts'
import { durationSeconds } from './heat-arguments.ts'
import { conflict } from './look-up.ts'
import { actRows, withoutAbsent } from './output-rows.ts'
import { AFTER, PATIENCE, planScreenOf } from './plan-arguments.ts'
import { carriedOut, listed, progressOfPlan } from './plan-work.ts'
import { stepText } from './reshape-preview.ts'

const percent = (value: unknown): string => shareText(value as number | undefined)
const RESULT_COLUMNS: readonly OutputColumn[] = [
  { key: 'type', header: 'WHAT' },
  { key: 'planId', header: 'PLAN' },
  { key: 'openShardCount', header: 'OPEN SHARDS', align: 'right' },
  { key: 'forecastUtilisation', header: 'FORECAST', align: 'right', text: percent },
  { key: 'observedUtilisation', header: 'OBSERVED', align: 'right', text: percent },
]

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
          heading: 'So far',
          lines: [`${doneSteps} of ${planned.steps.length} steps done, by the journal; ${state}.`],
        },
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
    const { screens } = context.model()
    if (context.terminal !== undefined && screens.at(-1)?.screen !== 'plan')
      yield planScreenOf(planned.stream)
    yield* carriedOut(context, {
      commandId: 'plan.resume',
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
    if (rows.length === 0) {
      const text = 'No plan was begun on this machine. Make one with shardscope plan STREAM --run.'
      yield { type: 'noticed', notice: { level: 'info', text, at: context.clock.now() } }
    }
    yield { type: 'rows-told', rows }
  },
})
