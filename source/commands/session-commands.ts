import type { Event } from '../state/event.ts'
import type { Model, SessionInfo } from '../state/model.ts'
import { type Command, defineCommand } from './command.ts'

/** Whom the console works as, where, and whether it may change anything. */
export const SESSION_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'session.switch-profile',
    title: 'Switch to another AWS profile',
    hint: 'profile',
    group: 'session',
    keys: ['P'],
    where: 'everywhere',
    effect: 'view',
    args: {
      profile: { kind: 'text', title: 'Name of a profile in the shared AWS config files', required: true },
    },
    suggest: async ({ session }) => ({ profile: await session.profiles() }),
    async *run({ profile }, { session, clock, model }) {
      await session.switchTo({ profile: profile.trim() })
      yield noticeOf(`Now on profile ${profile.trim()}, ${placeOf(model().session)}, read-only.`, clock.now())
    },
  }),
  defineCommand({
    id: 'session.switch-region',
    title: 'Switch to another AWS region',
    hint: 'region',
    group: 'session',
    keys: ['R'],
    where: 'everywhere',
    effect: 'view',
    args: { region: { kind: 'text', title: 'Region code, e.g. eu-west-1', required: true } },
    unavailable: model =>
      model.session.isSandbox ? 'the sandbox has one region; switch to a profile to go to AWS' : undefined,
    suggest: async ({ session }) => ({ region: session.regions() }),
    async *run({ region }, { session, clock, model }) {
      await session.switchTo({ region: region.trim() })
      yield noticeOf(`Now in ${placeOf(model().session)}, read-only.`, clock.now())
    },
  }),
  defineCommand({
    id: 'session.toggle-arming',
    title: 'Allow writes in this session, or forbid them again',
    hint: 'arm',
    group: 'session',
    keys: ['W'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    unavailable: ({ session }) => session.guard?.lockReason,
    confirm: (_, model) => armingConfirmation(model),
    run: (_, { session, model, clock }): readonly Event[] => {
      const isArmed = !model().session.isArmed
      session.setArmed(isArmed)
      const text = isArmed
        ? `Armed: acts can change streams in ${placeOf(model().session)}.`
        : 'Read-only: nothing can be changed until it is armed again.'
      return [{ type: 'noticed', notice: { level: isArmed ? 'warning' : 'success', text, at: clock.now() } }]
    },
  }),
]

/** Disarming needs no question unless something of ours is left by it, nor does the sandbox; on AWS a word must be typed, since a key is pressed too easily. */
function armingConfirmation({ session, screens, tail }: Model): {
  readonly lines: readonly string[]
  readonly requiredText?: string
} {
  const hasConsumer = screens.some(screen => screen.screen === 'tail' && screen.isFanOut === true)
  if (session.isArmed && hasConsumer && tail?.phase !== 'failed' && tail?.phase !== 'finished') {
    return {
      lines: [
        'Forbid writes: the consumer of the tail with enhanced fan-out can then not be taken away, and goes on costing.',
        'Leave that tail first.',
      ],
    }
  }
  if (session.isArmed || session.isSandbox) return { lines: [] }
  const lines = [
    `Allow this session to change streams: ${placeOf(session)}.`,
    'Each act still shows what it will do and asks before it does it.',
  ]
  return session.isCustomEndpoint ? { lines } : { lines, requiredText: 'arm' }
}

function placeOf({ region, endpoint, accountId, isSandbox, isCustomEndpoint }: SessionInfo): string {
  if (isSandbox) return 'the sandbox'
  const account = accountId === undefined ? '' : `, account ${accountId.value}`
  return `${region.value}${account}${isCustomEndpoint ? ` at ${endpoint.value}` : ''}`
}

function noticeOf(text: string, at: number): Event {
  return { type: 'noticed', notice: { level: 'success', text, at } }
}
