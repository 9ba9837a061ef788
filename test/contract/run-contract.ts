import { appendFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Deviation, Deviations, Fact, Scene } from './fact.ts'
import { createWorld, type Endpoint, errorName, type World } from './world.ts'

export type Target = {
  readonly name: string
  /** Starts it, and says how to stop it. */
  start(): Promise<Endpoint & { stop(): Promise<void> }>
  readonly deviations: Deviations
  /** Facts that would take it minutes or gigabytes, by `scene/fact`, with the reason; shown as skipped. */
  readonly notTried?: Readonly<Record<string, string>>
}

/** Declares one test for each fact of each scene against a target. Facts of a scene share its stream, in order. */
export function runContract(target: Target, scenes: readonly Scene[]): void {
  describe(target.name, () => {
    let endpoint: Awaited<ReturnType<Target['start']>>
    let world: World
    beforeAll(async () => {
      endpoint = await target.start()
      world = createWorld(endpoint)
    })
    afterAll(async () => {
      await world?.end()
      await endpoint?.stop()
    })

    for (const scene of scenes) runScene(target, scene, () => world)

    test('every known deviation is of a fact that exists', () => {
      const known = scenes.flatMap(scene => [scene.id, ...scene.facts.map(fact => `${scene.id}/${fact.id}`)])
      expect(Object.keys(target.deviations).filter(id => !known.includes(id))).toEqual([])
    })
  })
}

function runScene(target: Target, scene: Scene, world: () => World): void {
  const preparation = target.deviations[scene.id]
  describe(scene.id, () => {
    let state: unknown
    if (preparation !== undefined) {
      test(`cannot be prepared: ${preparation.reason}`, async () => {
        const observed = await scene.setUp(world()).then(
          () => 'prepared',
          error => errorName(error),
        )
        judge(observed, 'prepared', preparation)
      })
      return
    }
    beforeAll(async () => {
      state = await scene.setUp(world())
    })
    for (const fact of scene.facts) {
      const id = `${scene.id}/${fact.id}`
      const notTried = target.notTried?.[id]
      if (notTried !== undefined) {
        test.skip(`${fact.id} is not tried: ${notTried}`, () => {})
        continue
      }
      const deviation = target.deviations[id]
      test(`${fact.id}${deviation === undefined ? '' : ` deviates: ${deviation.reason}`}`, async () => {
        const observed = await observe(fact, world(), state)
        record(target.name, id, fact.expected, observed)
        judge(observed, fact.expected, deviation, fact.source)
      })
    }
  })
}

/** What was seen, as JSON holds it, so that a missing member and an undefined one are the same. */
async function observe(fact: Fact<unknown>, world: World, state: unknown): Promise<unknown> {
  try {
    return plain(await fact.observe(world, state))
  } catch (error) {
    return { failed: errorName(error) }
  }
}

/** With SHARDSCOPE_CONTRACT_RECORD=FILE every difference is noted there, one JSON line each, to write deviations from. */
function record(target: string, id: string, expected: unknown, observed: unknown): void {
  const file = process.env.SHARDSCOPE_CONTRACT_RECORD
  if (file === undefined || isDeepStrictEqual(observed, plain(expected))) return
  appendFileSync(file, `${JSON.stringify({ target, id, expected: plain(expected), observed })}\n`)
}

const plain = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value))

function judge(observed: unknown, expected: unknown, deviation?: Deviation, source?: string): void {
  if (deviation === undefined) {
    expect(observed, source).toEqual(plain(expected))
    return
  }
  if (isDeepStrictEqual(observed, plain(expected))) {
    expect.fail('the known deviation has stopped: the target now answers as the service does; remove it')
  }
  expect(observed, 'deviates in another way than the one known').toEqual(plain(deviation.observed))
}
