import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ownFolder } from '../../source/journal/state-folder.ts'

const base = mkdtempSync(join(tmpdir(), 'shardscope-folder-'))
afterAll(() => rmSync(base, { recursive: true }))

test('it is made with the folders above it, for its owner alone, also by several at once', async () => {
  const folder = join(base, 'a/b/shardscope/plans')
  await Promise.all([ownFolder(folder), ownFolder(folder), ownFolder(join(base, 'a/b/shardscope'))])
  for (const path of ['a', 'a/b/shardscope', 'a/b/shardscope/plans']) {
    expect(statSync(join(base, path)).mode & 0o777).toBe(0o700)
  }
})

test('a file in its place is told', async () => {
  writeFileSync(join(base, 'file'), '')
  await expect(ownFolder(join(base, 'file'))).rejects.toThrow(/cannot be written: .*EEXIST/)
  await expect(ownFolder(join(base, 'file/below'))).rejects.toThrow(/cannot be written: .*ENOTDIR/)
})

test.runIf(process.platform === 'linux')(
  'a home where nothing can be made, such as /proc, holds nothing up',
  async () => {
    await expect(ownFolder('/proc/.local/state/shardscope')).rejects.toThrow(/cannot be written: .*ENOENT/)
  },
)
