import { LIST_PRICES } from '../domain/cost/prices.ts'
import { FailureError, failureOf } from '../domain/failure.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import { type Model, type ScreenState, streamKey } from '../state/model.ts'
import type { Context } from './command.ts'
import { consumerLimitText } from './consumer-commands.ts'
import { madeEstimate, type SeenTraffic } from './estimate-command.ts'
import { summaryIfTold } from './look-up.ts'
import { controlOf } from './setting-act.ts'
import { isRefusal, REFUSED_MILLIS } from './summary-schedule.ts'

/** ListStreamConsumers and GetResourcePolicy share small rates of the account (5/s). */
const LOOK_MILLIS = 10_000
const CHANGING_MILLIS = 2_000
const FAILED_MILLIS = 20_000
/** A look at the traffic reads the stream: it is taken once, and anew when it is asked for. */
const ESTIMATE_SECONDS = '15s'
/** The load that a screen of the heat saw counts for as long as this. */
const FRESH_MILLIS = 60_000

export type FactScreen = Extract<ScreenState, { screen: 'consumers' | 'policy' | 'estimate' }>

type Feed = {
  readonly dispatch: (event: Event) => void
  /** Shorter when the user asks for fresh data. */
  readonly pause: (millis: number) => Promise<void>
}

export function isFactScreen(screen: ScreenState): screen is FactScreen {
  return screen.screen === 'consumers' || screen.screen === 'policy' || screen.screen === 'estimate'
}

/** What tells one task of these screens from another. */
export function factKey(screen: FactScreen): string {
  const typed = screen.screen === 'estimate' ? JSON.stringify(screen.typed) : ''
  return `${screen.screen} ${streamKey(screen.stream)} ${typed}`
}

/** Keeps what one of these screens shows fresh for as long as the signal lets it. */
export async function followFacts(context: Context, screen: FactScreen, feed: Feed): Promise<void> {
  switch (screen.screen) {
    case 'consumers':
      return await followConsumers(context, screen.stream, feed)
    case 'policy':
      return await followPolicy(context, screen.stream, feed)
    case 'estimate':
      return await followEstimate(context, screen, feed)
  }
}

async function followConsumers(context: Context, stream: StreamRef, feed: Feed): Promise<void> {
  const { signal, clock } = context
  let limitText: string | undefined
  await repeated(context, feed, async () => {
    try {
      const consumers = await controlOf(context).listConsumers(stream, { signal })
      limitText ??= await limitOf(context, stream)
      if (signal.aborted) return LOOK_MILLIS
      feed.dispatch({ type: 'consumers-listed', stream, consumers, limitText, at: clock.now() })
      const isChanging = consumers.some(({ consumerStatus = 'ACTIVE' }) => consumerStatus !== 'ACTIVE')
      return isChanging ? CHANGING_MILLIS : LOOK_MILLIS
    } catch (error) {
      const failure = failureOf(error, 'ListStreamConsumers')
      if (!signal.aborted) feed.dispatch({ type: 'consumers-failed', stream, failure })
      return isRefusal(failure) ? REFUSED_MILLIS : FAILED_MILLIS
    }
  })
}

/** The mode and the commitment decide on it; where they are not told, the text says so. */
async function limitOf(context: Context, stream: StreamRef): Promise<string> {
  const { api, control, signal } = context
  const summary = await summaryIfTold(api, stream, signal)
  const settings = await control?.describeAccountSettings({ signal }).catch(() => undefined)
  return consumerLimitText(summary?.streamMode, settings?.commitmentStatus)
}

async function followPolicy(context: Context, stream: StreamRef, feed: Feed): Promise<void> {
  const { signal, clock } = context
  await repeated(context, feed, async () => {
    try {
      const policy = await controlOf(context).getResourcePolicy(stream, { signal })
      if (signal.aborted) return LOOK_MILLIS
      const told = policy === undefined ? {} : { policy }
      feed.dispatch({ type: 'policy-told', stream, ...told, at: clock.now() })
      return LOOK_MILLIS
    } catch (error) {
      const failure = failureOf(error, 'GetResourcePolicy')
      if (!signal.aborted) feed.dispatch({ type: 'policy-failed', stream, failure })
      return isRefusal(failure) ? REFUSED_MILLIS : FAILED_MILLIS
    }
  })
}

async function repeated(
  { signal }: Pick<Context, 'signal'>,
  { pause }: Feed,
  look: () => Promise<number>,
): Promise<void> {
  while (!signal.aborted) await pause(await look())
}

async function followEstimate(
  context: Context,
  { stream, typed }: Extract<FactScreen, { screen: 'estimate' }>,
  { dispatch, pause }: Feed,
): Promise<void> {
  const { signal, model, clock } = context
  let seen = seenTraffic(model(), stream)
  while (!signal.aborted) {
    const asked = model().refreshCount
    try {
      const making = madeEstimate(
        context,
        stream,
        { for: ESTIMATE_SECONDS, ...typed },
        { prices: LIST_PRICES, ...(seen === undefined ? {} : { seen }) },
      )
      for (;;) {
        const step = await making.next()
        if (signal.aborted) return
        if (step.done === true) {
          if (step.value !== undefined)
            dispatch({ type: 'estimate-made', stream, made: step.value, at: clock.now() })
          break
        }
        // A look of its own: what it tells is not the heat of the other screens.
        if (step.value.type === 'heat-failed') throw new FailureError(step.value.failure)
        if (step.value.type === 'noticed')
          dispatch({ type: 'estimate-progressed', stream, detail: step.value.notice.text })
      }
    } catch (error) {
      if (signal.aborted) return
      const failure = failureOf(error, 'estimate')
      // On a screen there are no flags.
      const step = failure.kind === 'usage' ? { nextStep: 'Type the traffic, or look again later.' } : {}
      dispatch({ type: 'estimate-failed', stream, failure: { ...failure, ...step } })
    }
    // Asked anew, it looks anew.
    seen = undefined
    while (!signal.aborted && model().refreshCount === asked) await pause(FRESH_MILLIS)
  }
}

/** The load that a screen of the heat has just seen, so that nothing is read twice. */
function seenTraffic({ loads, now }: Model, stream: StreamRef): SeenTraffic | undefined {
  const load = loads?.get(stream.streamName)
  if (load === undefined || now - load.at > FRESH_MILLIS || load.recordsPerSecond <= 0) return undefined
  return {
    recordsPerSecond: load.recordsPerSecond,
    averageRecordBytes: load.bytesPerSecond / load.recordsPerSecond,
    basis: `the heat of ${stream.streamName} (${load.source}), taken for the whole month`,
  }
}
