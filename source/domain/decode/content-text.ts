import type { DecodedRecord } from './decoded-record.ts'
import { compactJson } from './json-documents.ts'

/** The payload as text without cutting: documents compact on one line each, text as it is; undefined for bytes. */
export function contentText({ content }: DecodedRecord): string | undefined {
  switch (content.kind) {
    case 'json':
      return content.documents.map(document => compactJson(document.text)).join('\n')
    case 'text':
      return content.text
    case 'log-events':
    case 'probe':
    case 'envelope':
      return compactJson(content.document.text)
    case 'empty':
      return ''
    case 'bytes':
      return undefined
  }
}
