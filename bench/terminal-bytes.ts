/**
 * Bytes at the terminal, 120x40: of a tail of 1,000 records a second, and of screens on which nothing changes, with the CPU
 * that they take. Run: npm run bench -- terminal-bytes
 */
import { BUNDLE, buildProgram, row, sandboxProcess } from './parts/programs.ts'
import { cpuMillis, PtyProbe, sleep } from './parts/pty-probe.ts'

const SECONDS = 15

/** Bytes a second, and share of one core, over some seconds. */
async function watch(probe: PtyProbe): Promise<{ readonly bytes: number; readonly core: number }> {
  const before = { bytes: probe.byteCount, cpu: cpuMillis(probe.pid) }
  await sleep(SECONDS * 1_000)
  return {
    bytes: (probe.byteCount - before.bytes) / SECONDS,
    core: (cpuMillis(probe.pid) - before.cpu) / (SECONDS * 10),
  }
}

buildProgram()
const keys = { kind: 'zipf', prefix: 'customer-', count: 10_000 }
const sandbox = await sandboxProcess({
  streams: [
    { name: 'busy', shardCount: 4, producers: [{ recordsPerSecond: 1_000, keys, payload: 'order' }] },
    { name: 'quiet', shardCount: 4 },
  ],
})
const probe = new PtyProbe(process.execPath, [BUNDLE, '--endpoint-url', sandbox.url])
try {
  await probe.waitFor(/busy +ACTIVE/)
  probe.press('t')
  await probe.waitFor(/busy .*tail from latest +[1-9]\d* record/)
  await sleep(3_000)
  const busy = await watch(probe)
  row(
    'terminal bytes, tail of 1,000 records/s',
    `${(busy.bytes / 1e3).toFixed(1)} kB/s, ${busy.core.toFixed(0)} % of one core`,
    '<= 20 kB/s',
    busy.bytes <= 20_000,
  )
  probe.press('\x1b')
  await probe.waitFor(/busy +ACTIVE/)
  probe.press('jt')
  await probe.waitFor(/quiet .*tail from latest/)
  await sleep(3_000)
  const quiet = await watch(probe)
  row(
    'terminal bytes, tail of a quiet stream',
    `${quiet.bytes.toFixed(1)} B/s, ${quiet.core.toFixed(1)} % of one core for polling 4 shards`,
    '0 B/s',
    quiet.bytes === 0,
  )
  // The list of streams: nothing is read while nothing is asked.
  probe.press('\x1b')
  await probe.waitFor(/quiet +ACTIVE/)
  await sleep(3_000)
  const idle = await watch(probe)
  row(
    'terminal bytes, list of streams',
    `${idle.bytes.toFixed(1)} B/s, ${idle.core.toFixed(1)} % of one core`,
    '0 B/s, 0 %',
    // Two steps of the kernel's clock.
    idle.bytes === 0 && idle.core <= 2 / SECONDS,
  )
} finally {
  await probe.close()
  await sandbox.close()
}
