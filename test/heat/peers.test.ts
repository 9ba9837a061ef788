import { describe, expect, test } from 'vitest'
import { ObservedHeat } from '../../source/commands/observed-heat.ts'
import { SYSTEM_CLOCK } from '../../source/system-clock.ts'
import { connectTo } from '../aws/connect-to.ts'
import { startKinesalite, startKinesisLocal } from '../contract/peers/emulators.ts'

const STREAM = { streamName: 'orders' }

describe('heat on emulators that other people wrote', () => {
  test.concurrent.each([
    ['kinesalite', startKinesalite],
    ['kinesis-local', startKinesisLocal],
  ])(
    '%s: what is put is what is measured, and the hot key is named',
    { timeout: 60_000 },
    async (_, start) => {
      const emulator = await start()
      const connection = await connectTo(emulator.url)
      const stop = new AbortController()
      let reading: Promise<void> = Promise.resolve()
      try {
        const { api } = connection
        await api.createStream('orders', { mode: 'PROVISIONED', shardCount: 3 })
        while ((await api.describeStreamSummary(STREAM)).streamStatus !== 'ACTIVE')
          await SYSTEM_CLOCK.sleep(50)
        const context = { tailApi: api, clock: SYSTEM_CLOCK, random: Math.random }
        const observed = new ObservedHeat({ context, stream: STREAM, signal: stop.signal })
        reading = observed.run()
        // user-1 belongs to the third of three equal shards: published vector.
        const batch = Array.from({ length: 20 }, (_entry, index) => ({
          partitionKey: index < 15 ? 'user-1' : `k${index}`,
          data: new Uint8Array(700),
        }))
        const startedAt = Date.now()
        let putCount = 0
        let board = observed.board()
        while (!board?.shards.every(({ recordsPerSecond }) => (recordsPerSecond?.seconds ?? 0) >= 5)) {
          await api.putRecords(STREAM, batch)
          putCount += batch.length
          await SYSTEM_CLOCK.sleep(100)
          board = observed.board()
          if (Date.now() - startedAt > 40_000) throw new Error('nothing was measured in 40 s')
        }
        const putPerSecond = (putCount * 1_000) / (Date.now() - startedAt)
        expect(Math.abs((board.recordsPerSecond ?? 0) - putPerSecond) / putPerSecond).toBeLessThan(0.2)
        expect(board.shards[2]?.verdict).toMatchObject({ kind: 'one-hot-key', partitionKeys: ['user-1'] })
        expect(observed.reads().refusedCount).toBe(0)
      } finally {
        stop.abort()
        await reading
        connection.close()
        await emulator.stop()
      }
    },
  )
})
