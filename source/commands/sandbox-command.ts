import { usageFailure } from '../domain/failure.ts'
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
    scenario: { kind: 'text', title: 'Streams and traffic by name or from a JSON file, instead of the demo' },
    seed: { kind: 'count', title: 'Chance of the traffic: the same seed gives the same records' },
    speed: { kind: 'count', title: 'Run its clock so many times as fast', min: 1, max: 10_000 },
    limits: {
      kind: 'choice',
      title: 'Throughput limits, request rates and quotas',
      choices: ['on', 'off'],
      defaultText: 'on',
    },
    data: { kind: 'file', title: 'Keep streams and records in this directory across restarts' },
    chaos: { kind: 'file', title: 'What goes wrong on purpose, from a JSON file' },
    certificate: { kind: 'file', title: 'Write its TLS certificate to this file, for clients to trust' },
  },
  headless: {
    name: 'sandbox',
    layout: 'lines',
    columns: [{ key: 'url', header: 'URL' }],
    rows: event => (event.type === 'sandbox-started' ? [{ url: event.url }] : []),
    isOffline: true,
    endsBySignal: true,
  },
  async *run(args, { startSandbox, signal }) {
    const { port, noTraffic, scenario, seed, speed, limits, data, chaos, certificate } = args
    if (noTraffic && scenario !== undefined) {
      throw usageFailure('sandbox', '--no-traffic and --scenario exclude each other', 'Give one of them.')
    }
    const sandbox = await startSandbox({
      port,
      hasTraffic: !noTraffic,
      hasLimits: limits === 'on',
      ...(scenario === undefined ? {} : { scenario }),
      ...(seed === undefined ? {} : { seed }),
      ...(speed === undefined ? {} : { speed }),
      ...(data === undefined ? {} : { dataDirectory: data }),
      ...(chaos === undefined ? {} : { faultFile: chaos }),
      ...(certificate === undefined ? {} : { certificateFile: certificate }),
    })
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
