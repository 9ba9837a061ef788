import type { Event } from '../state/event.ts'
import type { Model } from '../state/model.ts'
import { isListScreen, topScreen } from '../state/selection.ts'
import { isSearching } from '../state/update-tail.ts'
import { type Command, defineCommand } from './command.ts'

/** What holds on every screen. */
export const GENERAL_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'view.back',
    title: 'Clear the filter, else go back to the screen before',
    hint: 'back',
    group: 'navigate',
    keys: ['escape', 'h', 'backspace'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    unavailable: model =>
      model.screens.length === 1 && model.notice === undefined && !hasFilter(model)
        ? 'this is the first screen'
        : undefined,
    run: (_, { model }) => backEvents(model()),
  }),
  defineCommand({
    id: 'view.refresh',
    title: 'Fetch what this screen shows anew; expired credentials too',
    hint: 'refresh',
    group: 'view',
    keys: ['r', 'ctrl+r'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    run: (_, { model, session }) => {
      const { streams, shards, summaries, tail, heat, readers } = model()
      const failures = [streams, ...shards.values(), ...summaries.values()].map(fetched => fetched.failure)
      const others = [tail, heat, readers].map(state => state?.failure)
      const tried = [tail?.retriedFailure, heat?.snapshot?.trouble]
      const isExpired = [...failures, ...others, ...tried].some(
        failure => failure?.kind === 'credentials' || failure?.kind === 'expired-token',
      )
      if (isExpired) session.reloadCredentials?.()
      const notice = { level: 'info', text: 'Asking for fresh data.', at: 0, isUntilAnswer: true } as const
      return [{ type: 'refresh-requested' }, { type: 'noticed', notice }]
    },
  }),
  defineCommand({
    id: 'view.calls',
    title: 'Show the log of API calls and messages',
    hint: 'calls',
    group: 'view',
    keys: ['L'],
    where: [
      'streams',
      'shards',
      'board',
      'keys',
      'shard-heat',
      'what-if',
      'plan',
      'readers',
      'reader',
      'consumers',
      'policy',
      'estimate',
      'services',
      'service',
      'tail',
      'record',
    ],
    effect: 'view',
    args: {},
    run: () => [{ type: 'screen-opened', screen: { screen: 'calls', scroll: 0 } }],
  }),
  defineCommand({
    id: 'act.stop',
    title: 'Call off what is running: traffic, a plan between two steps, a wait for an effect',
    hint: 'stop',
    group: 'view',
    keys: ['Z'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    unavailable: model =>
      model.acts.some(act => act.state === 'running') ? undefined : 'nothing is running',
    run: (_, { stopActs }) => {
      stopActs?.()
      return []
    },
  }),
  defineCommand({
    id: 'view.palette',
    title: 'Find a command by what it does',
    hint: 'commands',
    group: 'view',
    keys: [':'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    run: () => [{ type: 'dialog-opened', dialog: { dialog: 'palette', text: '', cursor: 0, selected: 0 } }],
  }),
  defineCommand({
    id: 'view.help',
    title: 'Show all keys, those of this screen first',
    hint: 'help',
    group: 'view',
    keys: ['?'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    run: () => [{ type: 'dialog-opened', dialog: { dialog: 'help', scroll: 0 } }],
  }),
  defineCommand({
    id: 'view.toggle-mouse',
    title: 'Use the mouse, or leave it to the terminal: wheel, rows, the keys in the last line',
    group: 'view',
    keys: [],
    where: 'everywhere',
    effect: 'view',
    args: {},
    run: (_, { terminal }) => {
      const isOn = terminal?.toggleMouse?.() === true
      const text = isOn
        ? 'The mouse is on; most terminals still select text while Shift is held.'
        : 'The mouse belongs to the terminal.'
      return [{ type: 'noticed', notice: { level: 'info', text, at: 0 } }]
    },
  }),
  defineCommand({
    id: 'view.say',
    title: 'With --screen-reader: say all that is on screen, and the keys of this moment',
    group: 'view',
    keys: [';'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    run: (_, { terminal }) => {
      if (terminal?.sayAll !== undefined) {
        terminal.sayAll()
        return []
      }
      const text = 'The console is drawn, not said: shardscope --screen-reader says it in plain sentences.'
      return [{ type: 'noticed', notice: { level: 'info', text, at: 0 } }]
    },
  }),
  defineCommand({
    id: 'view.redraw',
    title: 'Draw the screen anew, after something else wrote on it',
    group: 'view',
    keys: ['ctrl+l'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    run: (_, { terminal }) => {
      terminal?.redraw()
      return []
    },
  }),
  defineCommand({
    id: 'view.suspend',
    title: 'Stop here and go back to the shell; fg comes back',
    group: 'view',
    keys: ['ctrl+z'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    run: (_, { terminal }) => {
      terminal?.suspend()
      return []
    },
  }),
  defineCommand({
    id: 'view.quit',
    title: 'Leave; asks first while an act is running',
    hint: 'quit',
    group: 'view',
    keys: ['q'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    confirm: (_, model) => ({ lines: runningActLines(model) }),
    run: () => [{ type: 'leave-requested' }],
  }),
  defineCommand({
    id: 'view.interrupt',
    title: 'Leave at once, with exit code 130',
    group: 'view',
    keys: ['ctrl+c'],
    where: 'everywhere',
    effect: 'view',
    args: {},
    run: () => [{ type: 'leave-requested', exitCode: 130 }],
  }),
]

function backEvents(model: Model): readonly Event[] {
  const top = topScreen(model)
  if (top.screen === 'tail' && isSearching(model.tail, top)) return [{ type: 'search-called-off' }]
  if (hasFilter(model)) return [{ type: 'filter-changed', filter: '' }]
  if (model.notice?.level === 'error') return [{ type: 'notice-cleared' }]
  return model.screens.length > 1 ? [{ type: 'screen-closed' }] : [{ type: 'notice-cleared' }]
}

function hasFilter(model: Model): boolean {
  const screen = topScreen(model)
  return isListScreen(screen) && screen.filter !== ''
}

function runningActLines(model: Model): readonly string[] {
  const running = model.acts.filter(act => act.state === 'running')
  if (running.length === 0) return []
  return [
    ...running.map(act => `${act.title} is still running.`),
    'What was asked of the service goes on there, but nobody will watch it.',
  ]
}
