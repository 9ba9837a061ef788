import { SchemaShelf } from '../domain/decode/schema-shelf.ts'
import { usageFailure } from '../domain/failure.ts'

/**
 * The Avro schemas that `--schema` names: `FILE` or `ID=FILE`, with commas between; ID is the registry's name for the schema
 * (a Glue schema-version id or a Confluent number). Throws a usage failure that names the file and what is wrong with it.
 */
export async function readSchemas(
  text: string,
  readInput: (path: string) => Promise<Uint8Array>,
): Promise<SchemaShelf> {
  const schemas = new SchemaShelf()
  for (const entry of text.split(',')) {
    const [, id, path] = /^\s*(?:([0-9a-f-]+)=)?(.*?)\s*$/i.exec(entry) ?? []
    if (path === undefined || path === '') {
      throw usageFailure(
        'tail',
        `"${text}" names no schema file.`,
        'Write --schema order.avsc or --schema 42=order.avsc.',
      )
    }
    const problem = schemas.add(new TextDecoder().decode(await readInput(path)), id)
    if (problem !== undefined) {
      throw usageFailure(
        'tail',
        `"${path}" is no Avro schema: ${problem}.`,
        'Give a file as Avro writes them (.avsc).',
      )
    }
  }
  return schemas
}
