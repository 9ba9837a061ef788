// What one GetRecords page costs a reader, from the socket to counted records: ours beside the SDK's own client.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { figuresOf, inTurn, median, row } from './parts/turns.ts'

const ROUNDS = 5
type Figures = { cpuMillisPerPage: number; peakMegabytes: number; bytes: number }

for (const [recordCount, payloadBytes, pages] of [
  [10_000, 200, 30],
  [10, 1_048_576, 15],
] as const) {
  const file = fileURLToPath(new URL('page-server.ts', import.meta.url))
  const server = spawn(process.execPath, [file, String(recordCount), String(payloadBytes)])
  try {
    const [port] = await once(server.stdout.setEncoding('utf8'), 'data')
    const url = `http://127.0.0.1:${String(port).trim()}`
    const figures = await inTurn(['sdk', 'ours'], ROUNDS, side =>
      figuresOf<Figures>('page-reader', [side, url, String(pages)]),
    )
    if (new Set(Object.values(figures).flatMap(all => all.map(({ bytes }) => bytes))).size !== 1) {
      throw new Error('The two clients did not read the same bytes.')
    }
    const of = (side: 'ours' | 'sdk', name: keyof Figures) => median(figures[side].map(each => each[name]))
    const name = `page of ${recordCount.toLocaleString('en')} x ${payloadBytes === 200 ? '200 B' : '1 MiB'}`
    const cpu = [of('ours', 'cpuMillisPerPage'), of('sdk', 'cpuMillisPerPage')] as const
    const memory = [of('ours', 'peakMegabytes'), of('sdk', 'peakMegabytes')] as const
    row(
      `${name}, CPU`,
      `${cpu[0].toFixed(1)} ms / ${cpu[1].toFixed(1)} ms = ${(cpu[0] / cpu[1]).toFixed(2)}x`,
      '<= 0.35x',
      cpu[0] / cpu[1] <= 0.35,
    )
    row(
      `${name}, peak RSS of the whole process`,
      `${memory[0].toFixed(0)} MB / ${memory[1].toFixed(0)} MB = ${(memory[0] / memory[1]).toFixed(2)}x`,
      '<= 0.5x',
      memory[0] / memory[1] <= 0.5,
    )
  } finally {
    server.kill()
  }
}
