import type { Event } from './event.ts'
import { type Model, streamKey } from './model.ts'
import { withFreshData } from './update-fetched.ts'

type ReadersEvent = Extract<
  Event,
  { type: 'stream-readers-found' | 'stream-readers-failed' | 'services-found' }
>

export function updateReaders(model: Model, event: ReadersEvent): Model {
  switch (event.type) {
    case 'services-found':
      return { ...withFreshData(model), services: event.snapshot }
    case 'stream-readers-found':
      return { ...withFreshData(model), readers: { stream: event.stream, snapshot: event.snapshot } }
    case 'stream-readers-failed': {
      const { readers } = model
      const before =
        readers !== undefined && streamKey(readers.stream) === streamKey(event.stream) ? readers : {}
      return { ...model, readers: { ...before, stream: event.stream, failure: event.failure } }
    }
  }
}
