import { randomUUID } from 'node:crypto'
import type { AuditEntry, AuditIdentity, AuditSink } from '../domain/audit.ts'
import { awsCliLine } from '../domain/cli-line.ts'
import type { Clock } from '../domain/clock.ts'
import { failureOf } from '../domain/failure.ts'
import { endpointText, IN_PROCESS_URL, type Session } from '../domain/session.ts'
import { isReadingOperation } from './guard.ts'

export type AuditWiring = {
  readonly sink: AuditSink
  readonly session: () => Session
  readonly clock: Pick<Clock, 'now'>
  readonly onWarning: (text: string) => void
}

/** Tells of one call from before it is sent until its end. */
export type Audit = <T>(operation: string, input: () => object, call: () => Promise<T>) => Promise<T>

/** Members that hold what people wrote into a stream. */
const PAYLOADS = new Set(['Data', 'Records'])

/**
 * Every call that is not known to only read is told to the sink, before it is sent and after its answer. A sink that fails
 * does not hold the call up, since it may be the act that saves a stream at night, but that is said each time.
 */
export function createAudit(wiring: AuditWiring): Audit {
  const { sink, session, clock, onWarning } = wiring
  return async (operation, input, call) => {
    if (isReadingOperation(operation)) return call()
    const at = clock.now()
    const parameters = withoutPayload(input() as Readonly<Record<string, unknown>>)
    const isPut = Object.keys(input()).some(name => PAYLOADS.has(name))
    const { identity, target } = whoAndWhere(session())
    const entry: Omit<AuditEntry, 'event'> = {
      at,
      callId: randomUUID(),
      operation,
      parameters,
      identity,
      ...(isPut ? {} : { awsCli: awsCliLine(operation, parameters, target) }),
    }
    const tell = async (line: AuditEntry): Promise<void> => {
      try {
        await sink(line)
      } catch (error) {
        onWarning(
          `the audit log does not have ${operation} (${line.event}): ${failureOf(error, 'audit').message}`,
        )
      }
    }
    // Puts come many a second, and are told once.
    if (!isPut) await tell({ ...entry, event: 'sent' })
    try {
      const answer = await call()
      await tell({ ...entry, event: 'answered', outcome: 'ok', durationMillis: clock.now() - at })
      return answer
    } catch (error) {
      const { kind, message, errorName } = failureOf(error, operation)
      await tell({
        ...entry,
        event: 'answered',
        outcome: kind,
        message,
        ...(errorName === undefined ? {} : { errorName }),
        durationMillis: clock.now() - at,
      })
      throw error
    }
  }
}

function withoutPayload(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { Data, Records, PartitionKey, ...rest } = input
  return {
    ...rest,
    ...(Data === undefined ? {} : { DataBytes: (Data as Uint8Array).length }),
    // Partition keys are often names of people.
    ...(PartitionKey === undefined ? {} : { PartitionKeyCharacters: [...String(PartitionKey)].length }),
    ...(Array.isArray(Records)
      ? {
          RecordCount: Records.length,
          DataBytes: Records.reduce(
            (sum, record) => sum + ((record as { Data?: Uint8Array }).Data?.length ?? 0),
            0,
          ),
        }
      : {}),
  }
}

function whoAndWhere(session: Session) {
  const { endpointUrl, region, profile, accountId, credentials, isCustomEndpoint } = session
  const identity: AuditIdentity = {
    endpoint: endpointText(endpointUrl.value),
    region: region.value,
    ...(profile === undefined ? {} : { profile: profile.value }),
    ...(accountId === undefined ? {} : { accountId: accountId.value }),
    credentials: credentials.value,
  }
  return {
    identity,
    target: {
      region: region.value,
      ...(profile === undefined ? {} : { profile: profile.value }),
      ...(isCustomEndpoint && endpointUrl.value !== IN_PROCESS_URL ? { endpointUrl: endpointUrl.value } : {}),
    },
  }
}
