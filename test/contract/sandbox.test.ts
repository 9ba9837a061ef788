import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { startSandbox } from '../../source/sandbox/sandbox.ts'
import { KINESIS_CONTRACT, STANDING_SCENES } from './kinesis-contract.ts'
import { runContract } from './run-contract.ts'

// The sandbox is meant to be Kinesis: it may deviate in nothing.
runContract({ name: 'sandbox', start: () => startSandbox(), deviations: {} }, STANDING_SCENES)

runContract(
  {
    name: 'sandbox on a stepped clock',
    async start() {
      const clock = createSteppedClock(Date.UTC(2026, 0, 1))
      const sandbox = await startSandbox({ clock })
      return {
        url: sandbox.url,
        advance: milliseconds => clock.advance(milliseconds),
        stop: () => sandbox.stop(),
      }
    },
    deviations: {},
  },
  KINESIS_CONTRACT,
)
