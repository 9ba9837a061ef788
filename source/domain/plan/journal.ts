import { type HashKeyRange, parseHashKey } from '../hash-key.ts'
import type { StreamRef } from '../stream.ts'
import type { PlanStep } from './steps.ts'

/** What a plan is about, as it was made: the first line of its journal. */
export type PlannedEntry = {
  readonly kind: 'planned'
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly planId: string
  readonly stream: StreamRef
  /** When that stream was created, where the endpoint told: a later stream of the same name is another one. */
  readonly streamCreatedAt?: number
  readonly endpoint: string
  readonly region: string
  /** Open ranges before the first step, along the space. */
  readonly layout: readonly HashKeyRange[]
  readonly steps: readonly PlanStep[]
  readonly targetUtilisation?: number
  /** Forecast utilisation of the ranges after the last step; absent where no load was known. */
  readonly forecast?: readonly number[]
}

export type PlanEntry =
  | PlannedEntry
  /** Written before the call, so that after a crash it is known what may have been asked for. */
  | {
      readonly kind: 'intended'
      readonly at: number
      readonly step: number
      readonly shardIds: readonly string[]
    }
  /** The shards are as this step leaves them. */
  | { readonly kind: 'done'; readonly at: number; readonly step: number }
  | { readonly kind: 'stopped'; readonly at: number; readonly doneSteps: number; readonly reason: string }
  | { readonly kind: 'finished'; readonly at: number }

/** A plan that is being carried out; no other process has it at the same time. */
export type PlanJournal = {
  readonly planId: string
  /** Resolves once the line is on the disk. @throws FailureError where it cannot be kept */
  append(entry: PlanEntry): Promise<void>
  close(): Promise<void>
}

export type PlanStore = {
  /** @throws FailureError where the state folder cannot be written */
  create(entry: PlannedEntry): Promise<PlanJournal>
  /** @throws FailureError `not-found`, or `conflict` while another process carries it out */
  reopen(planId: string): Promise<{ readonly journal: PlanJournal; readonly entries: readonly PlanEntry[] }>
  read(planId: string): Promise<readonly PlanEntry[]>
  /** Newest first. Files that are no journal are left out. */
  list(): Promise<readonly (readonly PlanEntry[])[]>
}

/** How far a journal says that its plan is. */
export type PlanProgress = {
  readonly planned: PlannedEntry
  /** Steps that were seen done. */
  readonly doneSteps: number
  /** Steps that were asked for; the last one may have happened or not. */
  readonly intendedSteps: number
  readonly state: 'running' | 'stopped' | 'finished'
  readonly reason?: string
}

/** Undefined for entries that do not begin with a plan. */
export function progressOf(entries: readonly PlanEntry[]): PlanProgress | undefined {
  const [planned] = entries
  if (planned?.kind !== 'planned') return undefined
  let [doneSteps, intendedSteps] = [0, 0]
  let state: PlanProgress['state'] = 'running'
  let reason: string | undefined
  for (const entry of entries.slice(1)) {
    if (entry.kind === 'intended') {
      intendedSteps = Math.max(intendedSteps, entry.step + 1)
      state = 'running'
    } else if (entry.kind === 'done') doneSteps = Math.max(doneSteps, entry.step + 1)
    else if (entry.kind === 'finished') state = 'finished'
    else if (entry.kind === 'stopped') {
      state = 'stopped'
      reason = entry.reason
    }
  }
  return { planned, doneSteps, intendedSteps, state, ...(reason === undefined ? {} : { reason }) }
}

/** One entry as one line of JSON: hash keys as text, times as ISO 8601. */
export function lineOf(entry: PlanEntry): string {
  return `${JSON.stringify({ v: 1, ...entry, at: new Date(entry.at).toISOString() }, (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  )}\n`
}

/** The entries of a journal. A last line that was torn by a crash counts as never written; others that make no sense end it. */
export function entriesOf(text: string): PlanEntry[] {
  const entries: PlanEntry[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const entry = entryOf(line)
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}

function entryOf(line: string): PlanEntry | undefined {
  try {
    const raw = JSON.parse(line) as Record<string, unknown>
    const at = Date.parse(String(raw.at))
    if (raw.v !== 1 || !Number.isFinite(at)) return undefined
    if (raw.kind === 'planned') {
      const layout = (raw.layout as unknown[]).map(rangeOf)
      const steps = (raw.steps as Record<string, unknown>[]).map(stepOf)
      const { v: _, ...rest } = raw
      return { ...(rest as unknown as PlannedEntry), at, layout, steps }
    }
    if (!['intended', 'done', 'stopped', 'finished'].includes(String(raw.kind))) return undefined
    const { v: _, ...rest } = raw
    return { ...(rest as unknown as PlanEntry), at } as PlanEntry
  } catch {
    return undefined
  }
}

function stepOf(raw: Record<string, unknown>): PlanStep {
  if (raw.kind === 'merge') return { kind: 'merge', lower: rangeOf(raw.lower), upper: rangeOf(raw.upper) }
  return { kind: 'split', range: rangeOf(raw.range), newStartingHashKey: keyOf(raw.newStartingHashKey) }
}

function rangeOf(raw: unknown): HashKeyRange {
  const range = raw as Record<string, unknown>
  return { startingHashKey: keyOf(range.startingHashKey), endingHashKey: keyOf(range.endingHashKey) }
}

function keyOf(raw: unknown): bigint {
  const key = parseHashKey(String(raw))
  if (key === undefined) throw new TypeError(`"${String(raw)}" is no hash key`)
  return key
}
