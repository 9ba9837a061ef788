import { describe, test } from 'vitest'
import { PYTHON } from '../support/python.ts'
import { MOTO_DEVIATIONS, MOTO_NOT_TRIED } from './deviations/moto.ts'
import { STANDING_SCENES } from './kinesis-contract.ts'
import { startMoto } from './peers/emulators.ts'
import { runContract } from './run-contract.ts'

function declare(python: string | undefined): void {
  if (python !== undefined) {
    const start = () => startMoto(python)
    runContract(
      { name: 'moto 5.2.5', start, deviations: MOTO_DEVIATIONS, notTried: MOTO_NOT_TRIED },
      STANDING_SCENES,
    )
    return
  }
  describe('moto 5.2.5', () => {
    test.skip('contract (needs a Python with moto, named by SHARDSCOPE_PYTHON; .ci/run makes one)', () => {})
  })
}

declare(PYTHON)
