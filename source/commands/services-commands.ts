// Over 300 lines: the listing of services, the test record to one of them and the ways between their screens share their rows.
import type { ServicesApi } from '../aws/services-api.ts'
import { awsCliLine, withCliNote } from '../domain/cli-line.ts'
import { failureOf } from '../domain/failure.ts'
import {
  SERVICE_TITLES,
  type ServiceItem,
  type ServiceKind,
  type ServiceListing,
  type ServicesSnapshot,
} from '../domain/services/service-item.ts'
import type { Event } from '../state/event.ts'
import { serviceRows } from '../state/select-readers.ts'
import { selectionOf, topScreen } from '../state/selection.ts'
import { type ActSteps, runAct } from './act.ts'
import { type Command, type Context, defineCommand, type OutputColumn, type OutputRow } from './command.ts'
import { inTurns } from './in-turns.ts'
import { conflict } from './look-up.ts'
import { actRows, withoutAbsent } from './output-rows.ts'
import { cliTargetOf } from './reshape-preview.ts'
import { shardsOpened } from './screen-commands.ts'

const AT_ONCE = 4
/** Bytes of one record of Firehose (API, PutRecord). */
const MOST_BYTES = 1_024_000

const COLUMNS: readonly OutputColumn[] = [
  { key: 'service', header: 'SERVICE' },
  { key: 'name', header: 'NAME' },
  { key: 'status', header: 'STATUS', text: value => (value === undefined ? '-' : String(value)) },
  { key: 'summary', header: 'WHAT' },
]

export const listServices = defineCommand({
  id: 'services.list',
  title: 'List the services around the streams: Firehose, Managed Flink, Video Streams',
  group: 'stream',
  // On screen the services are a place to be (services.open).
  keys: [],
  where: [],
  effect: 'read',
  args: {},
  headless: { name: 'services', columns: COLUMNS, rows: serviceOutput, textRows: serviceTextRows },
  async *run(_, context): AsyncGenerator<Event> {
    const snapshot = await lookAtServices(context, () => {}, context.signal)
    yield { type: 'services-found', snapshot }
  },
})

export const putDeliveryRecord = defineCommand({
  id: 'services.put',
  title: 'Put one test record to a direct-put delivery stream of Firehose',
  hint: 'test record',
  group: 'record',
  keys: ['p'],
  where: ['services', 'service'],
  effect: 'write',
  args: {
    deliveryStream: { kind: 'text', title: 'Name of the delivery stream', required: true, positional: true },
    data: { kind: 'text', title: 'Content of the record', required: true },
  },
  prefill: model => {
    const item = itemInSight(model)
    return item?.isDirectPut === true ? { deliveryStream: item.name } : {}
  },
  unavailable: model => {
    const item = itemInSight(model)
    return item !== undefined && item.isDirectPut !== true
      ? 'only direct-put delivery streams take records'
      : undefined
  },
  confirm: ({ deliveryStream, data }) => ({
    lines: [
      `Put ${new TextEncoder().encode(data).length} bytes to the delivery stream ${deliveryStream}.`,
      'They go on to its destination like any other record, and cannot be taken back.',
    ],
  }),
  headless: {
    name: 'firehose-put',
    columns: [
      { key: 'deliveryStreamName', header: 'DELIVERY STREAM' },
      { key: 'recordId', header: 'RECORD ID' },
    ],
    rows: actRows,
  },
  preview: async ({ deliveryStream, data }, context) => {
    const bytes = new TextEncoder().encode(data)
    const item = await deliveryStreamFor(context, deliveryStream, bytes)
    const target = cliTargetOf(context.model().session)
    const input = { DeliveryStreamName: deliveryStream, Record: 'file://record.json' }
    return {
      title: `Put one record to ${deliveryStream}`,
      sections: [
        {
          heading: 'Effect',
          lines: [
            `${bytes.length} bytes to ${item.summary}, ${item.status ?? 'state unknown'}: they go on to its destination, and cannot be taken back.`,
            'For the AWS CLI record.json holds {"Data": BASE64}.',
          ],
        },
      ],
      awsCli: withCliNote([awsCliLine('PutRecord', input, target, 'firehose')], target),
    }
  },
  run: ({ deliveryStream, data }, context) =>
    runAct(
      context,
      {
        commandId: 'services.put',
        title: `Put a test record to ${deliveryStream}`,
        action: 'firehose:PutRecord',
      },
      async function* (): ActSteps {
        const services = servicesOf(context)
        const bytes = new TextEncoder().encode(data)
        const { signal } = context
        const item = await deliveryStreamFor(context, deliveryStream, bytes)
        yield `${item.summary}, ${item.status ?? 'state unknown'}`
        const { recordId } = await services.putDeliveryRecord(deliveryStream, bytes, { signal })
        return {
          detail: `Firehose has taken it as ${recordId === '' ? 'a record without an id' : recordId}; it is delivered within the buffering time`,
          rows: [{ deliveryStreamName: deliveryStream, recordId }],
        }
      },
    ),
})

/** @throws FailureError where the record is too large, or the delivery stream takes none */
async function deliveryStreamFor(
  context: Context,
  deliveryStream: string,
  bytes: Uint8Array,
): Promise<ServiceItem> {
  if (bytes.length > MOST_BYTES) {
    throw conflict(
      'firehose:PutRecord',
      `${bytes.length} bytes are more than the ${MOST_BYTES} of one record`,
    )
  }
  const item = await servicesOf(context).describeDeliveryStream(deliveryStream, { signal: context.signal })
  if (item.isDirectPut === true) return item
  throw conflict(
    'firehose:PutRecord',
    `${deliveryStream} does not take records: ${item.summary}`,
    'Put the record to its stream instead, with shardscope put.',
  )
}

/** The screens of the services. */
export const SERVICES_SCREEN_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'services.open',
    title: 'Show the services around the streams: Firehose, Managed Flink, Video Streams',
    hint: 'services',
    group: 'navigate',
    keys: ['V'],
    where: ['streams', 'readers'],
    effect: 'view',
    args: {},
    run: () => [{ type: 'screen-opened', screen: { screen: 'services', filter: '' } }],
  }),
  defineCommand({
    id: 'services.open-item',
    title: 'Look at the selected one from near',
    hint: 'detail',
    group: 'navigate',
    keys: ['enter', 'l', 'right'],
    where: ['services'],
    effect: 'view',
    args: {},
    unavailable: model => (itemInSight(model) === undefined ? 'nothing is selected' : undefined),
    run: (_, { model }) => {
      const item = itemInSight(model())
      if (item === undefined) return []
      const itemId = `${item.service} ${item.name}`
      return [{ type: 'screen-opened', screen: { screen: 'service', itemId, scroll: 0 } }]
    },
  }),
  defineCommand({
    id: 'services.open-stream',
    title: 'Go to the stream that it reads',
    hint: 'its stream',
    group: 'navigate',
    keys: ['s'],
    where: ['services', 'service'],
    effect: 'view',
    args: {},
    unavailable: model =>
      (itemInSight(model)?.streamArns.length ?? 0) === 0 ? 'it reads no stream that is known' : undefined,
    run: (_, { model }) => {
      const arn = itemInSight(model())?.streamArns[0]
      const streamName = arn?.split('/').at(-1)
      return arn === undefined || streamName === undefined
        ? []
        : [shardsOpened({ streamName, streamArn: arn })]
    },
  }),
]

/** The item that the screen is about: the selected row, or the one that is looked at. */
export function itemInSight(model: ReturnType<Context['model']>): ServiceItem | undefined {
  const screen = topScreen(model)
  if (screen.screen === 'services') return serviceRows(model, screen)[selectionOf(model, screen).index]?.item
  if (screen.screen !== 'service') return undefined
  return serviceRows(model, { filter: '' }).find(({ id }) => id === screen.itemId)?.item
}

/** Asks each service in parallel, and tells each answer as it comes. One that fails fails alone. */
export async function lookAtServices(
  context: Pick<Context, 'services' | 'clock'>,
  onChange: (snapshot: ServicesSnapshot) => void,
  signal: AbortSignal,
  before?: ServicesSnapshot,
): Promise<ServicesSnapshot> {
  const services = servicesOf(context)
  // What was told before stays until it is told anew.
  const listings = new Map<ServiceKind, ServiceListing>(
    SOURCES.map(({ service, action }) => [
      service,
      before?.listings.find(listing => listing.service === service) ?? {
        service,
        action,
        state: 'asking',
        items: [],
      },
    ]),
  )
  const snapshot = (): ServicesSnapshot => ({ at: context.clock.now(), listings: [...listings.values()] })
  onChange(snapshot())
  await Promise.all(
    SOURCES.map(async ({ service, action, list }) => {
      try {
        const { items, isComplete } = await list(services, signal)
        const note = isComplete ? {} : { note: 'Not all were listed.' }
        const toldAt = context.clock.now()
        listings.set(service, { service, action, state: 'told', items, ...note, toldAt })
      } catch (error) {
        if (signal.aborted) return
        const { items = [], toldAt } = listings.get(service) ?? {}
        listings.set(service, {
          service,
          action,
          state: 'failed',
          items,
          ...(toldAt === undefined ? {} : { toldAt }),
          failure: failureOf(error, action),
        })
      }
      onChange(snapshot())
    }),
  )
  return snapshot()
}

type Listed = { readonly items: readonly ServiceItem[]; readonly isComplete: boolean }

const SOURCES: readonly {
  readonly service: ServiceKind
  readonly action: string
  readonly list: (services: ServicesApi, signal: AbortSignal) => Promise<Listed>
}[] = [
  {
    service: 'firehose',
    action: 'firehose:ListDeliveryStreams',
    list: async (services, signal) =>
      described(await services.listDeliveryStreams({ signal }), 'firehose', name =>
        services.describeDeliveryStream(name, { signal }),
      ),
  },
  {
    service: 'flink',
    action: 'kinesisanalytics:ListApplications',
    list: async (services, signal) =>
      described(await services.listFlinkApplications({ signal }), 'flink', name =>
        services.describeFlinkApplication(name, { signal }),
      ),
  },
  {
    service: 'video',
    action: 'kinesisvideo:ListStreams',
    list: (services, signal) => services.listVideoStreams({ signal }),
  },
]

/** Each by its description; one that cannot be described is listed by its name, with the reason. */
async function described(
  names: { readonly items: readonly string[]; readonly isComplete: boolean },
  service: ServiceKind,
  describe: (name: string) => Promise<ServiceItem>,
): Promise<Listed> {
  const items: ServiceItem[] = []
  await inTurns(names.items, AT_ONCE, async name => {
    items.push(
      await describe(name).catch((error: unknown): ServiceItem => {
        const { action, message } = failureOf(error, service)
        return { service, name, summary: `${action}: ${message}`, facts: [], streamArns: [] }
      }),
    )
  })
  return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)), isComplete: names.isComplete }
}

function servicesOf({ services }: Pick<Context, 'services'>): ServicesApi {
  if (services === undefined) throw conflict('services', 'no connection to other services')
  return services
}

function serviceOutput(event: Event): readonly OutputRow[] {
  if (event.type !== 'services-found' || event.isPartial) return []
  return event.snapshot.listings.flatMap(listing => [
    withoutAbsent({
      type: 'service',
      service: listing.service,
      action: listing.action,
      state: listing.state,
      itemCount: listing.state === 'told' ? listing.items.length : undefined,
      failure: listing.failure?.kind,
      message: listing.failure?.message ?? listing.note,
    }),
    ...listing.items.map(item =>
      withoutAbsent({
        type: 'item',
        service: item.service,
        name: item.name,
        arn: item.arn,
        status: item.status,
        summary: item.summary,
        streamArns: item.streamArns,
        facts: item.facts.map(([name, value]) => ({ name, value })),
      }),
    ),
  ])
}

function serviceTextRows(event: Event): readonly OutputRow[] {
  if (event.type !== 'services-found' || event.isPartial) return []
  return event.snapshot.listings.flatMap(({ service, items, failure, action }) => {
    const title = SERVICE_TITLES[service]
    if (failure !== undefined)
      return [{ service: title, name: '?', status: failure.kind, summary: `${action}: ${failure.message}` }]
    if (items.length === 0) return [{ service: title, name: 'none', status: '', summary: '' }]
    return items.map(({ name, status, summary }) => ({ service: title, name, status, summary }))
  })
}
