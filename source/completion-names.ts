import { createHash } from 'node:crypto'
import type { NameKind, WhereFlags } from './cli/complete.ts'
import { readConfig, readDotenv } from './config.ts'
import { openConnection } from './open-connection.ts'
import { stateFilesOf } from './state-files.ts'

/** A person waits for the Tab key: what is not there by then is not offered. */
const DEADLINE_MILLIS = 1_500
/** So long an answer counts, so that Tab, Tab asks the account once. */
const FRESH_MILLIS = 60_000
const MOST_NAMES = 2_000
const FOLDER = 'completion'
const DEADLINES = {
  connectMillis: 1_000,
  answerMillis: 1_200,
  idleMillis: 1_200,
  callMillis: 1_400,
  credentialsMillis: 1_200,
} as const
const SECRETS = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']

/** Whether a text can be offered: a shell quotes it, and no byte of it is a control that a terminal would obey. */
const isHarmless = (name: string): boolean => name !== '' && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name)
/** The service allows no other names, and a command would take one with a dash in front for a flag. */
const isName = (name: string): boolean => /^[a-zA-Z0-9_.][a-zA-Z0-9_.-]{0,127}$/.test(name)

/** Names for the completion of a word; none where anything fails, since nobody asked for an error. Only ever reads. */
export async function completionNames(
  wanted: { readonly of: NameKind; readonly stream?: string },
  where: WhereFlags,
): Promise<readonly string[]> {
  try {
    switch (wanted.of) {
      case 'regions':
        return (await import('./aws/regions.ts')).kinesisRegions()
      case 'scenarios':
        return Object.keys((await import('./sandbox/traffic/scenario-library.ts')).SCENARIOS)
      case 'profiles': {
        const { profileNames, readSharedConfig } = await import('./aws/shared-config.ts')
        return profileNames(await readSharedConfig(settingsOf(where))).filter(isHarmless)
      }
      case 'streams':
      case 'shards':
        return (await ofService(wanted, where)).filter(isName)
    }
  } catch {
    return []
  }
}

function settingsOf(where: WhereFlags) {
  const flags = { endpointUrl: where['endpoint-url'], region: where.region, profile: where.profile }
  return readConfig({ flags, environment: process.env, dotenv: readDotenv(process.cwd()) }).aws
}

async function ofService(
  wanted: { readonly of: NameKind; readonly stream?: string },
  where: WhereFlags,
): Promise<readonly string[]> {
  const files = stateFilesOf(process.env)
  const { variables, ...chosen } = settingsOf(where)
  const settings = [...variables]
    .filter(([name]) => !SECRETS.includes(name))
    .map(([name, { value }]) => [name, value])
  const question = JSON.stringify([chosen, settings, where, wanted])
  const name = `${FOLDER}/${createHash('sha256').update(question).digest('hex').slice(0, 32)}.json`
  const kept = freshNames(await files.read(name).catch(() => undefined), Date.now())
  if (kept !== undefined) return kept
  const names = await ask(wanted, where)
  await files.write(name, JSON.stringify({ at: Date.now(), names })).catch(() => {})
  for (const old of await files.list(FOLDER)) {
    const text = old === name ? undefined : await files.read(old).catch(() => undefined)
    if (text !== undefined && freshNames(text, Date.now()) === undefined) await files.remove(old)
  }
  return names
}

/** The names in a file that was written a moment ago; a clock that was set back makes none fresh. */
function freshNames(text: string | undefined, now: number): readonly string[] | undefined {
  if (text === undefined) return undefined
  try {
    const { at, names } = JSON.parse(text) as { at?: unknown; names?: unknown }
    if (typeof at !== 'number' || at > now || now - at > FRESH_MILLIS || !Array.isArray(names))
      return undefined
    return names.filter(name => typeof name === 'string')
  } catch {
    return undefined
  }
}

async function ask(
  wanted: { readonly of: NameKind; readonly stream?: string },
  where: WhereFlags,
): Promise<readonly string[]> {
  const { endpointUrl, region, profile } = {
    endpointUrl: where['endpoint-url'],
    region: where.region,
    profile: where.profile,
  }
  const signal = AbortSignal.timeout(DEADLINE_MILLIS)
  const opened = await openConnection(
    {
      flags: {
        ...(endpointUrl === undefined ? {} : { endpointUrl }),
        ...(region === undefined ? {} : { region }),
        ...(profile === undefined ? {} : { profile }),
        write: false,
        readOnly: true,
        sandbox: where.sandbox === true,
      },
      withoutEndpoint: 'aws',
      ...(wanted.stream === undefined ? {} : { streamNameOrArn: wanted.stream }),
    },
    { arming: { armed: false }, signal, deadlines: DEADLINES, onWarning: () => {} },
  )
  try {
    const { api } = opened.connection
    if (wanted.of === 'shards') {
      const { parseStreamRef } = await import('./domain/stream.ts')
      const stream = parseStreamRef(wanted.stream ?? '')
      if (stream === undefined) return []
      return (await api.listShards(stream, { signal })).slice(0, MOST_NAMES).map(({ shardId }) => shardId)
    }
    const names: string[] = []
    for await (const page of api.listStreams({ signal })) {
      names.push(...page.map(({ streamName }) => streamName))
      if (names.length >= MOST_NAMES) break
    }
    return names
  } finally {
    await opened.close()
  }
}
