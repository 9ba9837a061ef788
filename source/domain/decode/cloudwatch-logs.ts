import type { JsonValue, LogEvent } from './decoded-record.ts'
import { objectOf } from './json-members.ts'
import type { EnvelopeStage } from './stage.ts'

/**
 * What a CloudWatch Logs subscription filter sends (API PutSubscriptionFilter): log events of one log stream, or the probe
 * by which it checks that the stream can be written.
 */
export const cloudWatchLogsStage: EnvelopeStage = {
  stage: 'cloudwatch-logs',
  recognise(document) {
    const envelope = objectOf(document.value) ?? {}
    const { messageType, owner } = envelope
    if (typeof owner !== 'string') return undefined
    if (messageType === 'CONTROL_MESSAGE') {
      return { content: { kind: 'probe', document, owner }, label: 'CloudWatch Logs probe' }
    }
    if (messageType !== 'DATA_MESSAGE' || !Array.isArray(envelope.logEvents)) return undefined
    const logEvents = envelope.logEvents.map(logEventOf)
    const content = {
      kind: 'log-events' as const,
      document,
      owner,
      logGroup: textOf(envelope.logGroup),
      logStream: textOf(envelope.logStream),
      logEvents,
    }
    return { content, label: `CloudWatch Logs x${logEvents.length}` }
  },
}

function logEventOf(value: JsonValue): LogEvent {
  const { id, timestamp, message } = objectOf(value) ?? {}
  return {
    id: textOf(id),
    ...(typeof timestamp === 'number' ? { timestampMillis: timestamp } : {}),
    message: textOf(message),
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
}
