import { type Failure, FailureError, failureOf } from '../domain/failure.ts'
import type { Event } from '../state/event.ts'
import type { Context, OutputRow } from './command.ts'

/** What an act has done, once it has. */
export type ActResult = { readonly detail: string; readonly rows?: readonly OutputRow[] }

/** The steps of an act: texts are progress, events pass through, the returned value is what was reached. */
export type ActSteps = AsyncGenerator<string | Event, ActResult>

/** Runs an act as a pair of facts: it started, and then it finished or failed. Never throws what the steps throw. */
export async function* runAct(
  context: Context,
  act: { readonly commandId: string; readonly title: string; readonly action: string },
  steps: () => ActSteps,
): AsyncGenerator<Event> {
  const actId = `${act.commandId}-${context.clock.now()}-${Math.floor(context.random() * 1e9)}`
  yield { type: 'act-started', actId, commandId: act.commandId, title: act.title }
  const generator = steps()
  try {
    for (;;) {
      const step = await generator.next()
      if (step.done) {
        yield { type: 'act-finished', actId, ...step.value }
        return
      }
      yield typeof step.value === 'string'
        ? { type: 'act-progressed', actId, detail: step.value }
        : step.value
    }
  } catch (error) {
    yield { type: 'act-failed', actId, failure: failureOf(error, act.action) }
  } finally {
    await generator.return({ detail: '' }).catch(() => {})
  }
}

/** What one look at the service tells about an act in progress. */
export type Probe<Value> =
  | { readonly isDone: true; readonly value: Value }
  | { readonly isDone: false; readonly progress: string }

/** Pauses between looks: quick at first for the small cases, then rare enough for the account's shared call rates. */
const FIRST_PAUSE_MILLIS = 300
const LONGEST_PAUSE_MILLIS = 5_000
const PAUSE_GROWTH = 1.5

/**
 * Looks again and again until an effect is seen, with a bound. Yields the progress whenever it reads differently.
 * Failures that can pass (throttling, a lost connection, a server fault) only slow it down.
 * @throws FailureError of kind `incomplete` at the bound, `aborted` by the signal; what was asked may still come true.
 */
export async function* waitForEffect<Value>(
  context: Pick<Context, 'clock' | 'signal'>,
  wait: { readonly action: string; readonly timeoutMillis: number; readonly nextStep: string },
  probe: () => Promise<Probe<Value>>,
): AsyncGenerator<string, Value> {
  const startedAt = context.clock.now()
  let pause = FIRST_PAUSE_MILLIS
  let progress = 'nothing seen yet'
  let trouble: Failure | undefined
  for (;;) {
    throwIfAborted(context.signal, wait.action)
    try {
      const seen = await probe()
      if (seen.isDone) return seen.value
      trouble = undefined
      if (seen.progress !== progress) yield seen.progress
      progress = seen.progress
    } catch (error) {
      trouble = failureOf(error, wait.action)
      throwIfAborted(context.signal, wait.action)
      if (!trouble.retryable) throw error
      pause = LONGEST_PAUSE_MILLIS
    }
    if (context.clock.now() - startedAt + pause > wait.timeoutMillis) {
      const seconds = Math.round(wait.timeoutMillis / 1_000)
      throw new FailureError({
        kind: 'incomplete',
        action: wait.action,
        message: `not done after ${seconds} s: ${progress}${trouble === undefined ? '' : ` (last look failed: ${trouble.message})`}`,
        nextStep: wait.nextStep,
        retryable: false,
      })
    }
    await context.clock.sleep(pause, context.signal)
    pause = Math.min(pause * PAUSE_GROWTH, LONGEST_PAUSE_MILLIS)
  }
}

function throwIfAborted(signal: AbortSignal, action: string): void {
  if (!signal.aborted) return
  throw new FailureError({
    kind: 'aborted',
    action,
    message: 'stopped waiting; the request was sent and the service goes on with it',
    retryable: false,
  })
}
