import { describe, test } from 'vitest'
import { KINESALITE_DEVIATIONS } from './deviations/kinesalite.ts'
import { KINESIS_LOCAL_DEVIATIONS } from './deviations/kinesis-local.ts'
import { MOTO_DEVIATIONS } from './deviations/moto.ts'
import type { Deviations } from './fact.ts'
import { STANDING_SCENES } from './kinesis-contract.ts'
import { runContract } from './run-contract.ts'

const KNOWN: Readonly<Record<string, Deviations>> = {
  kinesalite: KINESALITE_DEVIATIONS,
  'kinesis-local': KINESIS_LOCAL_DEVIATIONS,
  moto: MOTO_DEVIATIONS,
}

/**
 * SHARDSCOPE_CONTRACT_URL names any endpoint; SHARDSCOPE_CONTRACT_LIKE whose deviations it may have (default: none).
 * On an account of AWS this makes some thirty streams with up to 250 shards, which costs money, and deletes them.
 */
const url = process.env.SHARDSCOPE_CONTRACT_URL
if (url === undefined) {
  describe('an endpoint by hand', () => {
    test.skip('contract (needs SHARDSCOPE_CONTRACT_URL; never set in CI)', () => {})
  })
} else {
  const start = async () => ({ url, ownAccount: url.startsWith('https:'), stop: async () => {} })
  const deviations = KNOWN[process.env.SHARDSCOPE_CONTRACT_LIKE ?? ''] ?? {}
  runContract({ name: url, start, deviations }, STANDING_SCENES)
}
