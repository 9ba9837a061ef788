import { afterAll, beforeAll, expect, test } from 'vitest'
import { BUNDLE, NODE, run } from '../cli/program.ts'
import { PtyProgram } from '../fresh/pty.ts'
import { type Emulator, startKinesalite } from './peers/emulators.ts'

let emulator: Emulator
let program: PtyProgram

beforeAll(async () => {
  emulator = await startKinesalite()
  const created = await run(['create', 'orders', '--shards', '2', '--endpoint-url', emulator.url])
  expect(created.code, created.stderr).toBe(0)
  program = new PtyProgram(NODE, [BUNDLE, '--endpoint-url', emulator.url])
})
afterAll(async () => {
  program?.kill()
  await emulator?.stop()
})

test('the screen on an emulator of 2020: shows what it has, says what it lacks, goes on', async () => {
  const { screen } = program
  await screen.waitFor(text => text.includes('orders') && text.includes('24 h'))

  program.press('\r')
  await screen.waitFor(text => text.includes('shardId-000000000001') || /\b0+1\b/.test(text))

  program.press('u')
  await screen.waitFor('Change the number of shards')
  program.press('\x154\r')
  await screen.waitFor('from 2 to 4')
  program.press('y')
  await screen.waitFor('does not know the operation UpdateShardCount')

  program.press('\x1b')
  program.press('\x1b')
  const put = await run([
    'put',
    'orders',
    '--partition-key',
    'a',
    '--data',
    'hello',
    '--endpoint-url',
    emulator.url,
  ])
  expect(put.code, put.stderr).toBe(0)
  program.press('q')
  expect(await program.ended).toBe(0)
})
