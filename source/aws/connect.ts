import { readFile } from 'node:fs/promises'
import type { Profile } from '@smithy/core/config'
import { usageFailure } from '../domain/failure.ts'
import type { Arming, Origin, Session, Sourced } from '../domain/session.ts'
import { present } from './answer-values.ts'
import { createAudit } from './audit.ts'
import { withCallLog, withControlLog, withMetricsLog, withServicesLog } from './call-log.ts'
import { type Clients, type ClientWiring, createClients } from './clients.ts'
import type { Connection, ConnectOptions, Deadlines } from './connection.ts'
import { CredentialCache } from './credential-cache.ts'
import { type CredentialPlan, credentialsFailure, planCredentials } from './credentials.ts'
import { DEFAULT_DEADLINES } from './deadlines.ts'
import { configuredEndpoint, isTrue, serviceEndpoint } from './endpoint.ts'
import { PatientDeadline } from './patient-deadline.ts'
import { createPermissionChecks } from './permission-checks.ts'
import { proxyInSight, proxyVariables } from './proxy.ts'
import { quietLogger } from './quiet-logger.ts'
import { resolvedRegion } from './region.ts'
import { createSdkCloudWatch } from './sdk-cloudwatch.ts'
import { createSdkControl } from './sdk-control.ts'
import { createSdkKinesis } from './sdk-kinesis.ts'
import { createSend } from './send.ts'
import { createServices } from './services.ts'
import { type AwsSettings, type AwsVariable, isOfSandbox, settingsAfter } from './settings.ts'
import { chosenProfile, listProfiles, readSharedConfig } from './shared-config.ts'
import { createSubscribe } from './subscribe.ts'
import type { TransportOptions } from './transport.ts'

/**
 * Resolves endpoint, region, profile and credentials, and hands out the API. Nothing but what loading the credentials
 * needs (files, a program, STS or SSO) is contacted.
 * @throws FailureError `usage`, `credentials` or `aborted`
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { settings, signal, requestHandler } = options
  const clock = options.clock ?? Date
  const deadlines = { ...DEFAULT_DEADLINES, ...options.deadlines }
  const onWarning = options.onWarning ?? (() => {})

  const shared = await readSharedConfig(settings)
  const values = isOfSandbox(settings) ? undefined : chosenProfile(settings, shared)
  const named = settings.profile ?? settings.variables.get('AWS_PROFILE')
  const profile =
    values === undefined
      ? undefined
      : { name: named?.value ?? 'default', values, isNamed: named !== undefined }
  const guard = options.guardFor?.(profile?.name)
  // Locked: whatever is armed elsewhere, nothing of this connection is.
  const arming: Readonly<Arming> =
    guard?.lockReason === undefined ? options.arming : { armed: false, lockReason: guard.lockReason }
  const endpointUrl = configuredEndpoint(settings, shared, profile)
  const region = resolvedRegion(settings, profile, endpointUrl !== undefined)
  const plan = planCredentials(settings, profile, endpointUrl)
  const proxy = proxyVariables(settings)
  const caCertificates = await certificates(settings)
  const trust = {
    ...(proxy === undefined ? {} : { proxy }),
    ...(caCertificates === undefined ? {} : { caCertificates }),
  }

  let isConnecting = true
  const credentials = new CredentialCache(async () => {
    const identity = await loadIdentity(plan, {
      region: region.value,
      deadlines,
      transport: { deadlines, ...trust, onWarning },
      askMfaCode: options.askMfaCode,
      // The caller's signal ends the connecting, not what is renewed hours later.
      signal: isConnecting ? signal : undefined,
    })
    options.onSecrets?.([
      identity.accessKeyId,
      identity.secretAccessKey,
      ...(identity.sessionToken === undefined ? [] : [identity.sessionToken]),
    ])
    return identity
  }, clock)
  const wiring: ClientWiring = {
    region: region.value,
    ...(endpointUrl === undefined ? {} : { endpointUrl: endpointUrl.value }),
    useFips: isSet(settings, 'AWS_USE_FIPS_ENDPOINT', profile?.values, 'use_fips_endpoint'),
    useDualstack: isSet(settings, 'AWS_USE_DUALSTACK_ENDPOINT', profile?.values, 'use_dualstack_endpoint'),
    credentials,
    arming,
    deadlines,
    ...trust,
    onWarning,
    ...(requestHandler === undefined ? {} : { requestHandler }),
  }
  const clients = createClients(wiring)
  const url = endpointUrl ?? (await regionalEndpoint(clients, wiring))
  const identity = await credentials.get()
  isConnecting = false

  let accountId: Sourced<string> | undefined =
    identity.accountId === undefined ? undefined : { value: identity.accountId, origin: plan.origin }
  const proxyUrl = proxyInSight(settings, url.value, onWarning)
  const way = proxyUrl === undefined ? {} : { proxyUrl: proxyUrl.value }
  const session = (): Session => ({
    endpointUrl: url,
    isCustomEndpoint: endpointUrl !== undefined,
    region,
    ...(profile !== undefined && takesPart(profile, [endpointUrl?.origin, region.origin, plan.origin])
      ? {
          profile: {
            value: profile.name,
            origin: named?.origin ?? { kind: 'default', reason: 'default profile' },
          },
        }
      : {}),
    credentials: { value: plan.method, origin: plan.origin },
    ...(accountId === undefined ? {} : { accountId }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    armed: arming.armed,
    ...(guard === undefined ? {} : { guard }),
  })

  const audit =
    options.audit === undefined
      ? undefined
      : createAudit({ sink: options.audit, session, clock, onWarning: options.onUnaudited ?? onWarning })
  const send = createSend({
    clients,
    arming,
    endpointUrl: requestHandler === undefined ? url.value : 'the embedded sandbox',
    ...way,
    callMillis: deadlines.callMillis,
    ...(audit === undefined ? {} : { audit }),
  })
  const api = createSdkKinesis({
    send,
    region: region.value,
    hasCustomEndpoint: endpointUrl !== undefined,
    onArn: streamArn => {
      const account = /^arn:[^:]+:kinesis:[^:]*:(\d{12}):/.exec(streamArn)?.[1]
      if (accountId === undefined && account !== undefined) {
        accountId = { value: account, origin: { kind: 'arn' } }
      }
    },
  })
  const control = createSdkControl({
    send,
    region: region.value,
    hasCustomEndpoint: endpointUrl !== undefined,
    api,
  })
  const urlOf = (variable: Parameters<typeof serviceEndpoint>[2]) =>
    serviceEndpoint(settings, endpointUrl, variable)?.value
  const metricsUrl = urlOf('AWS_ENDPOINT_URL_CLOUDWATCH')
  const metrics = createSdkCloudWatch({
    ...wiring,
    ...(metricsUrl === undefined ? {} : { metricsEndpointUrl: metricsUrl }),
  })
  const services = createServices({ ...wiring, ...(audit === undefined ? {} : { audit }) }, send, {
    ...present('dynamodb', urlOf('AWS_ENDPOINT_URL_DYNAMODB')),
    ...present('firehose', urlOf('AWS_ENDPOINT_URL_FIREHOSE')),
    ...present('analytics', urlOf('AWS_ENDPOINT_URL_KINESIS_ANALYTICS_V2')),
    ...present('video', urlOf('AWS_ENDPOINT_URL_KINESIS_VIDEO')),
    ...present('lambda', urlOf('AWS_ENDPOINT_URL_LAMBDA')),
    ...present('glue', urlOf('AWS_ENDPOINT_URL_GLUE')),
    ...present('pipes', urlOf('AWS_ENDPOINT_URL_PIPES')),
  })
  return {
    api: options.onCall === undefined ? api : withCallLog(api, options.onCall, clock),
    subscribe: createSubscribe({ clients, endpointUrl: url.value, ...way }),
    control: options.onCall === undefined ? control : withControlLog(control, options.onCall, clock),
    metrics: options.onCall === undefined ? metrics : withMetricsLog(metrics, options.onCall, clock),
    services: options.onCall === undefined ? services : withServicesLog(services, options.onCall, clock),
    checks: createPermissionChecks({
      send,
      session: { region: region.value, hasCustomEndpoint: endpointUrl !== undefined },
      endpointUrl: url.value,
      ...way,
      transport: {
        deadlines,
        ...trust,
        onWarning,
        ...(requestHandler === undefined ? {} : { requestHandler }),
      },
      credentials,
    }),
    session,
    listProfiles: () => listProfiles(settings),
    switchTo: async (choice, switchSignal) => {
      const { signal: _earlier, requestHandler: inSandbox, ...rest } = options
      const chosen = settingsAfter(settings, region, choice)
      return connect({
        ...rest,
        settings: chosen,
        ...(inSandbox === undefined || !isOfSandbox(chosen) ? {} : { requestHandler: inSandbox }),
        ...(switchSignal === undefined ? {} : { signal: switchSignal }),
      })
    },
    reloadCredentials: () => credentials.reload(),
    close: () => {
      clients.close()
      metrics.close()
      services.close()
    },
  }
}

/** A named profile is always shown, `default` only where something came from it. */
function takesPart(
  profile: { readonly isNamed: boolean },
  origins: readonly (Origin | undefined)[],
): boolean {
  return profile.isNamed || origins.some(origin => origin?.kind === 'profile')
}

async function loadIdentity(
  plan: CredentialPlan,
  tools: {
    readonly region: string
    readonly deadlines: Deadlines
    readonly transport: Omit<TransportOptions, 'maxSockets' | 'keepIdleMillis'>
    readonly askMfaCode: ConnectOptions['askMfaCode']
    readonly signal: AbortSignal | undefined
  },
) {
  const deadline = new PatientDeadline(tools.deadlines.credentialsMillis, tools.signal)
  const { askMfaCode } = tools
  let endTransport = (): void => {}
  try {
    return await deadline.race(
      plan.load({
        region: tools.region,
        logger: quietLogger(tools.transport.onWarning),
        requestHandler: async () => {
          const { createTransport } = await import('./transport.ts')
          const handler = createTransport({ ...tools.transport, maxSockets: 4, keepIdleMillis: 1_000 })
          endTransport = () => handler.destroy()
          return handler
        },
        ...(askMfaCode === undefined
          ? {}
          : {
              // A person may take as long as it takes.
              askMfaCode: serial => deadline.pausedFor(askMfaCode(serial, deadline.signal)),
            }),
      }),
    )
  } catch (error) {
    throw credentialsFailure(plan, error)
  } finally {
    deadline.end()
    endTransport()
  }
}

/** Where AWS's own requests go, as the SDK's rules have it for partition, FIPS and dual stack. */
async function regionalEndpoint(clients: Clients, wiring: ClientWiring): Promise<Sourced<string>> {
  const { config } = await clients.get('board')
  try {
    const endpoint = config.endpointProvider({
      Region: wiring.region,
      UseFIPS: wiring.useFips,
      UseDualStack: wiring.useDualstack,
      OperationType: 'control',
    })
    return { value: endpoint.url.origin, origin: { kind: 'default', reason: 'AWS' } }
  } catch (error) {
    throw usageFailure(
      'ResolveEndpoint',
      `There is no Kinesis endpoint for region "${wiring.region}": ${error instanceof Error ? error.message : String(error)}`,
      'Check the region, and the FIPS and dual-stack switches.',
    )
  }
}

function isSet(
  settings: AwsSettings,
  variable: AwsVariable,
  profile: Profile | undefined,
  key: string,
): boolean {
  return isTrue(settings.variables.get(variable)?.value ?? profile?.[key])
}

async function certificates(settings: AwsSettings): Promise<readonly string[] | undefined> {
  const bundle = settings.variables.get('AWS_CA_BUNDLE')
  if (bundle === undefined) return undefined
  try {
    const { rootCertificates } = await import('node:tls')
    return [...rootCertificates, await readFile(bundle.value, 'utf8')]
  } catch (error) {
    throw usageFailure(
      'LoadCertificates',
      `The file "${bundle.value}" of AWS_CA_BUNDLE cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Point it at a PEM file, or unset it.',
    )
  }
}
