/** A stream of chance: numbers from 0 up to, not including, 1. The same seed gives the same numbers on every machine. */
export type Random = () => number

/** A number of 32 bits made from any words (FNV-1a). */
export function seedOf(...words: (string | number)[]): number {
  let state = 0x811c9dc5
  for (const character of words.join('\u0000')) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return state
}

/** Mulberry32 over a seed made from any words, so that every producer and moment can have its own sequence. */
export const createRandom = (...seed: (string | number)[]): Random => randomFrom(seedOf(...seed))

/** The sequence of one moment out of the many of a seed: cheap, for it is made for every slot of every producer. */
export const randomAt = (seed: number, moment: number): Random =>
  randomFrom(Math.imul(seed ^ moment, 0x9e3779b1) ^ (moment >>> 7))

function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A whole number from 0 to `count` - 1. */
export const below = (random: Random, count: number) => Math.floor(random() * count)

/** One of the choices. */
export function pick<Choice>(random: Random, choices: readonly Choice[]): Choice {
  const choice = choices[below(random, choices.length)]
  if (choice === undefined) throw new RangeError('there is nothing to pick from')
  return choice
}

/** `count` lower-case hex digits. */
export function hexDigits(random: Random, count: number): string {
  let digits = ''
  while (digits.length < count) digits += below(random, 0x10000).toString(16).padStart(4, '0')
  return digits.slice(0, count)
}
