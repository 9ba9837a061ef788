/** One request as every transport hands it on. Header names are in lower case. */
export type WireRequest = {
  method: string
  path: string
  headers: Record<string, string | undefined>
  body: Uint8Array
  /** Ends when the caller is gone. */
  signal: AbortSignal
}

/** The answer: whole, or pushed piece by piece (event streams). */
export type WireResponse = {
  statusCode: number
  headers: Record<string, string>
  body: string | Uint8Array | AsyncIterable<Uint8Array>
  /** Set by faults: the connection is broken instead of answered, or never answered at all. */
  instead?: 'reset' | 'silence'
}

/** Answers one request; never throws. */
export type Answer = (request: WireRequest) => Promise<WireResponse>
