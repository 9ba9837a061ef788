import { failureOf } from '../domain/failure.ts'
import type { ServiceItem } from '../domain/services/service-item.ts'
import { date, facts, isObject, type Json, object, objects, present, text, texts } from './answer-values.ts'
import type { ServiceSend } from './service-send.ts'
import type { Bounded } from './services-api.ts'

type Send = ServiceSend<typeof import('./analytics-sdk.ts')>

const MOST_PAGES = 10

export async function listFlinkApplications(
  send: Send,
  signal: AbortSignal | undefined,
): Promise<Bounded<string>> {
  const items: string[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { Limit: 50, ...present('NextToken', token) }
    const answer = await send('ListApplications', sdk => new sdk.ListApplicationsCommand(input), signal)
    items.push(...objects(answer.ApplicationSummaries).flatMap(raw => text(raw.ApplicationName) ?? []))
    token = text(answer.NextToken)
    if (token === undefined) return { items, isComplete: true }
  }
  return { items, isComplete: false }
}

export async function describeFlinkApplication(
  send: Send,
  applicationName: string,
  signal: AbortSignal | undefined,
): Promise<ServiceItem> {
  const input = { ApplicationName: applicationName }
  const answer = await send('DescribeApplication', sdk => new sdk.DescribeApplicationCommand(input), signal)
  const raw = object(answer.ApplicationDetail)
  const configuration = object(raw.ApplicationConfigurationDescription)
  const flink = object(configuration.FlinkApplicationConfigurationDescription)
  const parallelism = object(flink.ParallelismConfigurationDescription)
  const checkpoints = object(flink.CheckpointConfigurationDescription)
  const streamArns = inputsOf(configuration)
  return {
    service: 'flink',
    name: text(raw.ApplicationName) ?? applicationName,
    ...present('arn', text(raw.ApplicationARN)),
    ...present('status', text(raw.ApplicationStatus)),
    summary: [text(raw.RuntimeEnvironment), text(raw.ApplicationMode)].filter(Boolean).join(' '),
    facts: [
      ...facts(
        ['RuntimeEnvironment', raw.RuntimeEnvironment],
        ['ApplicationMode', raw.ApplicationMode],
        ['ApplicationVersionId', raw.ApplicationVersionId],
        ['Parallelism', parallelism.Parallelism],
        ['CurrentParallelism', parallelism.CurrentParallelism],
        ['ParallelismPerKPU', parallelism.ParallelismPerKPU],
        ['AutoScalingEnabled', parallelism.AutoScalingEnabled],
        ['CheckpointingEnabled', checkpoints.CheckpointingEnabled],
        ['CheckpointInterval', milliseconds(checkpoints.CheckpointInterval)],
        ['LastUpdateTimestamp', date(raw.LastUpdateTimestamp)],
        ['Inputs', streamArns.join(' ')],
      ),
      ...(await newestSnapshot(send, applicationName, signal)),
    ],
    streamArns,
  }
}

/** The position of an application lies in its checkpoints; the newest snapshot is the one that can be asked for. */
async function newestSnapshot(
  send: Send,
  applicationName: string,
  signal: AbortSignal | undefined,
): Promise<(readonly [string, string])[]> {
  try {
    const input = { ApplicationName: applicationName, Limit: 50 }
    const answer = await send(
      'ListApplicationSnapshots',
      sdk => new sdk.ListApplicationSnapshotsCommand(input),
      signal,
    )
    const dated = objects(answer.SnapshotSummaries).flatMap(raw => {
      const at = date(raw.SnapshotCreationTimestamp)
      return at === undefined
        ? []
        : [{ at, name: text(raw.SnapshotName) ?? '', status: text(raw.SnapshotStatus) }]
    })
    const newest = dated.sort((a, b) => b.at.getTime() - a.at.getTime())[0]
    if (newest === undefined) return [['Newest snapshot', 'none']]
    return [['Newest snapshot', `${newest.at.toISOString()} ${newest.name} ${newest.status ?? ''}`.trim()]]
  } catch (error) {
    // One fact less: the application itself was told.
    return [['Newest snapshot', `not told: ${failureOf(error, 'ListApplicationSnapshots').message}`]]
  }
}

const STREAM_ARN = /arn:[^:\s]+:kinesis:[^:\s]*:\d{12}:stream\/[a-zA-Z0-9_.-]{1,128}/g

/** SQL applications declare their inputs; Flink ones name them in properties at best. */
function inputsOf(configuration: Json): string[] {
  const sql = objects(object(configuration.SqlApplicationConfigurationDescription).InputDescriptions)
  const declared = sql.flatMap(input => text(object(input.KinesisStreamsInputDescription).ResourceARN) ?? [])
  const groups = objects(object(configuration.EnvironmentPropertyDescriptions).PropertyGroupDescriptions)
  const named = groups.flatMap(group =>
    isObject(group.PropertyMap) ? texts(Object.values(group.PropertyMap)) : [],
  )
  return [...new Set([...declared, ...named.flatMap(value => value.match(STREAM_ARN) ?? [])])]
}

function milliseconds(value: unknown): string | undefined {
  return typeof value === 'number' ? `${value} ms` : undefined
}
