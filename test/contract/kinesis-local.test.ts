import { KINESIS_LOCAL_DEVIATIONS, KINESIS_LOCAL_NOT_TRIED } from './deviations/kinesis-local.ts'
import { STANDING_SCENES } from './kinesis-contract.ts'
import { startKinesisLocal } from './peers/emulators.ts'
import { runContract } from './run-contract.ts'

runContract(
  {
    name: 'kinesis-local 0.6.2',
    start: startKinesisLocal,
    deviations: KINESIS_LOCAL_DEVIATIONS,
    notTried: KINESIS_LOCAL_NOT_TRIED,
  },
  STANDING_SCENES,
)
