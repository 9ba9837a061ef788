import type { RegisteredConsumer } from '../domain/consumer.ts'
import type { StreamRef } from '../domain/stream.ts'
import { memoLast } from './memo.ts'
import { type FetchedOf, type Model, streamKey } from './model.ts'

export type ConsumerRow = { readonly id: string; readonly consumer: RegisteredConsumer }

/** What is known of one stream, where what was asked last was asked of this stream. */
export function ofStream<Value>(
  fetched: FetchedOf<Value> | undefined,
  stream: StreamRef,
): FetchedOf<Value> | undefined {
  return fetched !== undefined && streamKey(fetched.stream) === streamKey(stream) ? fetched : undefined
}

/** The registered consumers of a stream by name; those that contain the filter. */
export function consumerRows(
  model: Model,
  view: { readonly stream: StreamRef; readonly filter: string },
): readonly ConsumerRow[] {
  return arranged(ofStream(model.consumers, view.stream)?.value?.consumers, view.filter)
}

const arranged = memoLast(
  (consumers: readonly RegisteredConsumer[] | undefined, filter: string): readonly ConsumerRow[] => {
    const wanted = filter.toLowerCase()
    return (consumers ?? [])
      .filter(({ consumerName, consumerStatus = '', consumerArn = '' }) =>
        `${consumerName} ${consumerStatus} ${consumerArn}`.toLowerCase().includes(wanted),
      )
      .map(consumer => ({ id: consumer.consumerName, consumer }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  },
)
