import type { DecodedRecord } from './decoded-record.ts'
import { compactJson } from './json-documents.ts'

/**
 * What was decoded as one JSON text without line breaks, for the `decoded` member of a tailed record: the document itself,
 * an array where a record holds several, a string for text. A producer-library aggregate is an array of its user records,
 * each with its own key and either `decoded` or, where its bytes could not be read, `data` in base64. Undefined where there
 * is nothing but bytes. Digits are those of the source: a text, since a JavaScript number would round them.
 */
export function decodedJson(decoded: readonly DecodedRecord[]): string | undefined {
  const [first] = decoded
  if (first === undefined) return undefined
  if (first.userRecord === undefined) return contentJson(first)
  return `[${decoded.map(userRecordJson).join(',')}]`
}

function userRecordJson(decoded: DecodedRecord): string {
  const { userRecord, bytes } = decoded
  const members = [
    `"subSequenceNumber":${userRecord?.subSequenceNumber ?? 0}`,
    `"partitionKey":${JSON.stringify(userRecord?.partitionKey ?? '')}`,
  ]
  if (userRecord?.explicitHashKey !== undefined) {
    members.push(`"explicitHashKey":"${userRecord.explicitHashKey}"`)
  }
  if (userRecord?.isOutsideShardRange === true) members.push('"isOutsideShardRange":true')
  if (userRecord?.isDroppedByKcl === true) members.push('"isDroppedByKcl":true')
  const content = contentJson(decoded)
  members.push(
    content === undefined
      ? `"data":"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`
      : `"decoded":${content}`,
  )
  return `{${members.join(',')}}`
}

function contentJson({ content }: DecodedRecord): string | undefined {
  switch (content.kind) {
    case 'json': {
      const texts = content.documents.map(document => compactJson(document.text))
      return texts.length === 1 ? texts[0] : `[${texts.join(',')}]`
    }
    case 'text':
      return JSON.stringify(content.text)
    case 'log-events':
    case 'probe':
    case 'envelope':
      return compactJson(content.document.text)
    case 'empty':
    case 'bytes':
      return undefined
  }
}
