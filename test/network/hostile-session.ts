import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import type { Connection } from '../../source/aws/connection.ts'
import type { RunnerContext } from '../../source/commands/act-runner.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { ScreenFeed } from '../../source/commands/screen-feed.ts'
import { ConsoleSession } from '../../source/console-session.ts'
import type { Clock } from '../../source/domain/clock.ts'
import type { Event } from '../../source/state/event.ts'
import { initialModel } from '../../source/state/initial-model.ts'
import type { Model, ScreenState } from '../../source/state/model.ts'
import { Store } from '../../source/state/store.ts'
import { update } from '../../source/state/update.ts'
import { thisProcess } from '../../source/this-process.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { connectTo } from '../aws/connect-to.ts'
import { type Reply, type ScriptedServer, type SeenRequest, scriptedServer } from '../aws/scripted-server.ts'

/** Simulated milliseconds in one of the wall's: minutes of waiting pass in seconds, the network stays a real one. */
export const SPEED = 40

/** Deadlines of the wall, so that a silent peer costs seconds of the simulated time as it does in truth. */
const DEADLINES = { connectMillis: 200, answerMillis: 200, idleMillis: 200, callMillis: 1_000 }

/** A clock that runs `SPEED` times as fast as the wall. */
export function scaledClock(): Clock {
  const begin = Date.now()
  const startedAt = performance.now()
  return {
    now: () => begin + Math.round((performance.now() - startedAt) * SPEED),
    sleep: (millis, signal) =>
      new Promise(resolve => {
        if (signal?.aborted === true) return resolve()
        const done = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, millis / SPEED)
        signal?.addEventListener('abort', done, { once: true })
      }),
  }
}

/** What stands in for an answer of the service: a reply, or nothing where the sandbox is to answer. */
export type Fault = (request: SeenRequest) => Reply | undefined

/** A server before a sandbox: passes requests on while there is no fault. */
export async function frontOf(
  sandboxUrl: string,
): Promise<ScriptedServer & { fault: Fault | undefined; leave(): Promise<void>; comeBack(): Promise<void> }> {
  const front = { fault: undefined as Fault | undefined }
  const server = await scriptedServer(
    async request => front.fault?.(request) ?? pass(sandboxUrl, request).catch((): Reply => 'reset'),
  )
  // In front of the server, so that its port can be closed and opened again: a peer that is not there.
  const { port } = new URL(server.url)
  const gate = createServer(socket => {
    socket.on('error', () => {})
    void (async () => {
      const { connect } = await import('node:net')
      const inside = connect(Number(port), '127.0.0.1')
      inside.on('error', () => socket.destroy())
      socket.pipe(inside).pipe(socket)
      socket.on('close', () => inside.destroy())
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    })()
  })
  const open = new Set<import('node:net').Socket>()
  gate.listen(0, '127.0.0.1')
  await once(gate, 'listening')
  const own = (gate.address() as AddressInfo).port
  const leave = async () => {
    if (!gate.listening) return
    gate.close()
    for (const socket of open) socket.destroy()
    await once(gate, 'close')
  }
  return Object.assign(front, {
    ...server,
    url: `http://127.0.0.1:${own}`,
    leave,
    comeBack: async () => {
      gate.listen(own, '127.0.0.1')
      await once(gate, 'listening')
    },
    close: async () => {
      await leave()
      await server.close()
    },
  })
}

/** Services beside Kinesis, which the sandbox has not: nothing is there. Video Streams is asked by path, without a target. */
const NOTHING_THERE: Readonly<Record<string, object>> = {
  ListDeliveryStreams: { DeliveryStreamNames: [], HasMoreDeliveryStreams: false },
  ListApplications: { ApplicationSummaries: [] },
  '': { StreamInfoList: [] },
}

async function pass(sandboxUrl: string, { headers, body, operation }: SeenRequest): Promise<Reply> {
  const nothing = NOTHING_THERE[operation]
  if (nothing !== undefined) return { json: nothing }
  const answer = await fetch(sandboxUrl, {
    method: 'POST',
    headers: {
      'x-amz-target': String(headers['x-amz-target']),
      'content-type': String(headers['content-type']),
      authorization: String(headers.authorization),
      'x-amz-date': String(headers['x-amz-date']),
    },
    body: JSON.stringify(body),
  })
  return {
    text: await answer.text(),
    status: answer.status,
    headers: { 'content-type': answer.headers.get('content-type') ?? '' },
  }
}

export type Watched = {
  readonly connection: Connection
  readonly clock: Clock
  readonly notices: readonly string[]
  dispatch(event: Event): void
  model(): Model
  frame(): readonly string[]
  end(): Promise<void>
}

/** A console without a terminal: real connection, store, feeds and screens, on a fast clock. */
export async function watch(url: string, screen: ScreenState): Promise<Watched> {
  const clock = scaledClock()
  const arming = { armed: true }
  let dispatch = (_: Event): void => {}
  let session: ConsoleSession | undefined
  const connection = await connectTo(url, {
    arming,
    deadlines: DEADLINES,
    clock,
    onCall: call => session?.callEnded(call),
  })
  session = new ConsoleSession({ connection, arming, regions: [], dispatch: event => dispatch(event) })
  const store = new Store<Model, Event>({
    initial: initialModel(session.info(), { viewport: { columns: 160, rows: 40 }, now: clock.now() }),
    update,
    isUrgent: () => true,
    timer: () => () => {},
  })
  const notices: string[] = []
  dispatch = event => {
    if (event.type === 'noticed') notices.push(event.notice.text)
    store.dispatch(event)
  }
  const context = {
    api: connection.api,
    tailApi: connection.api,
    services: connection.services,
    control: connection.control,
    metrics: connection.metrics,
    self: thisProcess(),
    session,
    clock,
    random: Math.random,
    model: store.snapshot,
  } as unknown as RunnerContext
  const feed = new ScreenFeed({ context, dispatch: event => dispatch(event), subscribe: store.subscribe })
  if (screen.screen !== 'streams') store.dispatch({ type: 'screen-opened', screen })
  feed.start()
  const theme = themeFor('none')
  return {
    connection,
    clock,
    notices,
    dispatch: event => dispatch(event),
    model: store.snapshot,
    frame: () => frameOf(store.snapshot(), COMMANDS, theme),
    end: async () => {
      await feed.stop()
      store.close()
      connection.close()
    },
  }
}
