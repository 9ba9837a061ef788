import { usageFailure } from '../domain/failure.ts'
import type { Event } from '../state/event.ts'
import type { ArgSpecs } from './argument.ts'
import type { OutputFormat } from './command.ts'
import { parseRecordTemplate, type RecordTemplate } from './record-template.ts'

const SEPARATORS: Readonly<Record<string, string>> = { newline: '\n', nul: '\0', none: '' }

/** The arguments by which a command that prints records is told how. */
export const RECORD_OUTPUT_ARGS = {
  output: {
    kind: 'choice',
    title: 'text for people, JSON Lines, the bytes as read, these in hex, or a template',
    choices: ['text', 'json', 'raw', 'hex', 'template'],
    defaultText: 'text',
    only: 'headless',
  },
  template: {
    kind: 'text',
    title: 'With --output template: text with fields such as {partitionKey} or {decoded.order.id}',
    only: 'headless',
  },
  separator: {
    kind: 'choice',
    title: 'What ends a record with --output raw, hex and template (newline unless told otherwise)',
    choices: Object.keys(SEPARATORS),
    only: 'headless',
  },
} as const satisfies ArgSpecs

/**
 * The output that these arguments ask for; undefined for text.
 * @throws FailureError of kind `usage`
 */
export function recordFormat(args: Readonly<Record<string, unknown>>): OutputFormat | undefined {
  const { output, template, separator } = args as {
    readonly output?: string
    readonly template?: string
    readonly separator?: string
  }
  if (template !== undefined && output !== 'template' && output !== 'text') {
    throw usageFailure('tail', `--template goes with --output template, not with --output ${output}`)
  }
  const end = SEPARATORS[separator ?? 'newline'] ?? '\n'
  if (template !== undefined) return templateFormat(parseRecordTemplate(template), end)
  switch (output) {
    case 'template':
      throw usageFailure('tail', '--output template needs --template TEXT')
    case 'raw':
      return { name: 'raw', isForTerminals: false, write: event => rawBytes(event, end) }
    case 'hex':
      return { name: 'hex', isForTerminals: end !== '\0', write: event => hexText(event, end) }
    default:
      if (separator === undefined) return output === 'json' ? 'json' : undefined
      throw usageFailure('tail', `--separator does not go with --output ${output}`)
  }
}

function templateFormat(template: RecordTemplate, end: string): OutputFormat {
  return {
    name: 'template',
    isForTerminals: true,
    write: event => {
      if (event.type !== 'records-read') return undefined
      let text = ''
      for (const { record, decoded, matching } of event.records) {
        for (const part of matching ?? decoded) text += `${template({ record, part })}${end}`
      }
      return text
    },
  }
}

function rawBytes(event: Event, end: string): Uint8Array | undefined {
  if (event.type !== 'records-read') return undefined
  const separator = Buffer.from(end)
  return Buffer.concat(event.records.flatMap(({ record }) => [record.data, separator]))
}

function hexText(event: Event, end: string): string | undefined {
  if (event.type !== 'records-read') return undefined
  return event.records
    .map(({ record: { data } }) => {
      return `${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')}${end}`
    })
    .join('')
}
