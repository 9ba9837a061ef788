import { FailureError } from '../domain/failure.ts'
import { text } from './answer-values.ts'
import type { ServiceSend } from './service-send.ts'
import type { RegistrySchema } from './services-api.ts'

const ACTION = 'glue:GetSchemaVersion'

/** The schema that a record's header names by its schema-version id, a UUID. */
export async function glueSchema(
  send: ServiceSend<typeof import('./glue-sdk.ts')>,
  schemaVersionId: string,
  signal: AbortSignal | undefined,
): Promise<RegistrySchema> {
  const input = { SchemaVersionId: schemaVersionId }
  const answer = await send('GetSchemaVersion', sdk => new sdk.GetSchemaVersionCommand(input), signal)
  const content = text(answer.SchemaDefinition)
  switch (text(answer.DataFormat)) {
    case 'AVRO':
      if (content !== undefined) return { format: 'avro', content }
      break
    case 'JSON':
      return { format: 'json', content: '' }
    case 'PROTOBUF':
      throw unusable(
        'it is Protobuf source, which Glue keeps in no compiled form',
        `Give its descriptor set: protoc --include_imports -o FILE, then the schema ${schemaVersionId}=FILE.`,
      )
    default:
  }
  throw unusable('the answer holds no schema that is known here')
}

function unusable(message: string, nextStep?: string): FailureError {
  return new FailureError({
    kind: 'unsupported',
    action: ACTION,
    message,
    ...(nextStep === undefined ? {} : { nextStep }),
    retryable: false,
  })
}
