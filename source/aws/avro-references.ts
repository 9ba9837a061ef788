/** A schema that another one refers to by its full name. */
export type NamedSchema = { readonly name: string; readonly text: string }

/**
 * An Avro schema with the schemas that it refers to written in at their first use: Avro itself knows no references between
 * files. Texts that are no JSON come back as they are, for the reader of schemas to refuse.
 */
export function inlineReferences(text: string, references: readonly NamedSchema[]): string {
  if (references.length === 0) return text
  try {
    const left = new Map(references.map(each => [each.name, JSON.parse(each.text) as unknown]))
    return JSON.stringify(written(JSON.parse(text), left, 0))
  } catch {
    return text
  }
}

function written(schema: unknown, left: Map<string, unknown>, depth: number): unknown {
  if (depth > 200) throw new Error('nested too deeply')
  if (typeof schema === 'string') {
    const meant = left.get(schema)
    if (meant === undefined) return schema
    // From here on its name is known.
    left.delete(schema)
    return written(meant, left, depth + 1)
  }
  if (Array.isArray(schema)) return schema.map(branch => written(branch, left, depth + 1))
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([member, value]) => {
      if (member === 'type' || member === 'items' || member === 'values') {
        return [member, written(value, left, depth + 1)]
      }
      return [member, member === 'fields' ? written(value, left, depth + 1) : value]
    }),
  )
}
