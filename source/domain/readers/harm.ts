import type { ReaderShard, ReadersSnapshot, StreamReader } from './reader.ts'

/** An act of the console, as far as readers feel it. */
export type PlannedAct =
  | { readonly act: 'retention'; readonly hours: number }
  /** Shards that would be closed: split, merged, or all of them in an even reshard. */
  | { readonly act: 'reshard'; readonly closes: readonly string[] }
  | { readonly act: 'delete-stream' }
  | { readonly act: 'deregister-consumer'; readonly consumerArn: string; readonly consumerName: string }

export type Harm = {
  readonly readerId: string
  readonly readerName: string
  /** `loses` data for good; `stops` reading; `waits`: is held up; `unknown`: cannot be said, and why. */
  readonly level: 'loses' | 'stops' | 'waits' | 'unknown'
  readonly sentence: string
}

const LEVELS = ['loses', 'stops', 'waits', 'unknown'] as const
const HOUR = 3_600_000

/** What an act would do to each reader, worst first. Empty: nothing that is known speaks against it. */
export function harmOf(
  snapshot: Pick<ReadersSnapshot, 'readers' | 'sources'>,
  planned: PlannedAct,
): readonly Harm[] {
  const harms = snapshot.readers.flatMap(reader => harmTo(reader, planned))
  const unasked = snapshot.sources.filter(({ state }) => state === 'failed').map(({ action }) => action)
  if (unasked.length > 0) {
    harms.push({
      readerId: '',
      readerName: '',
      level: 'unknown',
      sentence: `Readers may be missing from this list: ${unasked.join(', ')} could not be asked.`,
    })
  }
  return harms.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
}

function harmTo(reader: StreamReader, planned: PlannedAct): Harm[] {
  const harm = (level: Harm['level'], sentence: string): Harm => ({
    readerId: reader.id,
    readerName: reader.name,
    level,
    sentence: `${reader.name}: ${sentence}`,
  })
  switch (planned.act) {
    case 'delete-stream':
      return [harm('stops', 'reads this stream, and would fail once it is gone.')]
    case 'deregister-consumer':
      if (reader.kind === 'fan-out' && reader.arn === planned.consumerArn)
        return [harm('stops', 'its registration, and each subscription of it, would end.')]
      return reader.consumerArn === planned.consumerArn
        ? [harm('stops', `reads through the consumer ${planned.consumerName}, and would fail without it.`)]
        : []
    case 'retention':
      return lossAt(reader, planned.hours).map(([level, sentence]) => harm(level, sentence))
    case 'reshard':
      return waits(reader, new Set(planned.closes)).map(([level, sentence]) => harm(level, sentence))
  }
}

type Told = readonly [Harm['level'], string]

/** Everything older than the new retention goes at once: what is unread and older is lost. */
function lossAt(reader: StreamReader, hours: number): Told[] {
  const most = hours * HOUR
  const places: readonly Pick<ReaderShard, 'lag' | 'lagUnknown'>[] =
    reader.shards.length > 0 ? reader.shards.filter(({ state }) => !isOver(state)) : [reader]
  const behind = places.flatMap(({ lag }) => (lag !== undefined && lag.lagMillis > most ? lag.lagMillis : []))
  if (behind.length > 0) {
    const worst = Math.max(...behind)
    const where = reader.shards.length > 0 ? ` on ${behind.length} of ${places.length} shards` : ''
    return [
      [
        'loses',
        `is up to ${hoursOf(worst)} behind${where}; with ${hours} h it loses up to ${hoursOf(worst - most)} of records it has not read.`,
      ],
    ]
  }
  const unknown = places.filter(({ lag }) => lag === undefined).length
  if (unknown === 0) return []
  return [
    [
      'unknown',
      `how far it is behind is not known${reader.shards.length > 0 ? ` on ${unknown} of ${places.length} shards` : ''}.`,
    ],
  ]
}

/** Children are read once their parents are finished: a reader that is behind, or dead, on a parent holds both up. */
function waits(reader: StreamReader, closes: ReadonlySet<string>): Told[] {
  const told: Told[] = []
  const concerned = reader.shards.filter(({ shardId }) => closes.has(shardId))
  for (const { shardId, state, lag } of concerned) {
    if (state === 'silent' || state === 'unowned') {
      told.push(['waits', `nobody reads ${shardId} (${state}); the children of it would wait as long.`])
    } else if (state === 'handing-over') {
      told.push(['waits', `${shardId} is being handed from one worker to another now.`])
    } else if (lag !== undefined && lag.lagMillis > 60_000) {
      told.push([
        'waits',
        `is ${minutesOf(lag.lagMillis)} behind on ${shardId}; it reads the children only after that.`,
      ])
    }
  }
  if (concerned.length === 0 && reader.lag !== undefined && reader.lag.lagMillis > 60_000) {
    told.push([
      'waits',
      `is ${minutesOf(reader.lag.lagMillis)} behind; it reads new shards only after their parents.`,
    ])
  }
  return told
}

function isOver(state: string): boolean {
  return state === 'finished'
}

function hoursOf(millis: number): string {
  return millis < HOUR ? minutesOf(millis) : `${(millis / HOUR).toFixed(1)} h`
}

function minutesOf(millis: number): string {
  return millis < 120_000 ? `${Math.round(millis / 1_000)} s` : `${Math.round(millis / 60_000)} min`
}
