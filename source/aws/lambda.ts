import type { EventSourceMapping } from '../domain/readers/event-source-mapping.ts'
import { boolean, type Json, number, object, objects, present, text, texts } from './answer-values.ts'
import type { ServiceSend } from './service-send.ts'

/** Pages of 100 mappings of one source at most. */
const MOST_PAGES = 10

export async function listEventSourceMappings(
  send: ServiceSend<typeof import('./lambda-sdk.ts')>,
  eventSourceArn: string,
  signal: AbortSignal | undefined,
): Promise<readonly EventSourceMapping[]> {
  const found: EventSourceMapping[] = []
  let marker: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { EventSourceArn: eventSourceArn, ...present('Marker', marker) }
    const answer = await send(
      'ListEventSourceMappings',
      sdk => new sdk.ListEventSourceMappingsCommand(input),
      signal,
    )
    // moto 5.2.5 ignores the filter where it does not know the source.
    const mappings = objects(answer.EventSourceMappings).map(mapping)
    found.push(...mappings.filter(({ eventSourceArn: of }) => of === undefined || of === eventSourceArn))
    marker = text(answer.NextMarker)
    if (marker === undefined) break
  }
  return found
}

function mapping(raw: Json): EventSourceMapping {
  const filters = object(raw.FilterCriteria).Filters
  const destination = object(object(raw.DestinationConfig).OnFailure).Destination
  return {
    uuid: text(raw.UUID) ?? '',
    ...present('functionArn', text(raw.FunctionArn)),
    ...present('eventSourceArn', text(raw.EventSourceArn)),
    ...present('state', text(raw.State)),
    ...present('stateTransitionReason', text(raw.StateTransitionReason)),
    ...present('lastProcessingResult', text(raw.LastProcessingResult)),
    ...present('batchSize', number(raw.BatchSize)),
    ...present('maximumBatchingWindowInSeconds', number(raw.MaximumBatchingWindowInSeconds)),
    ...present('parallelizationFactor', number(raw.ParallelizationFactor)),
    ...present('startingPosition', text(raw.StartingPosition)),
    ...present('bisectBatchOnFunctionError', boolean(raw.BisectBatchOnFunctionError)),
    ...present('maximumRecordAgeInSeconds', number(raw.MaximumRecordAgeInSeconds)),
    ...present('maximumRetryAttempts', number(raw.MaximumRetryAttempts)),
    ...present('tumblingWindowInSeconds', number(raw.TumblingWindowInSeconds)),
    functionResponseTypes: texts(raw.FunctionResponseTypes),
    ...present('onFailureDestination', text(destination)),
    ...present('filterCount', Array.isArray(filters) ? filters.length : undefined),
  }
}
