import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { takeProcessLock } from '../../source/journal/process-lock.ts'

vi.setConfig({ testTimeout: 60_000 })

const folder = mkdtempSync(join(tmpdir(), 'shardscope-lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function taken(path: string) {
  const lock = await takeProcessLock(path)
  if (typeof lock === 'number') throw new Error(`held by ${lock}`)
  return lock
}

/** A process that has ended: its id is free. */
async function deadProcessId(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise(resolve => child.once('close', resolve))
  return child.pid ?? 0
}

test('a lock names its holder, is for its owner alone, and leaves nothing behind', async () => {
  const path = join(folder, 'plain.lock')
  const lock = await taken(path)
  expect(readFileSync(path, 'utf8').split(' ')[0]).toBe(String(process.pid))
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(await takeProcessLock(path)).toBe(process.pid)
  await lock.release()
  expect(readdirSync(folder)).toEqual([])
})

test('the lock of a dead process, an empty and a torn one are taken over', async () => {
  const path = join(folder, 'dead.lock')
  for (const text of [String(await deadProcessId()), '', 'no number', '-1', '0', '99999999999999999999']) {
    writeFileSync(path, text)
    await (await taken(path)).release()
    expect(readdirSync(folder)).toEqual([])
  }
})

test.runIf(process.platform === 'linux')(
  'another process with the id of the dead one does not hold it',
  async () => {
    const path = join(folder, 'again.lock')
    // This very process, but begun at another time.
    writeFileSync(path, `${process.pid} 1`)
    await (await taken(path)).release()
    // Written by a version that did not tell the time.
    writeFileSync(path, String(process.pid))
    expect(await takeProcessLock(path)).toBe(process.pid)
    rmSync(path)
  },
)

test('what another took meanwhile is not taken from it, nor released by us', async () => {
  const path = join(folder, 'foreign.lock')
  const lock = await taken(path)
  writeFileSync(path, '1')
  await lock.release()
  expect(readFileSync(path, 'utf8')).toBe('1')
  rmSync(path)
})

test('of many that find a dead lock at once exactly one gets it', async () => {
  const module = fileURLToPath(new URL('../../source/journal/process-lock.ts', import.meta.url))
  const dead = await deadProcessId()
  const script = `
    const { takeProcessLock } = await import(${JSON.stringify(module)})
    process.stdout.write('ready\\n')
    process.stdin.on('data', async chunk => {
      for (const path of String(chunk).trim().split('\\n')) {
        const lock = await takeProcessLock(path)
        process.stdout.write(typeof lock === 'number' ? 'no\\n' : 'yes\\n')
      }
    })`
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const said = children.map(() => '')
  children.forEach((child, index) => {
    child.stdout.on('data', chunk => {
      said[index] += String(chunk)
    })
  })
  const answers = (index: number) =>
    (said[index] ?? '').split('\n').filter(line => line === 'yes' || line === 'no')
  await vi.waitFor(() => expect(said.every(text => text.startsWith('ready'))).toBe(true), { timeout: 30_000 })
  for (let round = 0; round < 50; round += 1) {
    const path = join(folder, `round-${round}.lock`)
    writeFileSync(path, String(dead))
    for (const child of children) child.stdin.write(`${path}\n`)
    await vi.waitFor(() => expect(children.every((_, index) => answers(index).length > round)).toBe(true), {
      timeout: 10_000,
      interval: 5,
    })
    const winners = children.filter((_, index) => answers(index)[round] === 'yes')
    expect(winners).toHaveLength(1)
    expect(readFileSync(path, 'utf8').split(' ')[0]).toBe(String(winners[0]?.pid))
  }
  for (const child of children) child.kill()
  await Promise.all(children.map(child => new Promise(resolve => child.once('close', resolve))))
})
