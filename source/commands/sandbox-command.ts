import { defineCommand } from './command.ts'

export const runSandbox = defineCommand({
  id: 'sandbox.run',
  title: 'Run the sandbox on loopback for other programs, until it is stopped',
  group: 'sandbox',
  keys: [],
  // The console has a sandbox of its own; this one is for a shell.
  where: [],
  effect: 'view',
  args: {
    port: { kind: 'count', title: 'Port on 127.0.0.1; 0 takes a free one', defaultText: '4567', max: 65_535 },
    noTraffic: { kind: 'flag', title: 'Start empty: no demo streams and no traffic' },
  },
  headless: {
    name: 'sandbox',
    layout: 'lines',
    columns: [{ key: 'url', header: 'URL' }],
    rows: event => (event.type === 'sandbox-started' ? [{ url: event.url }] : []),
    isOffline: true,
    endsBySignal: true,
  },
  async *run({ port, noTraffic }, { startSandbox, signal }) {
    const sandbox = await startSandbox({ port, hasTraffic: !noTraffic })
    try {
      yield { type: 'sandbox-started', url: sandbox.url }
      if (!signal.aborted)
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    } finally {
      await sandbox.close()
    }
    yield { type: 'sandbox-stopped', url: sandbox.url }
  },
})
