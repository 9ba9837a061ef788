import type { Deadlines } from './connection.ts'

/** Long enough for 10 MiB over a slow line, short enough that nobody believes the console hangs. */
export const DEFAULT_DEADLINES: Deadlines = {
  connectMillis: 4_000,
  answerMillis: 12_000,
  idleMillis: 12_000,
  callMillis: 40_000,
  credentialsMillis: 30_000,
}
