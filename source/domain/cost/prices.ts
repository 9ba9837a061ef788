import { usageFailure } from '../failure.ts'
import listPrices from './list-prices.json' with { type: 'json' }

/** List prices of one region on one day. The data file has the numbers, so that they can be replaced without a release. */
export type Prices = typeof listPrices

/** The prices that come with the program: us-east-1, captured 2026-05-05. */
export const LIST_PRICES: Prices = listPrices

/**
 * Prices of a file of one's own: any part of the built-in file; what is left out stays as built in.
 * @throws FailureError `usage` for a name that is unknown or a value of another kind, naming its place
 */
export function pricesFrom(text: string, path: string): Prices {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refusal(path, `is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  return merged(path, '', LIST_PRICES, value) as Prices
}

/** Where and when the prices are from, e.g. `list prices of us-east-1, 2026-05-05`. */
export function pricesText({ region, capturedOn }: Prices): string {
  return `list prices of ${region}, ${capturedOn}`
}

function merged(path: string, place: string, base: unknown, given: unknown): unknown {
  if (typeof base === 'number') {
    if (typeof given === 'number' && Number.isFinite(given) && given >= 0) return given
    throw refusal(path, `${place} must be a number that is not negative`)
  }
  if (typeof base === 'string') {
    if (typeof given === 'string' && given !== '') return given
    throw refusal(path, `${place} must be a text`)
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw refusal(path, `${place || 'the file'} must be an object`)
  }
  const known = base as Readonly<Record<string, unknown>>
  const result: Record<string, unknown> = { ...known }
  for (const [name, value] of Object.entries(given)) {
    const inner = place === '' ? name : `${place}.${name}`
    if (!Object.hasOwn(known, name)) {
      throw refusal(path, `${inner} is unknown; known here: ${Object.keys(known).join(', ')}`)
    }
    result[name] = merged(path, inner, known[name], value)
  }
  return result
}

function refusal(path: string, message: string) {
  return usageFailure(
    'prices',
    `prices "${path}": ${message}`,
    'Write only what differs, such as { "region": "eu-west-1", "provisioned": { "shardHour": 0.017 } }.',
  )
}
