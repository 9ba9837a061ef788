import { afterEach, expect, test, vi } from 'vitest'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import { startConsole } from '../support/render-screen.tsx'

// Each step waits for the screen; a loaded machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

const open: ReturnType<typeof startConsole>[] = []
afterEach(async () => {
  for (const console of open.splice(0)) {
    console.signal('SIGTERM')
    await console.exitCode
  }
})

const refuse = () => Promise.reject(new Error('not in this test'))

/** Two streams and nothing else; deleting is remembered. */
function start() {
  const deleted: string[] = []
  const api = {
    async *listStreams() {
      yield [{ streamName: 'orders' }, { streamName: 'payments' }]
    },
    describeStreamSummary: refuse,
    listShards: refuse,
    deleteStream: async ({ streamName }: { streamName: string }) => void deleted.push(streamName),
  } as unknown as KinesisApi
  const console = startConsole({ api })
  open.push(console)
  return { console, deleted }
}

const sleep = (millis: number) => new Promise(resolve => setTimeout(resolve, millis))

test('an arrow in two pieces opens no question, however slow the line is', async () => {
  const { console } = start()
  await console.waitFor('> orders')
  for (const rest of ['D', 'P', 'A']) {
    console.press('\x1b[')
    await sleep(150)
    console.press(rest)
  }
  console.press('\x1b[')
  await sleep(150)
  console.press('B')
  expect(await console.waitFor('> payments')).not.toMatch(/Delete|Put/)
})

test('a paste that never ends leaves the keys alive', async () => {
  const { console } = start()
  await console.waitFor('> orders')
  console.press('\x1b[200~Dyyy')
  expect(await console.waitFor('Pasted text is ignored')).not.toContain('Delete')
  console.press('j')
  await console.waitFor('> payments')
})

test('Ctrl-C ends the console out of a paste that never ends', async () => {
  const { console } = start()
  await console.waitFor('> orders')
  console.press('\x1b[200~Dyyy')
  await sleep(50)
  console.press('\x03')
  expect(await console.exitCode).toBe(130)
})
