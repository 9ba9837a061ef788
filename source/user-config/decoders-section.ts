import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { DecoderRule } from '../domain/decode/decoder-rule.ts'
import { FORCED_DECODERS } from '../domain/decode/forced-decoder.ts'
import type { ConfigNode } from './config-node.ts'

const MEMBERS = ['stream', 'profile', 'endpoint', 'decoder', 'schema', 'message', 'automatic', 'registry']
/** What says what lies inside: nothing can follow it. */
const LAST = new Set(['avro', 'protobuf', 'msgpack', 'cbor', 'json', 'text', 'raw'])

/**
 * The section `decoders`: `[{ "stream": "orders-*", "decoder": "protobuf", "schema": "order.pb", "message": "shop.Order" }]`.
 * The first rule that is about a stream counts. Schema files stand relative to the config file.
 * @throws FailureError `usage` with the line
 */
export function decoderRulesOf(section: ConfigNode, path: string): readonly DecoderRule[] {
  return section.items().map(rule => {
    const members = rule.members(MEMBERS)
    const stream = members.get('stream')
    if (stream === undefined) throw rule.refusal('must name its "stream", such as "orders" or "orders-*"')
    if (!/^[\w.*-]{1,128}$/.test(stream.text())) {
      throw stream.refusal('must be a stream name (a-z A-Z 0-9 _ . -), with * for any characters')
    }
    const decoder = members.get('decoder')
    const steps =
      decoder === undefined
        ? []
        : (Array.isArray(decoder.value) ? decoder.items() : [decoder]).map(each =>
            each.oneOf(FORCED_DECODERS),
          )
    const early = steps.slice(0, -1).find(step => LAST.has(step))
    if (early !== undefined)
      throw decoder?.refusal(`has "${early}" before its end, after which nothing follows`)
    const automatic = members.get('automatic')?.flag()
    const message = members.get('message')
    const schema = members.get('schema')
    if (message !== undefined && schema === undefined) throw message.refusal('needs a "schema" that has it')
    if (message !== undefined && !/^[\w.]+$/.test(message.text())) {
      throw message.refusal('must be the full name of a Protobuf message, such as shop.Order')
    }
    const registry = members.get('registry')
    if (registry !== undefined && registry.text() !== 'glue' && !isAddress(registry.text())) {
      throw registry.refusal('must be "glue" or the http(s) address of a Confluent schema registry')
    }
    if (steps.length === 0 && automatic === undefined && schema === undefined && registry === undefined) {
      throw rule.refusal('says nothing: give it a "decoder", a "schema", a "registry" or "automatic": false')
    }
    const [profile, endpoint] = [members.get('profile')?.text(), members.get('endpoint')?.text()]
    return {
      stream: stream.text(),
      ...(profile === undefined ? {} : { profile }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(steps.length === 0 && automatic !== false
        ? {}
        : { forced: { steps, isAutomatic: automatic ?? true } }),
      ...(schema === undefined ? {} : { schema: schemaOf(schema, message, path) }),
      ...(registry === undefined ? {} : { registry: registry.text() }),
    }
  })
}

/** As `--schema` takes it: `ID=FILE#MESSAGE`, with commas between several. */
function schemaOf(schema: ConfigNode, message: ConfigNode | undefined, path: string): string {
  const nodes = Array.isArray(schema.value) ? schema.items() : [schema]
  return nodes
    .map(node => {
      const [, id = '', file = ''] = /^((?:[0-9]+|[0-9a-f-]{36})=)?(.*)$/i.exec(node.text()) ?? []
      if (file === '' || file.includes(',')) throw node.refusal('must be a file name without commas')
      const home = file.replace(/^~(?=\/)/, homedir())
      const named = message === undefined || home.includes('#') ? '' : `#${message.text()}`
      return `${id}${resolve(dirname(path), home)}${named}`
    })
    .join(',')
}

function isAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol)
}
