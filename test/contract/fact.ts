import type { World } from './world.ts'

/**
 * One thing that Kinesis is known to do. `observe` tries it and returns what it saw as plain data that is the same in
 * every run (names, counts, indices; never sequence numbers or times), `expected` is what the service answers
 * according to `source`.
 */
export type Fact<State> = {
  readonly id: string
  readonly source: string
  readonly expected: unknown
  observe(world: World, state: State): Promise<unknown>
}

/**
 * Facts that share a stream. They run in the given order. A scene with `movesTime` waits for minutes or hours of the
 * target's clock and runs only where that clock can be moved.
 */
export type Scene = {
  readonly id: string
  readonly movesTime: boolean
  readonly facts: readonly Fact<unknown>[]
  setUp(world: World): Promise<unknown>
}

export function scene<State>(definition: {
  readonly id: string
  readonly movesTime?: boolean
  setUp(world: World): Promise<State>
  readonly facts: readonly Fact<State>[]
}): Scene {
  return {
    id: definition.id,
    movesTime: definition.movesTime ?? false,
    setUp: world => definition.setUp(world),
    // The state that `setUp` returned comes back to the facts of the same scene and to no others.
    facts: definition.facts as readonly Fact<unknown>[],
  }
}

/** What a deviating target is known to answer instead, and why that is accepted of it. */
export type Deviation = { readonly observed: unknown; readonly reason: string }

/** By `scene` (its preparation is refused) or `scene/fact`. */
export type Deviations = Readonly<Record<string, Deviation>>

/** Deviations written down by their reason: what is seen in its place, by scene or fact. */
export function deviationsOf(
  groups: readonly { readonly reason: string; readonly observed: Readonly<Record<string, unknown>> }[],
): Deviations {
  return Object.fromEntries(
    groups.flatMap(({ reason, observed }) =>
      Object.entries(observed).map(([id, value]) => [id, { reason, observed: value }]),
    ),
  )
}
