import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { AppendLog } from '../../source/journal/append-log.ts'

vi.setConfig({ testTimeout: 60_000 })

const folder = mkdtempSync(join(tmpdir(), 'shardscope-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('two processes that write to one log at once lose and tear no line', async () => {
  const path = join(folder, 'shared.jsonl')
  const module = fileURLToPath(new URL('../../source/journal/append-log.ts', import.meta.url))
  const writer = (name: string) =>
    `const { AppendLog } = await import(${JSON.stringify(module)})
     const log = new AppendLog(${JSON.stringify(path)})
     for (let n = 0; n < 200; n += 1) await log.append(JSON.stringify({ name: ${JSON.stringify(name)}, n, text: 'x'.repeat(n * 10) }) + '\\n')
     await log.close()`
  const codes = await Promise.all(
    ['a', 'b'].map(
      name =>
        new Promise(resolve => {
          const child = spawn(process.execPath, ['--input-type=module', '-e', writer(name)], {
            stdio: 'inherit',
          })
          child.once('close', resolve)
        }),
    ),
  )
  expect(codes).toEqual([0, 0])
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const entries = lines.map(line => JSON.parse(line) as { name: string; n: number })
  for (const name of ['a', 'b']) {
    const numbers = entries.filter(entry => entry.name === name).map(({ n }) => n)
    expect(numbers).toEqual(Array.from({ length: 200 }, (_, n) => n))
  }
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test.runIf(process.platform === 'linux')(
  'a full disk is told with the file and the way out, each time',
  async () => {
    const log = new AppendLog('/dev/full')
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const mode = statSync('/dev').mode
      await expect(log.append('line\n')).rejects.toThrow(/"\/dev\/full" cannot be written: .*ENOSPC/)
      // A folder that is not ours stays as it was.
      expect(statSync('/dev').mode).toBe(mode)
    }
  },
)
