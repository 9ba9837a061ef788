import type { Arming } from '../domain/session.ts'
import { assertAllowed } from './guard.ts'

/** The services around a stream, by their prefix in IAM. */
export type ServiceName =
  | 'dynamodb'
  | 'firehose'
  | 'glue'
  | 'kinesisanalytics'
  | 'kinesisvideo'
  | 'lambda'
  | 'pipes'

/** Requests of the services that have no operation in a header: method and path say what they are. */
const REST_REQUESTS: readonly (readonly [ServiceName, string, RegExp, string])[] = [
  ['lambda', 'GET', /^\/2015-03-31\/event-source-mappings\/?$/, 'ListEventSourceMappings'],
  ['pipes', 'GET', /^\/v1\/pipes\/?$/, 'ListPipes'],
  ['pipes', 'GET', /^\/v1\/pipes\/[^/]+$/, 'DescribePipe'],
  ['kinesisvideo', 'POST', /^\/listStreams$/, 'ListStreams'],
]

type Stack = {
  // biome-ignore lint/suspicious/noExplicitAny: each client of the SDK has middleware types of its own
  add(middleware: any, options: any): void
}
type Request = { readonly method?: string; readonly path?: string; readonly headers?: Record<string, string> }

/**
 * The guard of clients.ts for another service: by the command's name, and by what the finished request says it is. A
 * request that is not on the list is taken for an act.
 */
export function guardServiceClient(stack: Stack, arming: Readonly<Arming>, service: ServiceName): void {
  stack.add(
    (next: (args: unknown) => unknown, context: { commandName?: unknown }) => async (args: unknown) => {
      const name = typeof context.commandName === 'string' ? context.commandName : ''
      assertAllowed(`${service}:${name.replace(/Command$/, '') || 'UnnamedCommand'}`, arming)
      return next(args)
    },
    { step: 'initialize', priority: 'high', name: 'shardscopeGuardByCommand' },
  )
  stack.add(
    (next: (args: unknown) => unknown) => async (args: { request: Request }) => {
      assertAllowed(`${service}:${operationOf(args.request, service)}`, arming)
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'shardscopeGuardByRequest' },
  )
}

function operationOf({ method = '', path = '', headers = {} }: Request, service: ServiceName): string {
  const target = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1]
  if (target !== undefined) return target.split('.').at(-1) || 'UnnamedCommand'
  const found = REST_REQUESTS.find(
    ([of, verb, pattern]) => of === service && verb === method && pattern.test(path),
  )
  return found?.[3] ?? 'UnnamedRequest'
}
