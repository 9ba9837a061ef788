import { parseShapes, readInput, type ShapeTable, type ValueCodec } from '../engine/input.ts'
import type { Service } from '../engine/service.ts'
import type { CloudWatchCall } from './call.ts'
import { CloudWatchError } from './cloudwatch-error.ts'
import { getMetricData } from './get-metric-data.ts'
import { getMetricStatistics } from './get-metric-statistics.ts'
import { CLOUDWATCH_SHAPES, type GetMetricDataInput } from './input-shapes.ts'
import { listMetrics } from './list-metrics.ts'

/** How long after the end of a minute its point is published. */
export const DEFAULT_PUBLISH_DELAY_MS = 60_000

/** CloudWatch beside the sandbox's Kinesis: reads what the traffic has left in the account's metrics. */
export type CloudWatch = {
  shapes: ShapeTable
  /** Does one operation; the input is checked first. Errors: CloudWatchError, ServiceError for shapes. */
  handle(operation: string, input: unknown, codec: ValueCodec): object
}

const OPERATIONS: Record<string, (call: CloudWatchCall, input: never, service: Service) => object> = {
  GetMetricData: (call, input: GetMetricDataInput, { account }) => getMetricData(call, input, account),
  GetMetricStatistics: getMetricStatistics,
  ListMetrics: listMetrics,
}

/** CloudWatch over a service's metrics. A minute's point is there `publishDelayMs` after the minute, as a whole. */
export function createCloudWatch(service: Service, publishDelayMs = DEFAULT_PUBLISH_DELAY_MS): CloudWatch {
  const shapes = parseShapes(CLOUDWATCH_SHAPES)
  return {
    shapes,
    handle(operation, input, codec) {
      const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
      if (run === undefined) {
        throw new CloudWatchError(
          'UnknownOperation',
          `The operation ${operation} of CloudWatch is not part of this sandbox; ${Object.keys(OPERATIONS).join(', ')} are.`,
        )
      }
      const checked = readInput(shapes, `${operation}Input`, input, codec)
      const now = service.clock.now()
      const publishedBefore = Math.floor((now - publishDelayMs) / 60_000)
      return run({ metrics: service.account.metrics, now, publishedBefore }, checked as never, service)
    },
  }
}
