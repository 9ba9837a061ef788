import { readFile, writeFile } from 'node:fs/promises'
import type { RunningSandbox, SandboxOptions } from './commands/command.ts'
import { FailureError, failureOf, usageFailure } from './domain/failure.ts'

const ACTION = 'sandbox'

/**
 * The sandbox as commands see it; loaded only when it is asked for.
 * @throws FailureError of kind `conflict` where the port is taken, `usage` for a file or name that it cannot use
 */
export async function startLoopbackSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { startSandbox } = await import('./sandbox/sandbox.ts')
  const { port, speed, seed, dataDirectory, certificateFile } = options
  const faults = options.faultFile === undefined ? undefined : await faultsIn(options.faultFile)
  const traffic = await trafficOf(options)
  try {
    const sandbox = await startSandbox({
      port,
      traffic,
      limits: options.hasLimits === false ? 'off' : 'on',
      ...(speed === undefined ? {} : { speed }),
      ...(seed === undefined ? {} : { seed }),
      ...(dataDirectory === undefined ? {} : { dataDirectory }),
      ...(faults === undefined ? {} : { faults }),
    })
    if (certificateFile !== undefined) await writeFile(certificateFile, sandbox.certificate())
    return { url: sandbox.url, close: () => sandbox.stop() }
  } catch (error) {
    throw startFailure(error, options)
  }
}

/** A name of the library, else a file; where nothing is named the demonstration, or nothing at all. */
async function trafficOf({ scenario, hasTraffic }: SandboxOptions) {
  if (scenario === undefined) return hasTraffic ? 'demo' : 'none'
  const { SCENARIOS } = await import('./sandbox/traffic/scenario-library.ts')
  const named = Object.hasOwn(SCENARIOS, scenario) ? SCENARIOS[scenario] : undefined
  if (named !== undefined) return named.scenario
  const { parseScenario } = await import('./sandbox/traffic/parse-scenario.ts')
  const hint = `Give a file, or one of ${Object.keys(SCENARIOS).join(', ')}.`
  return checkedJson(scenario, parseScenario, hint)
}

async function faultsIn(path: string) {
  const { parseFaultPlan } = await import('./sandbox/faults/fault-plan.ts')
  return checkedJson(path, parseFaultPlan, 'Write it as { "seed": 1, "faults": [{ "fault": "throttle" }] }.')
}

async function checkedJson<Value>(
  path: string,
  check: (value: unknown) => Value,
  nextStep: string,
): Promise<Value> {
  try {
    return check(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw usageFailure(ACTION, `"${path}" cannot be used: ${failureOf(error, ACTION).message}`, nextStep)
  }
}

function startFailure(error: unknown, { port, dataDirectory }: SandboxOptions): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    const message = `port ${port} of 127.0.0.1 is taken by another program`
    return refusal(error, message, 'Choose another with --port, or --port 0 for any free one.')
  }
  if (code === 'EACCES' && dataDirectory === undefined) {
    const message = `port ${port} of 127.0.0.1 is not for ordinary users`
    return refusal(error, message, 'Choose one above 1023 with --port, or --port 0 for any free one.')
  }
  if (dataDirectory === undefined && code === undefined) return error
  // The directory is in use, cannot be written, or holds what this version cannot read: the text says which.
  return refusal(error, failureOf(error, ACTION).message, 'Choose another directory or file.')
}

function refusal(cause: unknown, message: string, nextStep: string): FailureError {
  return new FailureError(
    { kind: 'conflict', action: ACTION, message, nextStep, retryable: false },
    { cause },
  )
}
