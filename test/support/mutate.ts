// Damage done to bytes, the same for the same seed, so that a failure can be looked at again.

export type Random = (below: number) => number

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return below => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    state = (state ^ (state >>> 12)) >>> 0
    return state % below
  }
}

/** One to four changes of one of the seeds: bytes, bits, cuts, huge lengths, pieces of other seeds, rotations, runs. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes: Uint8Array = (seeds[random(seeds.length)] ?? new Uint8Array()).slice()
  for (let change = random(4); change >= 0; change -= 1) {
    const at = random(Math.max(1, bytes.length))
    switch (random(7)) {
      case 0:
        bytes[at] = random(256)
        break
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
        break
      case 2:
        bytes = bytes.slice(0, at)
        break
      case 3:
        bytes = joined(bytes.subarray(0, at), Uint8Array.of(0xff, 0xff, 0xff, 0xff), bytes.subarray(at))
        break
      case 4: {
        const other = seeds[random(seeds.length)] ?? bytes
        bytes = joined(bytes.subarray(0, at), other.subarray(random(other.length + 1)))
        break
      }
      case 5:
        bytes = joined(bytes.subarray(at), bytes.subarray(0, at))
        break
      default:
        bytes.fill(random(256), at, at + random(9))
    }
  }
  return bytes
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

const ODD_VALUES = [
  null,
  true,
  '',
  0,
  -1,
  1e308,
  9_007_199_254_740_992,
  '\u001b[31m',
  '\u202e',
  [],
  {},
  [[[[{}]]]],
  'NaN',
  '1719999999123456',
]

/** One to four values anywhere in a JSON document replaced, left out or doubled: what stays is sound JSON of an odd shape. */
export function mutateJson(texts: readonly string[], random: Random): string {
  const root: { value: unknown } = { value: JSON.parse(texts[random(texts.length)] ?? 'null') }
  for (let change = random(4); change >= 0; change -= 1) {
    let holder: Record<string, unknown> = root
    let key = 'value'
    for (let depth = random(6); depth > 0; depth -= 1) {
      const inner = holder[key]
      if (typeof inner !== 'object' || inner === null) break
      const keys = Object.keys(inner)
      if (keys.length === 0) break
      holder = inner as Record<string, unknown>
      key = keys[random(keys.length)] ?? ''
    }
    const odd = random(ODD_VALUES.length + 2)
    if (odd === ODD_VALUES.length) delete holder[key]
    else if (odd > ODD_VALUES.length) holder[key] = [structuredClone(holder[key]), holder[key]]
    else holder[key] = structuredClone(ODD_VALUES[odd])
  }
  return JSON.stringify(root.value) ?? 'null'
}
