import { usageFailure } from '../domain/failure.ts'
import { type HashKey, MAX_HASH_KEY, parseHashKey } from '../domain/hash-key.ts'
import { parseStreamRef, type StreamRef } from '../domain/stream.ts'

/** Kind of an argument -> the value that a command gets. */
type ValueOfKind = {
  text: string
  /** A stream name or ARN. */
  stream: StreamRef
  shard: string
  /** Shards by id or number: several after one another, or with commas. */
  shards: readonly string[]
  /** A whole number within `min`..`max`. */
  count: number
  flag: boolean
  hashKey: HashKey
  choice: string
  /** A path, or `-` for standard input. */
  file: string
}

export type ArgKind = keyof ValueOfKind

/** Longer than any name, and still one line or two. */
const MOST_QUOTED_CHARACTERS = 160

export type ArgSpec = {
  readonly kind: ArgKind
  /** Half a sentence for forms and `--help`. */
  readonly title: string
  readonly required?: boolean
  /** Taken by position on the command line, in the order of declaration. */
  readonly positional?: boolean
  /** Used where nothing was given, as it would be typed. */
  readonly defaultText?: string
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
  /** Shown in forms only, or on the command line only; both where absent. */
  readonly only?: 'form' | 'headless'
}

export type ArgSpecs = Readonly<Record<string, ArgSpec>>

/** The parsed arguments of a command: required and defaulted ones are there, others may be absent. */
export type ArgsOf<Specs extends ArgSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends
    | { required: true }
    | { defaultText: string }
    | { kind: 'flag' }
    ? ValueOfKind[Specs[Name]['kind']]
    : ValueOfKind[Specs[Name]['kind']] | undefined
}

/** `explicitHashKey` -> `explicit-hash-key`: the flag of an argument. */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

/**
 * Reads arguments from what was typed, in a form or on the command line: one set of rules for both.
 * @throws FailureError of kind `usage` that names the value, the rule and the next step.
 */
export function parseArgs<Specs extends ArgSpecs>(
  action: string,
  specs: Specs,
  typed: Readonly<Record<string, string | undefined>>,
): ArgsOf<Specs> {
  const parsed: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(specs)) {
    const text = typed[name] ?? spec.defaultText
    if (text === undefined || (text === '' && spec.kind !== 'text')) {
      if (spec.kind === 'flag') parsed[name] = false
      else if (spec.required) {
        throw usageFailure(action, `${flagOf(name)} is missing: ${spec.title}`, nextStepFor(name, spec))
      }
      continue
    }
    parsed[name] = parseValue(action, name, spec, text)
  }
  return parsed as ArgsOf<Specs>
}

/** What was typed, recognisable: a payload that slipped into the wrong place must not fill the screen. */
function shortened(text: string): string {
  const characters = [...text]
  if (characters.length <= MOST_QUOTED_CHARACTERS) return text
  return `${characters.slice(0, MOST_QUOTED_CHARACTERS).join('')}...`
}

function nextStepFor(name: string, spec: ArgSpec): string {
  return spec.positional ? `Give ${flagOf(name).toUpperCase()}.` : `Give --${flagOf(name)}.`
}

function parseValue(action: string, name: string, spec: ArgSpec, text: string): unknown {
  const refuse = (rule: string) => usageFailure(action, `${flagOf(name)} "${shortened(text)}" ${rule}`)
  switch (spec.kind) {
    case 'text':
    case 'file':
      return text
    case 'stream': {
      const stream = parseStreamRef(text)
      if (stream !== undefined) return stream
      throw refuse('is neither a stream name (1-128 of a-z A-Z 0-9 _ . -) nor a stream ARN')
    }
    case 'shard':
    case 'shards': {
      const words = spec.kind === 'shard' ? [text] : text.split(',').map(word => word.trim())
      if (!words.every(word => /^[a-zA-Z0-9_.-]{1,128}$/.test(word))) {
        throw refuse('is no shard id, such as shardId-000000000003, or its number, such as 3')
      }
      const ids = words.map(word => (/^\d{1,12}$/.test(word) ? `shardId-${word.padStart(12, '0')}` : word))
      return spec.kind === 'shard' ? ids[0] : [...new Set(ids)]
    }
    case 'count': {
      const [min, max] = [spec.min ?? 0, spec.max ?? Number.MAX_SAFE_INTEGER]
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
      if (value >= min && value <= max) return value
      const isTooMany = value > max
      throw refuse(
        `must be a whole number ${spec.max === undefined && !isTooMany ? `of at least ${min}` : `from ${min} to ${max}`}`,
      )
    }
    case 'flag':
      if (text === 'true' || text === 'yes') return true
      if (text === 'false' || text === 'no') return false
      throw refuse('must be yes or no')
    case 'hashKey': {
      const key = parseHashKey(text)
      if (key !== undefined) return key
      throw refuse(`is no hash key: a whole number from 0 to ${MAX_HASH_KEY}`)
    }
    case 'choice':
      if (spec.choices?.includes(text)) return text
      throw refuse(`must be one of ${(spec.choices ?? []).join(', ')}`)
  }
}
