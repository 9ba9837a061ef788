import { KINESALITE_DEVIATIONS, KINESALITE_NOT_TRIED } from './deviations/kinesalite.ts'
import { STANDING_SCENES } from './kinesis-contract.ts'
import { startKinesalite } from './peers/emulators.ts'
import { runContract } from './run-contract.ts'

runContract(
  {
    name: 'kinesalite 3.3.3',
    start: startKinesalite,
    deviations: KINESALITE_DEVIATIONS,
    notTried: KINESALITE_NOT_TRIED,
  },
  STANDING_SCENES,
)
