import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { BENCH_ENVIRONMENT } from './programs.ts'

/** Runs bench/NAME.ts in a process of its own and gives the JSON object that it printed last. */
export async function figuresOf<Figures>(name: string, args: readonly string[]): Promise<Figures> {
  const file = fileURLToPath(new URL(`../${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', file, ...args], {
    env: BENCH_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${code}`)
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as Figures
}

/** Every side once a round, in an order that turns round, so that what else the machine does falls on all alike. */
export async function inTurn<Side extends string, Figures>(
  sides: readonly Side[],
  rounds: number,
  run: (side: Side) => Promise<Figures>,
): Promise<Record<Side, Figures[]>> {
  const figures = Object.fromEntries(sides.map(side => [side, [] as Figures[]])) as Record<Side, Figures[]>
  for (let round = 0; round < rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) figures[side].push(await run(side))
  }
  return figures
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** One line of the table in README.md. */
export function row(measure: string, figures: string, target: string, isMet: boolean): void {
  console.log(`| ${measure} | ${figures} | ${target} | ${isMet ? 'met' : 'MISSED'} |`)
}
