import { usageFailure } from '../domain/failure.ts'
import type { ReadersSnapshot } from '../domain/readers/reader.ts'
import type { Event } from '../state/event.ts'
import type { Model } from '../state/model.ts'
import { type ReaderRow, readerRows } from '../state/select-readers.ts'
import { selectionOf, topScreen } from '../state/selection.ts'
import { type Command, type Context, defineCommand } from './command.ts'
import { STREAM_ARGUMENT } from './heat-arguments.ts'
import { ReadersLook } from './readers-look.ts'
import { READER_COLUMNS, readersRows, readersTextRows } from './readers-rows.ts'
import { streamInSight } from './screen-commands.ts'

/** Between two looks at leases: a worker that lives renews each within its fail-over time, 10 s by default. */
const LOOK_SECONDS = 4

export const listReaders = defineCommand({
  id: 'readers.list',
  title: 'Tell who reads a stream, how far behind each is, and when unread data expires',
  group: 'stream',
  // On screen the readers are a place to be (readers.open).
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: STREAM_ARGUMENT,
    watch: {
      kind: 'count',
      title:
        'Seconds to watch the leases of KCL applications: one look cannot tell a dead worker; 0 for one look',
      defaultText: '12',
      min: 0,
      max: 3_600,
    },
    probes: {
      kind: 'count',
      title: "Checkpoints to probe in one look; each takes one of the shard's 5 reads a second",
      defaultText: '20',
      min: 0,
      max: 1_000,
    },
    application: {
      kind: 'text',
      title: 'Lease tables to look at, with commas, instead of all tables of the account',
    },
  },
  headless: { name: 'readers', columns: READER_COLUMNS, rows: readersRows, textRows: readersTextRows },
  async *run({ stream, watch, probes, application }, context): AsyncGenerator<Event> {
    const { clock, signal } = context
    const applications = application?.split(/[\s,]+/).filter(name => name !== '')
    if (applications?.length === 0)
      throw usageFailure('readers', `application "${application}" names no table`)
    const look = new ReadersLook(context, stream, {
      probes,
      ...(applications === undefined ? {} : { applications }),
    })
    const until = clock.now() + watch * 1_000
    let snapshot = await look.look(signal)
    const hasLeases = snapshot.readers.some(({ kind }) => kind === 'kcl')
    if (hasLeases && watch > 0) yield info(context, `Watching leases for ${watch} s ...`)
    while (hasLeases && clock.now() < until && !signal.aborted) {
      await clock.sleep(Math.min(LOOK_SECONDS * 1_000, Math.max(1, until - clock.now())), signal)
      if (signal.aborted) break
      snapshot = await look.look(signal)
    }
    yield { type: 'stream-readers-found', stream, snapshot }
    for (const text of notesOf(snapshot)) yield info(context, text)
  },
})

/** What is said beside the rows. */
function notesOf(snapshot: ReadersSnapshot): string[] {
  const { fanOutSlots: slots, sources, costs, unexplained } = snapshot
  return [
    ...(slots === undefined
      ? []
      : [
          `Registered consumers: ${slots.used} of ${slots.of}${slots.isCertain ? '' : ' (20, or 50 with On-demand Advantage, which the account does not tell)'}.`,
        ]),
    ...(unexplained === undefined ? [] : [unexplained.sentence]),
    ...sources.flatMap(({ kind, note, state }) =>
      note === undefined || kind === 'unknown' || (state === 'skipped' && kind === 'queue')
        ? []
        : [`${kind}: ${note}`],
    ),
    ...costs,
  ]
}

function info(context: Pick<Context, 'clock'>, text: string): Event {
  return { type: 'noticed', notice: { level: 'info', text, at: context.clock.now() } }
}

/** The screens of the readers. */
export const READERS_SCREEN_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'readers.open',
    title: 'Show who reads the stream, how far behind, and when unread data expires',
    hint: 'readers',
    group: 'navigate',
    keys: ['C'],
    where: ['streams', 'shards', 'tail', 'board', 'consumers'],
    effect: 'view',
    args: {},
    unavailable: model => (streamInSight(model) === undefined ? 'no stream is selected' : undefined),
    run: (_, { model }) => {
      const stream = streamInSight(model())
      if (stream === undefined) return []
      return [{ type: 'screen-opened', screen: { screen: 'readers', stream, filter: '' } }]
    },
  }),
  defineCommand({
    id: 'readers.open-reader',
    title: 'Look at the selected reader from near: its settings, what is missing, its shards',
    hint: 'detail',
    group: 'navigate',
    keys: ['enter', 'l', 'right'],
    where: ['readers'],
    effect: 'view',
    args: {},
    unavailable: model => (selectedReader(model) === undefined ? 'no reader is selected' : undefined),
    run: (_, { model }) => {
      const [screen, row] = [topScreen(model()), selectedReader(model())]
      if (screen.screen !== 'readers' || row === undefined) return []
      const { stream } = screen
      return [
        { type: 'screen-opened', screen: { screen: 'reader', stream, readerId: row.reader.id, scroll: 0 } },
      ]
    },
  }),
]

function selectedReader(model: Model): ReaderRow | undefined {
  const screen = topScreen(model)
  if (screen.screen !== 'readers') return undefined
  return readerRows(model, screen)[selectionOf(model, screen).index]
}
