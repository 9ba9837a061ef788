import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
// @ts-expect-error plain JavaScript, so that an old Node can run the build
import { bundleOptions } from '../../source/tooling/bundle-options.mjs'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
let folder: string
let bundle: string

/** Exit code and output, whatever the code is. */
async function start(node: string, args: readonly string[], environment: Record<string, string> = {}) {
  const options = { env: { PATH: process.env.PATH ?? '', ...environment } }
  try {
    return { code: 0, ...(await run(node, [bundle, ...args], options)) }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

async function oldNode(): Promise<string | undefined> {
  for (const candidate of (process.env.PATH ?? '').split(':').map(path => join(path, 'node'))) {
    const version = await run(candidate, ['--version']).then(
      ({ stdout }) => stdout,
      () => '',
    )
    if (/^v(1[4-9]|2[01])\./.test(version)) return candidate
  }
  return undefined
}
const old = await oldNode()

describe('the entry of the bundle', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'shardscope-'))
    bundle = join(folder, 'shardscope.mjs')
    const main = join(folder, 'main.ts')
    // Stands for the real one: names what it would load, and loads it only when told to.
    writeFileSync(
      main,
      `export async function main(argv) {
        if (argv[0] === 'environment') {
          const { NODE_ENV, FORCE_COLOR } = globalThis.process.env
          console.log(JSON.stringify({ NODE_ENV: globalThis['process'].env['NODE' + '_ENV'], FORCE_COLOR }))
          return 0
        }
        if (argv[0] === 'loaded') {
          console.log(process.moduleLoadList.filter(name => /(https|http2|tls)$/.test(name)).join())
          return 0
        }
        const { connect } = await import(${JSON.stringify(join(root, 'source/aws/connect.ts'))})
        const settings = { endpointUrl: { value: argv[0], origin: { kind: 'flag', name: '--endpoint-url' } }, variables: new Map() }
        const connection = await connect({ settings, arming: { armed: false } })
        for await (const page of connection.api.listStreams()) console.log(page.map(s => s.streamName).join())
        connection.close()
        return 5
      }`,
    )
    const options = bundleOptions(root, join(root, 'source/bin.ts'), bundle)
    const useMain = {
      name: 'use-main',
      setup(build: { onResolve(filter: object, resolve: () => object): void }) {
        build.onResolve({ filter: /\/main\.tsx?$/ }, () => ({ path: main }))
      },
    }
    await build({ ...options, plugins: [useMain, ...options.plugins] })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is one file of at most 2 MB that imports nothing but createRequire before the version check', () => {
    expect(statSync(bundle).size).toBeLessThan(2_000_000)
    const text = readFileSync(bundle, 'utf8')
    const imports = text.match(/(^|[;}\n])import\s*[^(.;]+\s*from\s*"[^"]+"/g) ?? []
    expect(imports).toHaveLength(1)
    expect(imports[0]).toContain('node:module')
  })

  it.runIf(old !== undefined)(
    'says on an old Node what is needed and what was found, with exit code 78',
    async () => {
      const { code, stdout, stderr } = await start(old as string, ['--version'])
      const { stdout: version } = await run(old as string, ['--version'])
      expect(code).toBe(78)
      expect(stdout).toBe('')
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
      expect(stderr).toContain('22')
      expect(stderr).toContain(version.trim().slice(1))
    },
  )

  it('exits with what main returns, talks to an endpoint, and writes nothing to stderr', async () => {
    const { scriptedServer } = await import('./scripted-server.ts')
    const server = await scriptedServer(() => ({
      json: { StreamNames: ['orders', 'clicks'], HasMoreStreams: false },
    }))
    const home = { HOME: folder }
    expect(await start(process.execPath, [server.url], home)).toEqual({
      code: 5,
      stdout: 'orders,clicks\n',
      stderr: '',
    })
    await server.close()
  })

  it('keeps network modules asleep until they are needed', async () => {
    expect((await start(process.execPath, ['loaded'])).stdout.trim()).toBe('')
  })

  it('runs React for production, and turns NO_COLOR into what the colour library knows', async () => {
    const plain = await start(process.execPath, ['environment'], { NO_COLOR: '1', NODE_ENV: 'development' })
    expect(JSON.parse(plain.stdout)).toEqual({ NODE_ENV: 'production', FORCE_COLOR: '0' })
    const coloured = await start(process.execPath, ['environment'])
    expect(JSON.parse(coloured.stdout)).toEqual({ NODE_ENV: 'production' })
  })
})
