// Longer than most files: one source of readers after another, each a few lines that only make sense beside the others.
import type { MetricQuery, MetricSeries } from '../aws/metrics-api.ts'
import type { ServicesApi, StreamConsumer } from '../aws/services-api.ts'
import { failureOf } from '../domain/failure.ts'
import type { ReaderKind, ReaderSource, ReadersSnapshot, StreamReader } from '../domain/readers/reader.ts'
import { unexplainedReads } from '../domain/readers/unexplained.ts'
import type { ServiceItem } from '../domain/services/service-item.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Context } from './command.ts'
import { inTurns } from './in-turns.ts'
import { type KclOptions, KclReaders } from './kcl-readers.ts'
import { conflict } from './look-up.ts'
import {
  consumerReader,
  METRIC_MINUTES,
  mappingReader,
  serviceReader,
  unknownReader,
  withMetricLag,
} from './reader-values.ts'

/** Listings of services are kept this long between two looks; leases and lags are looked at each time. */
const SERVICES_MILLIS = 60_000
/** CloudWatch has one point a minute, and each question is billed. */
const METRICS_MILLIS = 60_000
const DESCRIBED_AT_ONCE = 4
/** Registered consumers of a stream (RegisterStreamConsumer); the larger number goes with On-demand Advantage. */
const SLOTS = 20
const SLOTS_WITH_COMMITMENT = 50

type Told = { readonly readers: readonly StreamReader[]; readonly note?: string }
type Source = {
  readonly source: ReaderSource
  readonly readers: readonly StreamReader[]
  readonly at: number
}
type Facts = {
  readonly streamArn: string | undefined
  readonly retentionPeriodHours: number | undefined
}

/** Everything that is known to read one stream; each look brings it up to date. One failing service fails alone. */
export class ReadersLook {
  readonly #context: Context
  readonly #stream: StreamRef
  readonly #services: ServicesApi
  readonly #kcl: KclReaders
  readonly #sources = new Map<ReaderKind, Source>()
  readonly #onChange: (snapshot: ReadersSnapshot) => void
  #slots: ReadersSnapshot['fanOutSlots']
  #retentionPeriodHours: number | undefined
  #metrics: { readonly at: number; readonly series: readonly MetricSeries[] } | undefined
  #consumers: readonly StreamConsumer[] = []
  #unexplained: ReadersSnapshot['unexplained']
  #costs: readonly string[] = []

  /** @throws FailureError `conflict` where nothing is connected */
  constructor(
    context: Context,
    stream: StreamRef,
    options: KclOptions & { readonly onChange?: (snapshot: ReadersSnapshot) => void },
  ) {
    if (context.services === undefined) throw conflict('readers', 'no connection to other services')
    this.#context = context
    this.#stream = stream
    this.#services = context.services
    const { services, tailApi, clock } = { ...context, services: context.services }
    this.#kcl = new KclReaders({ services, tailApi, clock }, stream, options)
    this.#onChange = options.onChange ?? (() => {})
  }

  /**
   * One look at all sources, in parallel.
   * @throws FailureError only where the stream itself cannot be seen, e.g. `not-found`
   */
  async look(signal: AbortSignal): Promise<ReadersSnapshot> {
    const { api } = this.#context
    const shards = await api.listShards(this.#stream, { signal })
    const summary = await api.describeStreamSummary(this.#stream, { signal }).catch((error: unknown) => {
      const { kind } = failureOf(error, 'DescribeStreamSummary')
      if (kind === 'denied' || kind === 'unsupported') return undefined
      throw error
    })
    this.#retentionPeriodHours = summary?.retentionPeriodHours
    const streamArn = summary?.streamArn ?? this.#stream.streamArn
    const facts: Facts = { streamArn, retentionPeriodHours: this.#retentionPeriodHours }
    const created = summary?.streamCreationTimestamp
    await Promise.all([
      this.#fanOutAndLambda(facts, signal),
      this.#ask(
        'firehose',
        'firehose:ListDeliveryStreams, firehose:DescribeDeliveryStream',
        'all delivery streams',
        () => this.#firehose(facts, signal),
        facts,
      ),
      this.#ask(
        'pipe',
        'pipes:ListPipes, pipes:DescribePipe',
        streamArn ?? '',
        () => this.#pipes(facts, signal),
        facts,
      ),
      this.#ask(
        'flink',
        'kinesisanalytics:ListApplications, kinesisanalytics:DescribeApplication',
        'all applications',
        () => this.#flink(facts, signal),
        facts,
      ),
      this.#ask(
        'channel',
        'kinesis:ListChannels',
        streamArn ?? '',
        () => this.#channels(facts, signal),
        facts,
      ),
      this.#ask(
        'kcl',
        'dynamodb:ListTables, dynamodb:DescribeTable, dynamodb:Scan',
        'all tables',
        async () => {
          const look = await this.#kcl.look(
            {
              streamName: this.#stream.streamName,
              ...(created === undefined
                ? {}
                : { creationEpochSeconds: Math.floor(created.getTime() / 1_000) }),
              shards,
              ...(this.#retentionPeriodHours === undefined
                ? {}
                : { retentionPeriodHours: this.#retentionPeriodHours }),
            },
            signal,
          )
          this.#costs = look.costs
          return { readers: look.readers, ...(look.notes.length === 0 ? {} : { note: look.notes.join(' ') }) }
        },
        facts,
        0,
      ),
    ])
    this.#skip(
      'queue',
      'kinesis:ListQueues',
      'The SDK has no operations for queues yet; each takes one of the slots of the registered consumers.',
    )
    await this.#measure(facts, signal)
    return this.snapshot()
  }

  snapshot(): ReadersSnapshot {
    const order: readonly ReaderKind[] = [
      'fan-out',
      'lambda',
      'firehose',
      'pipe',
      'flink',
      'channel',
      'queue',
      'kcl',
      'unknown',
    ]
    const sources = order.flatMap(kind => this.#sources.get(kind) ?? [])
    return {
      at: this.#context.clock.now(),
      ...(this.#retentionPeriodHours === undefined
        ? {}
        : { retentionPeriodHours: this.#retentionPeriodHours }),
      sources: sources.map(({ source }) => source),
      readers: sources.flatMap(({ readers }) => readers),
      ...(this.#slots === undefined ? {} : { fanOutSlots: this.#slots }),
      ...(this.#unexplained === undefined ? {} : { unexplained: this.#unexplained }),
      costs: this.#costs,
    }
  }

  /** Lambda reads streams and consumers alike, so its mappings are asked for by each ARN. */
  async #fanOutAndLambda(facts: Facts, signal: AbortSignal): Promise<void> {
    await this.#ask(
      'fan-out',
      'kinesis:ListStreamConsumers',
      facts.streamArn ?? '',
      async () => {
        const consumers = await this.#services.listConsumers(arnOf(facts), { signal })
        this.#consumers = consumers
        await this.#countSlots(consumers.length, signal)
        return { readers: consumers.map(consumer => consumerReader(consumer, this.#context.clock.now())) }
      },
      facts,
    )
    await this.#ask(
      'lambda',
      'lambda:ListEventSourceMappings',
      facts.streamArn ?? '',
      async () => {
        const arns = [arnOf(facts), ...this.#consumers.map(({ consumerArn }) => consumerArn)]
        const found: StreamReader[] = []
        for (const arn of arns) {
          for (const mapping of await this.#services.listEventSourceMappings(arn, { signal })) {
            found.push(mappingReader(mapping, arn === arns[0] ? undefined : arn))
          }
        }
        return { readers: found }
      },
      facts,
    )
  }

  async #countSlots(used: number, signal: AbortSignal): Promise<void> {
    try {
      const status = await this.#services.throughputCommitment({ signal })
      const isCommitted = status !== undefined && status !== 'DISABLED'
      this.#slots = { used, of: isCommitted ? SLOTS_WITH_COMMITMENT : SLOTS, isCertain: true }
    } catch {
      // Whether the account is committed is not told (kinesis:DescribeAccountSettings): the smaller number is safe.
      this.#slots = { used, of: SLOTS, isCertain: false }
    }
  }

  async #firehose(facts: Facts, signal: AbortSignal): Promise<Told> {
    const names = await this.#services.listDeliveryStreams({ signal })
    const items = await this.#described(names.items, name =>
      this.#services.describeDeliveryStream(name, { signal }),
    )
    return {
      readers: items.found
        .filter(({ streamArns }) => streamArns.includes(arnOf(facts)))
        .map(item => ({
          ...serviceReader('firehose', item),
          lagUnknown:
            'Firehose tells its lag as DataFreshness and KinesisMillisBehindLatest in AWS/Firehose only',
        })),
      ...noted(items.trouble, names.isComplete),
    }
  }

  async #flink(facts: Facts, signal: AbortSignal): Promise<Told> {
    const names = await this.#services.listFlinkApplications({ signal })
    const items = await this.#described(names.items, name =>
      this.#services.describeFlinkApplication(name, { signal }),
    )
    return {
      readers: items.found
        .filter(({ streamArns }) => streamArns.includes(arnOf(facts)))
        .map(item => ({
          ...serviceReader('flink', item),
          lagUnknown: 'its position lies in its own checkpoints',
        })),
      ...noted(items.trouble, names.isComplete),
    }
  }

  /** Describes each; one that cannot be does not hide the others. */
  async #described(names: readonly string[], describe: (name: string) => Promise<ServiceItem>) {
    const found: ServiceItem[] = []
    let trouble: unknown
    await inTurns(names, DESCRIBED_AT_ONCE, async name => {
      try {
        found.push(await describe(name))
      } catch (error) {
        trouble = error
      }
    })
    if (trouble !== undefined && found.length === 0) throw trouble
    return { found: found.sort((a, b) => (a.name < b.name ? -1 : 1)), trouble }
  }

  async #pipes(facts: Facts, signal: AbortSignal): Promise<Told> {
    const pipes = await this.#services.listPipes(arnOf(facts), { signal })
    return {
      readers: pipes.map(pipe => ({
        id: `pipe ${pipe.name}`,
        kind: 'pipe',
        name: pipe.name,
        ...(pipe.arn === undefined ? {} : { arn: pipe.arn }),
        state: pipe.state ?? '-',
        facts: pipe.facts,
        warnings: pipe.warnings,
        lagUnknown: 'EventBridge Pipes does not tell it',
        shards: [],
      })),
    }
  }

  async #channels(facts: Facts, signal: AbortSignal): Promise<Told> {
    const channels = await this.#services.listChannels(arnOf(facts), { signal })
    return {
      readers: channels.map(channel => ({
        id: `channel ${channel.name}`,
        kind: 'channel',
        name: channel.name,
        ...(channel.arn === undefined ? {} : { arn: channel.arn }),
        state: channel.status ?? '-',
        facts: channel.facts,
        warnings: channel.status === 'FAILED' ? ['FAILED is final: the channel has to be made anew.'] : [],
        lagUnknown: 'told as DataFreshness in CloudWatch only',
        shards: [],
      })),
    }
  }

  /** Lags of consumers, and what the polling readers took together, from CloudWatch. */
  async #measure(facts: Facts, signal: AbortSignal): Promise<void> {
    const { metrics, clock } = this.#context
    const action = 'cloudwatch:GetMetricData'
    if (metrics === undefined) return this.#skip('unknown', action, 'no CloudWatch is connected')
    const now = clock.now()
    if (this.#metrics === undefined || now - this.#metrics.at >= METRICS_MILLIS) {
      const minute = 60_000
      const to = Math.floor(now / minute) * minute
      const range = { from: new Date(to - METRIC_MINUTES * minute), to: new Date(to), periodSeconds: 60 }
      const { streamName } = this.#stream
      const queries: readonly MetricQuery[] = [
        { streamName, metricName: 'IncomingBytes', statistic: 'Sum' },
        { streamName, metricName: 'GetRecords.Bytes', statistic: 'Sum' },
        { streamName, metricName: 'GetRecords.IteratorAgeMilliseconds', statistic: 'Maximum' },
        ...this.#consumers.map(
          ({ consumerName }): MetricQuery => ({
            streamName,
            consumerName,
            metricName: 'SubscribeToShardEvent.MillisBehindLatest',
            statistic: 'Maximum',
          }),
        ),
      ]
      try {
        this.#metrics = { at: now, series: await metrics.series(queries, range, { signal }) }
      } catch (error) {
        if (signal.aborted) throw error
        const failure = failureOf(error, action)
        this.#keep('unknown', { kind: 'unknown', action, resource: streamName, state: 'failed', failure }, [])
        return
      }
    }
    this.#applyMetrics(facts, this.#metrics.series, action)
  }

  #applyMetrics(facts: Facts, series: readonly MetricSeries[], action: string): void {
    const named = (metricName: string) => series.find(({ query }) => query.metricName === metricName)
    const rate = (one: MetricSeries | undefined) =>
      one === undefined || one.points.length === 0
        ? undefined
        : one.points.reduce((sum, { value }) => sum + value, 0) / (METRIC_MINUTES * 60)
    const fanOut = this.#sources.get('fan-out')
    if (fanOut !== undefined) {
      const readers = fanOut.readers.map(reader => withMetricLag(reader, series, facts.retentionPeriodHours))
      this.#sources.set('fan-out', { ...fanOut, readers })
    }
    const age = named('GetRecords.IteratorAgeMilliseconds')?.points.at(-1)
    const lambda = this.#sources.get('lambda')
    if (lambda !== undefined) {
      const byArn = new Map(this.#sources.get('fan-out')?.readers.map(reader => [reader.arn, reader]))
      const readers = lambda.readers.map(reader => {
        const own = reader.consumerArn === undefined ? undefined : byArn.get(reader.consumerArn)
        if (own?.lag !== undefined) {
          const { lagUnknown: _, ...rest } = reader
          return { ...rest, lag: own.lag, ...(own.deadline === undefined ? {} : { deadline: own.deadline }) }
        }
        if (age === undefined || reader.consumerArn !== undefined) return reader
        return {
          ...reader,
          lagUnknown: `told as IteratorAge in AWS/Lambda only; of all that poll this stream the slowest read ${Math.round(age.value / 1_000)} s old records`,
        }
      })
      this.#sources.set('lambda', { ...lambda, readers })
    }
    const all = [...this.#sources.values()]
    const pollers = all
      .flatMap(({ readers }) => readers)
      .filter(
        reader => reader.kind !== 'fan-out' && reader.kind !== 'unknown' && reader.consumerArn === undefined,
      )
    const isIncomplete = all.some(({ source }) => source.state === 'failed')
    this.#unexplained = unexplainedReads({
      incomingBytesPerSecond: rate(named('IncomingBytes')),
      outgoingBytesPerSecond: rate(named('GetRecords.Bytes')),
      knownPollers: pollers.length,
      isIncomplete,
    })
    const resource = this.#stream.streamName
    this.#keep(
      'unknown',
      {
        kind: 'unknown',
        action,
        resource,
        state: 'told',
        note:
          this.#unexplained?.sentence ??
          'CloudWatch has no points of this stream: nothing can be said of pollers that are not known.',
      },
      this.#unexplained?.verdict === 'unexplained'
        ? [unknownReader(this.#unexplained.outgoingBytesPerSecond, this.#unexplained.sentence)]
        : [],
    )
  }

  async #ask(
    kind: ReaderKind,
    action: string,
    resource: string,
    work: () => Promise<Told>,
    facts: Facts,
    keepMillis = SERVICES_MILLIS,
  ): Promise<void> {
    const before = this.#sources.get(kind)
    const now = this.#context.clock.now()
    if (before?.source.state === 'told' && keepMillis > 0 && now - before.at < keepMillis) return
    if (facts.streamArn === undefined && kind !== 'kcl') {
      this.#skip(
        kind,
        action,
        'needs the ARN of the stream, which the endpoint does not tell: give the ARN instead of the name',
      )
      return
    }
    if (before === undefined) this.#keep(kind, { kind, action, resource, state: 'asking' }, [])
    try {
      const { readers, note } = await work()
      const told = { readerCount: readers.length, ...(note === undefined ? {} : { note }) }
      this.#keep(kind, { kind, action, resource, state: 'told', ...told }, readers)
    } catch (error) {
      const failure = failureOf(error, action)
      this.#keep(
        kind,
        {
          kind,
          action: failure.action.includes(':') ? failure.action : action,
          resource,
          state: 'failed',
          failure,
        },
        before?.readers ?? [],
      )
    }
  }

  #skip(kind: ReaderKind, action: string, note: string): void {
    this.#keep(kind, { kind, action, resource: '', state: 'skipped', note }, [])
  }

  #keep(kind: ReaderKind, source: ReaderSource, readers: readonly StreamReader[]): void {
    this.#sources.set(kind, { source, readers, at: this.#context.clock.now() })
    this.#onChange(this.snapshot())
  }
}

function arnOf({ streamArn }: Facts): string {
  // Asked only after it was seen to be there.
  return streamArn ?? ''
}

function noted(trouble: unknown, isComplete: boolean): { note?: string } {
  const notes = [
    ...(trouble === undefined ? [] : [`Some could not be described: ${failureOf(trouble, '').message}`]),
    ...(isComplete ? [] : ['Not all were listed.']),
  ]
  return notes.length === 0 ? {} : { note: notes.join(' ') }
}
