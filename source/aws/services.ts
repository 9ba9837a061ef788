import { describeFlinkApplication, listFlinkApplications } from './analytics.ts'
import { confluentRegistry } from './confluent-registry.ts'
import { listTables, scanTable, tableKeySchema } from './dynamodb.ts'
import { describeDeliveryStream, listDeliveryStreams, putDeliveryRecord } from './firehose.ts'
import { glueSchema } from './glue.ts'
import { listEventSourceMappings } from './lambda.ts'
import { listPipes } from './pipes.ts'
import { httpGet } from './registry-http.ts'
import type { Send } from './send.ts'
import { createServiceSend, type ServiceWiring } from './service-send.ts'
import type { ServicesApi } from './services-api.ts'
import { listChannels, listConsumers, throughputCommitment } from './stream-side.ts'
import { listVideoStreams } from './video.ts'

/** Where each service answers; absent: AWS's own endpoint of the region. */
export type ServiceEndpoints = {
  readonly dynamodb?: string
  readonly firehose?: string
  readonly analytics?: string
  readonly video?: string
  readonly glue?: string
  readonly lambda?: string
  readonly pipes?: string
}

/** The port over the SDK's clients, none of which is loaded before it is asked for something. */
export function createServices(
  wiring: ServiceWiring,
  kinesis: Send,
  endpoints: ServiceEndpoints,
): ServicesApi & { close(): void } {
  const at = (endpointUrl: string | undefined) => (endpointUrl === undefined ? {} : { endpointUrl })
  const lambda = createServiceSend(wiring, {
    service: 'lambda',
    title: 'Lambda',
    ...at(endpoints.lambda),
    load: () => import('./lambda-sdk.ts'),
  })
  const dynamodb = createServiceSend(wiring, {
    service: 'dynamodb',
    title: 'DynamoDB',
    ...at(endpoints.dynamodb),
    load: () => import('./dynamodb-sdk.ts'),
  })
  const firehose = createServiceSend(wiring, {
    service: 'firehose',
    title: 'Firehose',
    ...at(endpoints.firehose),
    load: () => import('./firehose-sdk.ts'),
  })
  const pipes = createServiceSend(wiring, {
    service: 'pipes',
    title: 'Pipes',
    ...at(endpoints.pipes),
    load: () => import('./pipes-sdk.ts'),
  })
  const analytics = createServiceSend(wiring, {
    service: 'kinesisanalytics',
    title: 'Kinesis Analytics V2',
    ...at(endpoints.analytics),
    load: () => import('./analytics-sdk.ts'),
  })
  const video = createServiceSend(wiring, {
    service: 'kinesisvideo',
    title: 'Kinesis Video',
    ...at(endpoints.video),
    load: () => import('./video-sdk.ts'),
  })
  const glue = createServiceSend(wiring, {
    service: 'glue',
    title: 'Glue',
    ...at(endpoints.glue),
    load: () => import('./glue-sdk.ts'),
  })
  const registries = new Map<string, ReturnType<typeof confluentRegistry>>()
  const registryAt = (address: string) => {
    const known = registries.get(address)
    if (known !== undefined) return known
    const made = confluentRegistry({ address, get: origin => httpGet(wiring, origin) })
    registries.set(address, made)
    return made
  }
  return {
    listEventSourceMappings: (arn, { signal } = {}) => listEventSourceMappings(lambda.send, arn, signal),
    listTables: ({ signal } = {}) => listTables(dynamodb.send, signal),
    tableKeySchema: (name, { signal } = {}) => tableKeySchema(dynamodb.send, name, signal),
    scanTable: (name, { signal } = {}) => scanTable(dynamodb.send, name, signal),
    listDeliveryStreams: ({ signal } = {}) => listDeliveryStreams(firehose.send, signal),
    describeDeliveryStream: (name, { signal } = {}) => describeDeliveryStream(firehose.send, name, signal),
    putDeliveryRecord: (name, data, { signal } = {}) => putDeliveryRecord(firehose.send, name, data, signal),
    listPipes: (arn, { signal } = {}) => listPipes(pipes.send, arn, signal),
    listFlinkApplications: ({ signal } = {}) => listFlinkApplications(analytics.send, signal),
    describeFlinkApplication: (name, { signal } = {}) =>
      describeFlinkApplication(analytics.send, name, signal),
    listVideoStreams: ({ signal } = {}) => listVideoStreams(video.send, signal),
    listChannels: (arn, { signal } = {}) => listChannels(kinesis, arn, signal),
    listConsumers: (arn, { signal } = {}) => listConsumers(kinesis, arn, signal),
    throughputCommitment: ({ signal } = {}) => throughputCommitment(kinesis, signal),
    schemaRegistry: where =>
      where === 'glue'
        ? { kind: 'glue', schema: (id, signal) => glueSchema(glue.send, id, signal) }
        : { kind: 'confluent', schema: registryAt(where).schema },
    close() {
      for (const service of [lambda, dynamodb, firehose, pipes, analytics, video, glue]) service.close()
      for (const registry of registries.values()) registry.close()
    },
  }
}
