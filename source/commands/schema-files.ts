import { SchemaShelf } from '../domain/decode/schema-shelf.ts'
import { usageFailure } from '../domain/failure.ts'

/**
 * The schemas that `--schema` names, with commas between: `FILE` or `ID=FILE`, where ID is a registry's name for the schema
 * (a Glue schema-version id or a Confluent number). An Avro schema, or a Protobuf descriptor set with `FILE#MESSAGE` where it
 * has several messages. Throws a usage failure that names the file and what is wrong with it.
 */
export async function readSchemas(
  text: string,
  readInput: (path: string) => Promise<Uint8Array>,
): Promise<SchemaShelf> {
  const schemas = new SchemaShelf()
  await readSchemasInto(schemas, text, readInput)
  return schemas
}

/** The same, onto a shelf that is in use already. */
export async function readSchemasInto(
  schemas: SchemaShelf,
  text: string,
  readInput: (path: string) => Promise<Uint8Array>,
): Promise<void> {
  for (const entry of text.split(',')) {
    const [, id, path, messageName] = /^\s*(?:([0-9a-f-]+)=)?(.*?)(?:#([\w.]+))?\s*$/i.exec(entry) ?? []
    if (path === undefined || path === '') {
      throw usageFailure(
        'tail',
        `"${text}" names no schema file.`,
        'Write --schema order.avsc or --schema 42=order.avsc.',
      )
    }
    const problem = schemas.add(await readInput(path), id, messageName)
    if (problem !== undefined) {
      throw usageFailure(
        'tail',
        `"${path}" is not usable as a schema: ${problem}.`,
        'Give an Avro schema (.avsc), or a descriptor set: protoc --include_imports -o FILE ORDER.proto.',
      )
    }
  }
}
