import type {
  CloudWatchClient,
  GetMetricDataCommandOutput,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch'
import { FailureError, failureOf } from '../domain/failure.ts'
import { endpointText } from '../domain/session.ts'
import type { ClientWiring } from './clients.ts'
import { failureFrom } from './failures.ts'
import { assertAllowed } from './guard.ts'
import type { MetricPoint, MetricQuery, MetricSeries, MetricsApi } from './metrics-api.ts'
import { quietLogger } from './quiet-logger.ts'

const NAMESPACE = 'AWS/Kinesis'
const OPERATION = 'GetMetricData'
/** Queries of one call (API, GetMetricData). */
const MOST_QUERIES = 500
/** Calls of one batch at most: 500 queries over a day of minutes take eight pages of 100,800 points. */
const MOST_PAGES = 50

type Protocol = 'json' | 'query'

export type SdkCloudWatchOptions = ClientWiring & {
  /** Where CloudWatch answers; absent: AWS's own endpoint for the region. */
  readonly metricsEndpointUrl?: string
}

/**
 * The port over the AWS SDK. The client and its code are made at the first call. Speaks JSON, and from the first XML
 * answer on the older query protocol, which some emulators know only.
 */
export function createSdkCloudWatch(options: SdkCloudWatchOptions): MetricsApi & { close(): void } {
  let protocol: Protocol = 'json'
  let isClosed = false
  const clients = new Map<Protocol, Promise<CloudWatchClient>>()
  const clientOf = (wanted: Protocol): Promise<CloudWatchClient> => {
    const client = clients.get(wanted) ?? createClient(options, wanted)
    clients.set(wanted, client)
    return client
  }

  const send = async (
    input: { MetricDataQueries: MetricDataQuery[]; StartTime: Date; EndTime: Date; NextToken?: string },
    signal: AbortSignal | undefined,
  ): Promise<GetMetricDataCommandOutput> => {
    if (isClosed) throw closed()
    const deadline = AbortSignal.timeout(options.deadlines.callMillis)
    const abortSignal = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
    const attempt = async (wanted: Protocol) => {
      const client = await clientOf(wanted)
      const { GetMetricDataCommand } = await import('./sdk-metrics.ts')
      const command = new GetMetricDataCommand({ ...input, ScanBy: 'TimestampAscending' })
      return await client.send(command, { abortSignal })
    }
    const fail = (error: unknown, isForeign = false): never => {
      throw metricsFailure(error, options, {
        isAborted: signal?.aborted === true,
        isLate: deadline.aborted,
        isForeign,
      })
    }
    try {
      return await attempt(protocol)
    } catch (error) {
      if (protocol === 'query' || abortSignal.aborted || !isXml(error)) return fail(error)
      try {
        const answer = await attempt('query')
        protocol = 'query'
        return answer
      } catch (queryError) {
        return fail(queryError, true)
      }
    }
  }

  return {
    async series(queries, range, { signal } = {}) {
      assertAllowed(OPERATION, options.arming)
      const found: MetricSeries[] = []
      for (let first = 0; first < queries.length; first += MOST_QUERIES) {
        const batch = queries.slice(first, first + MOST_QUERIES)
        const points = batch.map((): MetricPoint[] => [])
        const input = {
          MetricDataQueries: batch.map((query, index) => queryOf(query, index, range.periodSeconds)),
          StartTime: range.from,
          EndTime: range.to,
        }
        let token: string | undefined
        for (let page = 0; page < MOST_PAGES; page += 1) {
          const answer = await send(
            { ...input, ...(token === undefined ? {} : { NextToken: token }) },
            signal,
          )
          takePoints(answer, points, range)
          token = answer.NextToken === '' ? undefined : answer.NextToken
          if (token === undefined) break
        }
        batch.forEach((query, index) => {
          const own = points[index] ?? []
          found.push({ query, points: own.sort((a, b) => a.at.getTime() - b.at.getTime()) })
        })
      }
      return found
    },
    close() {
      isClosed = true
      for (const client of clients.values()) {
        client.then(
          ready => ready.destroy(),
          () => {},
        )
      }
    },
  }
}

function queryOf(query: MetricQuery, index: number, periodSeconds: number): MetricDataQuery {
  return {
    Id: `q${index}`,
    ReturnData: true,
    MetricStat: {
      Metric: {
        Namespace: NAMESPACE,
        MetricName: query.metricName,
        Dimensions: [
          { Name: 'StreamName', Value: query.streamName },
          ...(query.shardId === undefined ? [] : [{ Name: 'ShardId', Value: query.shardId }]),
          ...(query.consumerName === undefined ? [] : [{ Name: 'ConsumerName', Value: query.consumerName }]),
        ],
      },
      Period: periodSeconds,
      Stat: query.statistic,
    },
  }
}

/** Points by query; what lies outside the range or makes no sense is left out: emulators round in their own way. */
function takePoints(
  answer: GetMetricDataCommandOutput,
  points: readonly MetricPoint[][],
  range: { readonly from: Date; readonly to: Date },
): void {
  for (const { Id, Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
    const own = points[Number(/^q(\d+)$/.exec(Id ?? '')?.[1] ?? Number.NaN)]
    if (own === undefined) continue
    Timestamps.forEach((at, index) => {
      const value = Values[index]
      if (value === undefined || !Number.isFinite(value)) return
      if (at.getTime() >= range.from.getTime() && at.getTime() < range.to.getTime()) own.push({ at, value })
    })
  }
}

async function createClient(options: SdkCloudWatchOptions, protocol: Protocol): Promise<CloudWatchClient> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  const [{ CloudWatchClient, AwsQueryProtocol }, { createTransport }] = await Promise.all([
    import('./sdk-metrics.ts'),
    import('./transport.ts'),
  ])
  const {
    metricsEndpointUrl: endpointUrl,
    endpointUrl: _kinesis,
    credentials,
    onWarning,
    ...wiring
  } = options
  const endpoint = endpointUrl === undefined ? {} : { endpointUrl }
  return new CloudWatchClient({
    region: wiring.region,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    useFipsEndpoint: endpointUrl === undefined && wiring.useFips,
    useDualstackEndpoint: endpointUrl === undefined && wiring.useDualstack,
    maxAttempts: 3,
    retryMode: 'standard',
    // The cache of the connection keeps them; the SDK must not put a memory of its own in front.
    credentials: Object.assign(() => credentials.get(), { memoized: true }),
    requestHandler: createTransport({
      ...wiring,
      ...endpoint,
      onWarning,
      maxSockets: 4,
      keepIdleMillis: 20_000,
    }),
    logger: quietLogger(onWarning),
    ...(protocol === 'query' ? { protocol: AwsQueryProtocol } : {}),
  })
}

/** What the JSON reader says of an answer in XML or HTML, or of a service that looks for its operation in the body. */
function isXml(error: unknown): boolean {
  const { name, message } = error as { name?: unknown; message?: unknown }
  const text = typeof message === 'string' ? message : ''
  return (name === 'SyntaxError' && text.includes('<')) || /^(Unknown|UnknownError)$/.test(String(name))
}

function metricsFailure(
  error: unknown,
  options: SdkCloudWatchOptions,
  // `isForeign`: neither protocol was understood.
  { isAborted, isLate, isForeign }: { isAborted: boolean; isLate: boolean; isForeign: boolean },
): FailureError {
  const endpointUrl = endpointText(options.metricsEndpointUrl ?? `CloudWatch in ${options.region}`)
  const failure = failureFrom(error, {
    operation: OPERATION,
    endpointUrl,
    isAborted,
    ...(isLate && !isAborted ? { deadlineMillis: options.deadlines.callMillis } : {}),
  })
  const { kind } = failureOf(failure, OPERATION)
  const isNoAnswer = kind === 'internal' || kind === 'bad-answer' || kind === 'unsupported'
  const isElsewhere = isNoAnswer || (isForeign && kind === 'invalid')
  if (!isElsewhere || options.metricsEndpointUrl === undefined) return failure
  return new FailureError(
    {
      kind: 'unsupported',
      action: OPERATION,
      message: `${endpointUrl} does not answer as CloudWatch.`,
      nextStep: 'Set AWS_ENDPOINT_URL_CLOUDWATCH where it is elsewhere, or use the observed source.',
      retryable: false,
    },
    { cause: error },
  )
}

function closed(): FailureError {
  return new FailureError({
    kind: 'aborted',
    action: OPERATION,
    message: 'This connection was closed.',
    retryable: false,
  })
}
