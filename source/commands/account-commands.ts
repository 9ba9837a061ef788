import { type ActSteps, runAct } from './act.ts'
import { defineCommand } from './command.ts'
import { actRows, withoutAbsent } from './output-rows.ts'
import { controlOf, settingPreview } from './setting-act.ts'

/** The word that is to be typed: no stream is meant, and every stream is. */
const ACCOUNT_WORD = 'whole-account'

export const setCommitment = defineCommand({
  id: 'account.set-commitment',
  title: 'Switch the billing commitment of the WHOLE ACCOUNT for on-demand streams on or off',
  hint: 'commitment',
  group: 'session',
  keys: [],
  where: ['streams'],
  effect: 'write',
  args: {
    state: {
      kind: 'choice',
      title: 'on or off',
      choices: ['on', 'off'],
      required: true,
      positional: true,
    },
  },
  confirm: ({ state }) => ({ lines: commitmentLines(state), requiredText: ACCOUNT_WORD }),
  headless: {
    name: 'commitment',
    columns: [
      { key: 'commitmentStatus', header: 'BILLING COMMITMENT' },
      { key: 'earliestAllowedEndAt', header: 'CAN END AT', text: timeText },
    ],
    rows: actRows,
  },
  preview: ({ state }, context) =>
    settingPreview(context, undefined, {
      title: `Billing commitment of the whole account: ${state}`,
      lines: () => commitmentLines(state),
      calls: [
        {
          operation: 'UpdateAccountSettings',
          streamMember: null,
          input: { MinimumThroughputBillingCommitment: { Status: state === 'on' ? 'ENABLED' : 'DISABLED' } },
        },
      ],
    }),
  run: ({ state }, context) =>
    runAct(
      context,
      {
        commandId: 'account.set-commitment',
        title: `Billing commitment of the whole account: ${state}`,
        action: 'UpdateAccountSettings',
      },
      // biome-ignore lint/correctness/useYield: one call has no steps to tell of
      async function* (): ActSteps {
        const settings = await controlOf(context).updateBillingCommitment(state === 'on', {
          signal: context.signal,
        })
        return {
          detail: `the billing commitment is ${settings.commitmentStatus ?? 'not told'}`,
          rows: [withoutAbsent({ ...settings })],
        }
      },
    ),
})

function commitmentLines(state: string): string[] {
  return state === 'on'
    ? [
        'THIS IS NOT ABOUT ONE STREAM: it changes the billing of EVERY on-demand stream in this account and region.',
        'At least 25 MiB/s in and 25 MiB/s out are billed from then on, used or not: about $100 a day at list price.',
        'It lasts 24 hours at least. In return bytes are cheaper and warm throughput can be set.',
      ]
    : [
        'THIS IS NOT ABOUT ONE STREAM: every on-demand stream in this account and region goes back to standard prices.',
        'Warm throughput is given up. Before 24 hours are over the commitment ends only then.',
      ]
}

function timeText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : '-'
}

export const showLimits = defineCommand({
  id: 'account.limits',
  title: 'Show how many shards and on-demand streams the account has and may have',
  group: 'session',
  keys: [],
  where: ['streams'],
  effect: 'read',
  args: {},
  headless: {
    name: 'limits',
    columns: [
      { key: 'openShardCount', header: 'OPEN SHARDS', align: 'right' },
      { key: 'shardLimit', header: 'LIMIT', align: 'right' },
      { key: 'onDemandStreamCount', header: 'ON-DEMAND STREAMS', align: 'right' },
      { key: 'onDemandStreamCountLimit', header: 'LIMIT', align: 'right' },
    ],
    rows: event => (event.type === 'rows-told' ? event.rows : []),
  },
  async *run(_, context) {
    const limits = await controlOf(context).describeLimits({ signal: context.signal })
    yield { type: 'rows-told', rows: [withoutAbsent({ ...limits })] }
    const { openShardCount, shardLimit, onDemandStreamCount, onDemandStreamCountLimit } = limits
    const text = `Shards: ${openShardCount ?? '-'} of ${shardLimit ?? '-'} open. On-demand streams: ${onDemandStreamCount ?? '-'} of ${onDemandStreamCountLimit ?? '-'}.`
    if (context.terminal !== undefined) {
      yield { type: 'noticed', notice: { level: 'info', text, at: context.clock.now() } }
    }
  },
})

export const showAccount = defineCommand({
  id: 'account.settings',
  title: 'Show the account-wide settings: the billing commitment of on-demand streams',
  group: 'session',
  keys: [],
  where: ['streams'],
  effect: 'read',
  args: {},
  headless: {
    name: 'account',
    columns: [
      { key: 'commitmentStatus', header: 'BILLING COMMITMENT' },
      { key: 'startedAt', header: 'SINCE', text: timeText },
      { key: 'earliestAllowedEndAt', header: 'CAN END AT', text: timeText },
    ],
    rows: event => (event.type === 'rows-told' ? event.rows : []),
  },
  async *run(_, context) {
    const settings = await controlOf(context).describeAccountSettings({ signal: context.signal })
    yield { type: 'rows-told', rows: [withoutAbsent({ ...settings })] }
    if (context.terminal !== undefined) {
      const text = `Billing commitment of the account: ${settings.commitmentStatus ?? 'not told'}.`
      yield { type: 'noticed', notice: { level: 'info', text, at: context.clock.now() } }
    }
  },
})
