import type { ReaderShard, ReadersSnapshot, StreamReader } from '../domain/readers/reader.ts'
import type { ServiceItem, ServicesSnapshot } from '../domain/services/service-item.ts'
import type { StreamRef } from '../domain/stream.ts'
import { memoLast } from './memo.ts'
import { type Model, streamKey } from './model.ts'
import type { ReadersState } from './readers-state.ts'

/** One line of the readers: a reader, or one shard of a reader below it. */
export type ReaderRow =
  | { readonly id: string; readonly reader: StreamReader; readonly shard?: undefined }
  | { readonly id: string; readonly reader: StreamReader; readonly shard: ReaderShard }

export type ServiceRow = { readonly id: string; readonly item: ServiceItem }

/** The readers that were looked at, if they are those of this stream. */
export function readersOf(model: Model, stream: StreamRef): ReadersState | undefined {
  const { readers } = model
  return readers !== undefined && streamKey(readers.stream) === streamKey(stream) ? readers : undefined
}

/** Readers by kind and name, each with its shards below; those that contain the filter. */
export function readerRows(
  model: Model,
  view: { readonly stream: StreamRef; readonly filter: string },
): readonly ReaderRow[] {
  return arranged(readersOf(model, view.stream)?.snapshot, view.filter)
}

const arranged = memoLast((snapshot: ReadersSnapshot | undefined, filter: string): readonly ReaderRow[] => {
  const wanted = filter.toLowerCase()
  return (snapshot?.readers ?? []).flatMap((reader): ReaderRow[] => {
    const shards = reader.shards
      .map(shard => ({ id: `${reader.id} ${shard.shardId}`, reader, shard }))
      .filter(({ shard }) =>
        contains(`${reader.name} ${shard.shardId} ${shard.state} ${shard.owner ?? ''}`, wanted),
      )
    const isShown = shards.length > 0 || contains(`${reader.kind} ${reader.name} ${reader.state}`, wanted)
    return isShown ? [{ id: reader.id, reader }, ...shards] : []
  })
})

export function serviceRows(model: Model, view: { readonly filter: string }): readonly ServiceRow[] {
  return listed(model.services, view.filter)
}

const listed = memoLast((snapshot: ServicesSnapshot | undefined, filter: string): readonly ServiceRow[] => {
  const wanted = filter.toLowerCase()
  return (snapshot?.listings ?? []).flatMap(({ items }) =>
    items
      .filter(({ service, name, status, summary }) =>
        contains(`${service} ${name} ${status ?? ''} ${summary}`, wanted),
      )
      .map(item => ({ id: `${item.service} ${item.name}`, item })),
  )
})

function contains(text: string, wanted: string): boolean {
  return wanted === '' || text.toLowerCase().includes(wanted)
}
