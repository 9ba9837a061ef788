import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import { estimate } from '../../source/domain/cost/estimate.ts'
import { LIST_PRICES } from '../../source/domain/cost/prices.ts'
import { uniformRanges } from '../../source/domain/heat/forecast.ts'
import { planShards } from '../../source/domain/plan/shard-plan.ts'
import { uniformScaling } from '../../source/domain/plan/uniform-scaling.ts'
import { SpokenScreen } from '../../source/spoken-screen.ts'
import type { Event } from '../../source/state/event.ts'
import type { Dialog, Model, ScreenName, ScreenState } from '../../source/state/model.ts'
import { update } from '../../source/state/update.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { READS } from '../heat/models.ts'
import { boardOf, type HeatScenario } from '../heat/scenario.ts'
import { HostileStrings, poisoned } from '../support/hostile-strings.ts'
import { DENIED, modelAfter, NOW, ORDERS, PRODUCTION, SPLIT_SHARDS, tailRow } from '../support/models.ts'

vi.setConfig({ testTimeout: 180_000 })

const STRINGS = 100_000
/** Each state is drawn as often, in turn at each size, though so many texts are there much sooner. */
const ROUNDS = 24
const id = (index: number) => `shardId-${String(index).padStart(12, '0')}`
const board = boardOf(
  JSON.parse(
    readFileSync(new URL('../scenarios/heat/one-key-at-83-percent.json', import.meta.url), 'utf8'),
  ) as HeatScenario,
)
const ranges = uniformRanges(4)
const loads = { bytes: [{ hashKey: 1_000n, load: 2_000_000 }], records: [] }
const plan = planShards({ ranges, loads, targetUtilisation: 0.7 })
const key = {
  partitionKey: 'tenant-7',
  shardId: id(0),
  bytesPerSecond: 9,
  recordsPerSecond: 9,
  byteShare: 0.5,
  byteShareAtMost: 0.6,
  recordShare: 0.5,
  recordShareAtMost: 0.6,
}
const TRAFFIC = {
  recordsPerSecond: 900,
  averageRecordBytes: 2_000,
  pollingConsumers: 1,
  fanOutConsumers: 2,
  retentionHours: 48,
  meanShare: 1,
}
const failure = { ...DENIED, nextStep: 'next', errorName: 'AccessDenied' }
const preview = {
  title: 'Plan title',
  before: plan.before,
  after: plan.after,
  sections: [{ heading: 'Quotas', lines: Array.from({ length: 9 }, (_, line) => `line ${line}`) }],
  awsCli: ['aws kinesis split-shard'],
}
const many = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => item(index))

/** Everything that can be known, in one state: each screen then shows its part of it. */
const FACTS: readonly Event[] = [
  {
    type: 'streams-listed',
    streams: many(40, index => ({
      streamName: index === 0 ? 'orders' : `stream-${index}`,
      streamStatus: `ACTIVE-${index}`,
      streamMode: `PROVISIONED-${index}`,
    })) as never,
    at: NOW,
  },
  {
    type: 'summary-described',
    stream: ORDERS,
    summary: {
      streamName: 'orders',
      streamStatus: 'ACTIVE',
      streamMode: 'PROVISIONED',
      encryptionType: 'KMS',
      keyId: 'key-id',
      openShardCount: 3,
    } as never,
    at: NOW,
  },
  { type: 'shards-listed', stream: ORDERS, shards: SPLIT_SHARDS, at: NOW },
  { type: 'tail-started', stream: ORDERS, from: 'latest' },
  { type: 'tail-ready', stream: ORDERS },
  {
    type: 'readers-changed',
    readers: many(4, index => ({
      shardId: id(index),
      state: index === 0 ? 'failed' : 'reading',
      recordCount: 1,
      note: `note ${index}`,
      failure,
    })) as never,
  },
  { type: 'rows-arrived', rows: many(50, index => tailRow(index, `payload ${index}`)), recordCount: 50 },
  { type: 'tail-troubled', failure },
  { type: 'heat-started', stream: ORDERS, source: 'observed' },
  {
    type: 'heat-measured',
    stream: ORDERS,
    heat: {
      source: 'observed',
      board,
      reads: { ...READS, notes: new Map([[id(0), 'a note']]) } as never,
      advice: new Map(),
      shard: { shardId: id(0), seconds: [undefined], untilMillis: NOW, topKeys: [key] },
      keys: { measure: 'bytes', keys: many(30, index => ({ ...key, partitionKey: `tenant-${index}` })) },
      located: { partitionKey: 'tenant-7', hashKey: 5n, owner: SPLIT_SHARDS[0] as never, shares: [key] },
      forecast: { title: 'forecast title', refusal: 'refusal text' },
      missingMetrics: ['IncomingBytes'],
      trouble: failure,
    },
  },
  {
    type: 'plan-made',
    view: {
      stream: ORDERS,
      at: NOW,
      windowSeconds: 60,
      plan,
      keyNames: new Map([[1_000n, 'a hot key']]),
      uniformSame: uniformScaling(ranges, 4, loads),
      preview,
    },
  },
  {
    type: 'stream-readers-found',
    stream: ORDERS,
    snapshot: {
      at: NOW,
      retentionPeriodHours: 24,
      sources: many(3, index => ({
        kind: 'lambda' as const,
        action: `lambda:Action${index}`,
        resource: `resource ${index}`,
        state: index === 0 ? ('failed' as const) : ('told' as const),
        failure,
        note: `source note ${index}`,
      })),
      readers: many(20, index => ({
        id: `reader-${index}`,
        kind: 'kcl' as const,
        name: `app-${index}`,
        arn: `arn:app-${index}`,
        state: 'silent',
        facts: [[`fact ${index}`, `value ${index}`]] as const,
        warnings: [`warning ${index}`],
        lagUnknown: `why ${index}`,
        shards: many(3, shard => ({
          shardId: id(shard),
          state: 'silent',
          owner: `worker-${shard}`,
          checkpoint: `checkpoint-${shard}`,
          note: `shard note ${shard}`,
          lagUnknown: `shard why ${shard}`,
        })),
      })),
      costs: ['a cost'],
      unexplained: {
        outgoingBytesPerSecond: 2,
        incomingBytesPerSecond: 1,
        knownPollers: 0,
        verdict: 'unexplained' as never,
        sentence: 'somebody reads',
      },
    },
  },
  {
    type: 'consumers-listed',
    stream: ORDERS,
    consumers: many(20, index => ({
      consumerName: `consumer-${index}`,
      consumerStatus: `status-${index}`,
      consumerArn: `arn:consumer-${index}`,
      consumerCreationTimestamp: new Date(NOW),
    })),
    limitText: 'a limit',
    at: NOW,
  },
  { type: 'policy-told', stream: ORDERS, policy: '{"Statement":[{"Sid":"a sid"}]}', at: NOW },
  {
    type: 'estimate-made',
    stream: ORDERS,
    made: {
      estimate: estimate(TRAFFIC, LIST_PRICES, 3),
      prices: LIST_PRICES,
      basis: 'seconds of orders',
    },
    at: NOW,
  },
  {
    type: 'services-found',
    snapshot: {
      at: NOW,
      listings: [
        {
          service: 'firehose',
          action: 'firehose:List',
          state: 'told',
          note: 'a note of it',
          items: many(20, index => ({
            service: 'firehose' as const,
            name: `delivery-${index}`,
            arn: `arn:delivery-${index}`,
            status: `status-${index}`,
            summary: `summary ${index}`,
            facts: [[`Fact${index}`, `Value${index}`]] as const,
            streamArns: [`arn:stream-${index}`],
          })),
        },
        { service: 'flink', action: 'flink:List', state: 'failed', items: [], failure },
      ],
    },
  },
  ...many(
    30,
    (index): Event => ({
      type: 'call-ended',
      call: {
        operation: `Operation${index}`,
        at: NOW,
        durationMillis: 3,
        outcome: 'failed',
        detail: `detail ${index}`,
      },
    }),
  ),
  { type: 'act-started', actId: 'a', commandId: 'shard.split', title: 'an act' },
  { type: 'act-progressed', actId: 'a', detail: 'its progress' },
]

/** At least one state of each screen; one without an entry here does not compile. */
const SCREENS: { readonly [Name in ScreenName]: readonly Extract<ScreenState, { screen: Name }>[] } = {
  streams: [
    { screen: 'streams', filter: '' },
    { screen: 'streams', filter: 'stream', sort: { column: 'name', direction: 'descending' } },
  ],
  shards: [{ screen: 'shards', stream: ORDERS, showClosed: true, filter: '' }],
  tail: [
    { screen: 'tail', stream: ORDERS, from: 'latest', isFollowing: true, filter: '' },
    {
      screen: 'tail',
      stream: ORDERS,
      from: 'a time',
      isFollowing: false,
      filter: 'payload',
      showsOthers: true,
      shardId: id(0),
    },
  ],
  record: [
    { screen: 'record', row: tailRow(1, 'payload of one'), view: 'decoded', scroll: 0 },
    { screen: 'record', row: tailRow(1, '{"name":"value","list":["text"]}'), view: 'decoded', scroll: 0 },
    { screen: 'record', row: tailRow(1, 'payload of one'), view: 'hex', scroll: 0 },
  ],
  board: [
    { screen: 'board', stream: ORDERS, source: 'observed', showClosed: true, filter: '' },
    { screen: 'board', stream: ORDERS, source: 'observed', showClosed: false, filter: 'a filter' },
  ],
  keys: [
    { screen: 'keys', stream: ORDERS, measure: 'bytes', filter: '' },
    {
      screen: 'keys',
      stream: ORDERS,
      measure: 'bytes',
      shardId: id(0),
      lookUp: { partitionKey: 'tenant-7', at: 'yesterday' },
      filter: '',
    },
  ],
  'shard-heat': [{ screen: 'shard-heat', stream: ORDERS, source: 'observed', shardId: id(0), scroll: 0 }],
  'what-if': [
    { screen: 'what-if', stream: ORDERS, change: { kind: 'split', shardId: id(0) }, scroll: 0 },
    { screen: 'what-if', stream: ORDERS, change: { kind: 'merge', shardIds: [id(0), id(2)] }, scroll: 0 },
  ],
  plan: [{ screen: 'plan', stream: ORDERS, scroll: 0 }],
  readers: [{ screen: 'readers', stream: ORDERS, filter: '' }],
  reader: [{ screen: 'reader', stream: ORDERS, readerId: 'reader-1', scroll: 0 }],
  consumers: [
    { screen: 'consumers', stream: ORDERS, filter: '' },
    { screen: 'consumers', stream: ORDERS, filter: 'a filter' },
  ],
  policy: [{ screen: 'policy', stream: ORDERS, scroll: 0 }],
  estimate: [{ screen: 'estimate', stream: ORDERS, typed: {}, scroll: 0 }],
  services: [{ screen: 'services', filter: '' }],
  service: [{ screen: 'service', itemId: 'firehose delivery-1', scroll: 0 }],
  calls: [{ screen: 'calls', scroll: 0 }],
}

const withArguments = COMMANDS.filter(({ args }) => Object.keys(args).length > 0)
const fieldsOf = (command: (typeof COMMANDS)[number]) =>
  Object.fromEntries(Object.keys(command.args).map(name => [name, `typed ${name}`]))

/** Each kind of dialog, a form and a question for each command that has arguments. */
const DIALOGS: { readonly [Kind in Dialog['dialog']]: readonly Extract<Dialog, { dialog: Kind }>[] } = {
  palette: [{ dialog: 'palette', text: 'split', cursor: 2, selected: 1 }],
  help: [
    { dialog: 'help', scroll: 0 },
    { dialog: 'help', scroll: 20 },
  ],
  filter: [{ dialog: 'filter', text: 'typed', cursor: 3, before: 'before' }],
  form: withArguments.map((command, index) => ({
    dialog: 'form',
    commandId: command.id,
    fields: fieldsOf(command),
    focusedField: Object.keys(command.args)[0] ?? '',
    cursor: 2,
    suggestions: Object.fromEntries(Object.keys(command.args).map(name => [name, ['one', `two ${name}`]])),
    isRunning: index % 2 === 0,
    failure,
  })),
  confirm: withArguments.map((command, index) => ({
    dialog: 'confirm',
    commandId: command.id,
    fields: fieldsOf(command),
    lines: ['first line', 'second line'],
    requiredText: 'orders',
    text: 'ord',
    cursor: 1,
    ...(index % 2 === 0 ? { preview } : {}),
  })),
}

const PALETTE_TEXT = /^(?:\x1b\[[0-9;]+m|[\x20-\x7e]|[\u2581-\u2588])*$/
/** Whatever is not a letter, mark, number, sign or blank, by Unicode's own classes. */
const UNSEEN = /[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]|[\p{Variation_Selector}\p{Default_Ignorable_Code_Point}]/u
const SIZES = [
  [80, 24],
  [200, 60],
  [41, 11],
  [60, 20],
  [140, 40],
] as const

test(`${STRINGS} hostile texts in every place of every screen and dialog: printable text and our colours only`, () => {
  const strings = new HostileStrings(20_261_201)
  const theme = themeFor('256')
  const base = modelAfter(FACTS, [80, 24], {
    ...PRODUCTION,
    guard: { lockReason: 'locked because' } as never,
  })
  const states: Model[] = [
    ...Object.values(SCREENS).flatMap(screens =>
      screens.map((screen): Model => ({ ...base, screens: [...base.screens, screen] })),
    ),
    ...Object.values(DIALOGS).flatMap(dialogs => dialogs.map((dialog): Model => ({ ...base, dialog }))),
    { ...base, notice: { level: 'error', text: 'a notice', at: NOW } },
    { ...base, notice: { level: 'info', text: 'a notice', at: NOW } },
    ...(
      [
        'streams-failed',
        'tail-failed',
        'heat-failed',
        'stream-readers-failed',
        'consumers-failed',
        'policy-failed',
        'estimate-failed',
      ] as const
    ).map((type): Model => {
      const screen = {
        'streams-failed': SCREENS.streams[0],
        'tail-failed': SCREENS.tail[0],
        'heat-failed': SCREENS.board[0],
        'stream-readers-failed': SCREENS.readers[0],
        'consumers-failed': SCREENS.consumers[0],
        'policy-failed': SCREENS.policy[0],
        'estimate-failed': SCREENS.estimate[0],
      }[type]
      const failed = update(base, { type, stream: ORDERS, failure, at: NOW } as Event)
      return { ...failed, screens: [...failed.screens, screen as ScreenState] }
    }),
  ]
  let drawn = 0
  let marked = 0
  for (let round = 0; round < ROUNDS || strings.count < STRINGS; round += 1) {
    const [columns, rows] = SIZES[round % SIZES.length] ?? SIZES[0]
    for (const state of states) {
      const model = poisoned(
        {
          ...state,
          viewport: { columns, rows },
          chartGlyphs: round % 2 === 0 ? ('blocks' as const) : ('ascii' as const),
        },
        strings,
      )
      const frame = frameOf(model, COMMANDS, theme)
      expect(frame).toHaveLength(rows)
      for (const row of frame) {
        if (!PALETTE_TEXT.test(row)) expect.fail(`${JSON.stringify(row)} in ${model.screens.at(-1)?.screen}`)
        if (row.replaceAll(/\x1b\[[0-9;]+m/g, '').length !== columns)
          expect.fail(`width of ${JSON.stringify(row)}`)
        if (row.includes('\\e[2J') || row.includes('\\u202e')) marked += 1
      }
      drawn += 1
      // Each state as a screen reader hears it, everything in it at once.
      if (round % 3 !== 0) continue
      let said = ''
      const screen = new SpokenScreen({
        model: () => model,
        commands: COMMANDS,
        now: () => NOW,
        timer: () => () => {},
        write: text => {
          said += text
        },
      })
      screen.look()
      screen.sayAll()
      for (const line of said.split('\n')) {
        if (UNSEEN.test(line)) expect.fail(`said ${JSON.stringify(line)}`)
      }
    }
  }
  // The texts did reach the screens, and each screen was drawn many times.
  expect(drawn).toBeGreaterThan(states.length * 4)
  expect(marked).toBeGreaterThan(1_000)
})
