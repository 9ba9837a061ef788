import type { AttributeValue, TableRow } from '../domain/readers/lease.ts'
import { isObject, type Json, object, objects, present, text, texts } from './answer-values.ts'
import type { ServiceSend } from './service-send.ts'
import type { Bounded } from './services-api.ts'

type Send = ServiceSend<typeof import('./dynamodb-sdk.ts')>

/** Pages of 100 names: 2,000 tables. */
const MOST_NAME_PAGES = 20
/** Pages of 1 MiB: some ten thousand leases. */
const MOST_ROW_PAGES = 5

export async function listTables(send: Send, signal: AbortSignal | undefined): Promise<Bounded<string>> {
  const items: string[] = []
  let last: string | undefined
  for (let page = 0; page < MOST_NAME_PAGES; page += 1) {
    const input = present('ExclusiveStartTableName', last)
    const answer = await send('ListTables', sdk => new sdk.ListTablesCommand(input), signal)
    items.push(...texts(answer.TableNames))
    last = text(answer.LastEvaluatedTableName)
    if (last === undefined) return { items, isComplete: true }
  }
  return { items, isComplete: false }
}

export async function tableKeySchema(
  send: Send,
  tableName: string,
  signal: AbortSignal | undefined,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  const answer = await send(
    'DescribeTable',
    sdk => new sdk.DescribeTableCommand({ TableName: tableName }),
    signal,
  )
  return objects(object(answer.Table).KeySchema).map(key => ({
    name: text(key.AttributeName) ?? '',
    type: text(key.KeyType) ?? '',
  }))
}

export async function scanTable(
  send: Send,
  tableName: string,
  signal: AbortSignal | undefined,
): Promise<Bounded<TableRow>> {
  const items: TableRow[] = []
  let last: Json | undefined
  for (let page = 0; page < MOST_ROW_PAGES; page += 1) {
    // biome-ignore lint/suspicious/noExplicitAny: a key as the service sent it goes back as it came
    const input = { TableName: tableName, ...present('ExclusiveStartKey', last as any) }
    const answer = await send('Scan', sdk => new sdk.ScanCommand(input), signal)
    items.push(...objects(answer.Items).map(row))
    last = isObject(answer.LastEvaluatedKey) ? answer.LastEvaluatedKey : undefined
    if (last === undefined) return { items, isComplete: true }
  }
  return { items, isComplete: false }
}

function row(raw: Json): TableRow {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, attribute(value)]))
}

function attribute(value: unknown): AttributeValue {
  const { S, N, SS, L, M } = object(value)
  return {
    ...(typeof S === 'string' ? { S } : {}),
    ...(typeof N === 'string' ? { N } : {}),
    ...(Array.isArray(SS) ? { SS: texts(SS) } : {}),
    ...(Array.isArray(L) ? { L: L.map(attribute) } : {}),
    ...(isObject(M) ? { M: row(M) } : {}),
  }
}
