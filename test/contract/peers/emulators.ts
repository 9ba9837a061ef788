import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ChildServer, startChildServer } from './child-server.ts'

const require = createRequire(import.meta.url)
const here = dirname(fileURLToPath(import.meta.url))

const announcedByPreload = (line: string) => {
  const match = /^listening (\d+) (\d+)$/.exec(line)
  return match === null ? undefined : { name: match[1] ?? '', port: Number(match[2]) }
}

export type Emulator = { readonly url: string; stop(): Promise<void> }

const emulator = (server: ChildServer, name: string): Emulator => ({
  url: `http://127.0.0.1:${server.ports.get(name)}`,
  stop: () => server.stop(),
})

/** kinesis-local, the Node build of kinesis-mock, on its plain port. Not for concurrent writes: it hangs on Node 26. */
export async function startKinesisLocal(): Promise<Emulator> {
  const folder = dirname(require.resolve('kinesis-local/package.json'))
  const server = await startChildServer({
    command: process.execPath,
    args: ['--import', join(here, 'loopback-only.mjs'), join(folder, 'main.js')],
    env: {
      KINESIS_MOCK_CERT_PATH: join(folder, 'server.json'),
      SHARD_LIMIT: '1000',
      CREATE_STREAM_DURATION: '300ms',
    },
    announced: announcedByPreload,
    wanted: ['4567', '4568'],
  })
  return emulator(server, '4568')
}

export async function startKinesalite(): Promise<Emulator> {
  const folder = dirname(require.resolve('kinesalite/package.json'))
  const server = await startChildServer({
    command: process.execPath,
    args: ['--import', join(here, 'loopback-only.mjs'), join(folder, 'cli.js'), '--shardLimit', '1000'],
    announced: announcedByPreload,
    wanted: ['4567'],
  })
  return emulator(server, '4567')
}

/** moto in server mode, where a Python that has it is named by SHARDSCOPE_PYTHON. */
export async function startMoto(python: string): Promise<Emulator> {
  const server = await startChildServer({
    command: python,
    args: [join(here, 'serve_moto.py')],
    announced: line => {
      const match = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)
      return match === null ? undefined : { name: 'http', port: Number(match[1]) }
    },
    wanted: ['http'],
  })
  return emulator(server, 'http')
}
