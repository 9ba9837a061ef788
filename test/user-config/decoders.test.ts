import { describe, expect, it } from 'vitest'
import { userConfigOf } from '../../source/user-config/user-config.ts'

const rules = (text: string) =>
  userConfigOf('/etc/shardscope/config.json', `{\n "decoders": [\n  ${text}\n ] }`).decoders
const refusal = (text: string): string => {
  try {
    rules(text)
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

describe('the section decoders', () => {
  it('is read, with files beside the config', () => {
    expect(
      rules(
        '{ "stream": "orders-*", "decoder": ["gzip", "protobuf"], "schema": "order.pb", "message": "shop.Order" }',
      ),
    ).toEqual([
      {
        stream: 'orders-*',
        forced: { steps: ['gzip', 'protobuf'], isAutomatic: true },
        schema: '/etc/shardscope/order.pb#shop.Order',
      },
    ])
    expect(rules('{ "stream": "*", "automatic": false }')).toEqual([
      { stream: '*', forced: { steps: [], isAutomatic: false } },
    ])
    expect(rules('{ "stream": "a", "schema": ["7=a.avsc", "/b.avsc"], "registry": "glue" }')).toEqual([
      { stream: 'a', schema: '7=/etc/shardscope/a.avsc,/b.avsc', registry: 'glue' },
    ])
  })

  it.each([
    ['{ "decoder": "json" }', 'must name its "stream"'],
    ['{ "stream": "a b", "decoder": "json" }', 'must be a stream name'],
    ['{ "stream": "a", "decoder": "gunzip" }', 'must be one of kpl, gzip'],
    ['{ "stream": "a", "decoder": ["json", "gzip"] }', 'has "json" before its end'],
    ['{ "stream": "a" }', 'says nothing'],
    ['{ "stream": "a", "message": "x.Y", "decoder": "protobuf" }', 'needs a "schema"'],
    ['{ "stream": "a", "registry": "ftp://x" }', 'must be "glue" or the http(s) address'],
    ['{ "stream": "a", "decodr": "x" }', 'unknown member "decodr"'],
  ])('%s is refused with its line', (text, rule) => {
    expect(refusal(text)).toContain(rule)
    expect(refusal(text)).toContain('"/etc/shardscope/config.json" line 3')
  })
})
