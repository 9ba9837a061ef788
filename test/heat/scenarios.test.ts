import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { boardOf, type HeatScenario, idOf } from './scenario.ts'

const FOLDER = new URL('../scenarios/heat/', import.meta.url).pathname

describe('heat scenarios: records and times in, verdict out', () => {
  for (const file of readdirSync(FOLDER).sort()) {
    const scenario = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as HeatScenario
    test(`${file.replace('.json', '')}: ${scenario.about}`, () => {
      const board = boardOf(scenario)
      expect(scenario.expect.length).toBeGreaterThan(0)
      for (const wanted of scenario.expect) {
        const shard = board.shards.find(candidate => candidate.shard.shardId === idOf(wanted.shard))
        expect(`${wanted.shard}: ${shard?.verdict.kind}`).toBe(`${wanted.shard}: ${wanted.verdict}`)
        if (wanted.partitionKeys !== undefined)
          expect(shard?.verdict.partitionKeys).toEqual(wanted.partitionKeys)
        if (wanted.utilisationPercent !== undefined) {
          expect(Math.round((shard?.utilisation ?? Number.NaN) * 100)).toBe(wanted.utilisationPercent)
        }
        if (wanted.peakPercent !== undefined) {
          expect(Math.round((shard?.peakUtilisation ?? Number.NaN) * 100)).toBe(wanted.peakPercent)
        }
        if (wanted.says !== undefined) expect(shard?.verdict.sentence).toContain(wanted.says)
      }
    })
  }
})
