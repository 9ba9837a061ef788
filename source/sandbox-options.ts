import { readFile } from 'node:fs/promises'
import type { SandboxOptions } from './commands/command.ts'
import { FailureError, failureOf, usageFailure } from './domain/failure.ts'
import type { EmbeddedOptions } from './sandbox/assemble.ts'

const ACTION = 'sandbox'

/**
 * What the sandbox's own code takes, with scenario and faults read and checked.
 * @throws FailureError of kind `usage` for a file or name that it cannot use
 */
export async function embeddedOptionsOf(
  options: Omit<SandboxOptions, 'port' | 'certificateFile'>,
): Promise<EmbeddedOptions> {
  const { speed, seed, dataDirectory, faultFile } = options
  const faults = faultFile === undefined ? undefined : await faultsIn(faultFile)
  return {
    traffic: await trafficOf(options),
    limits: options.hasLimits === false ? 'off' : 'on',
    ...(speed === undefined ? {} : { speed }),
    ...(seed === undefined ? {} : { seed }),
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
    ...(faults === undefined ? {} : { faults }),
  }
}

/** A name of the library, else a file; where nothing is named the demonstration, or nothing at all. */
async function trafficOf({ scenario, hasTraffic }: Pick<SandboxOptions, 'scenario' | 'hasTraffic'>) {
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

/** What kept a sandbox from starting, in words for its user; `conflict` where a port or directory is not to be had. */
export function startFailure(
  error: unknown,
  {
    port,
    portFlag,
    dataDirectory,
  }: { readonly port: number; readonly portFlag: string; readonly dataDirectory?: string | undefined },
): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    const message = `port ${port} of 127.0.0.1 is taken by another program`
    return refusal(error, message, `Choose another with ${portFlag}, or ${portFlag} 0 for any free one.`)
  }
  if (code === 'EACCES' && dataDirectory === undefined) {
    const message = `port ${port} of 127.0.0.1 is not for ordinary users`
    return refusal(
      error,
      message,
      `Choose one above 1023 with ${portFlag}, or ${portFlag} 0 for any free one.`,
    )
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
