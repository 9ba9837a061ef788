import type { ServiceItem } from '../domain/services/service-item.ts'
import { date, facts, objects, present, text } from './answer-values.ts'
import type { ServiceSend } from './service-send.ts'
import type { Bounded } from './services-api.ts'

const MOST_PAGES = 10

export async function listVideoStreams(
  send: ServiceSend<typeof import('./video-sdk.ts')>,
  signal: AbortSignal | undefined,
): Promise<Bounded<ServiceItem>> {
  const items: ServiceItem[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { MaxResults: 1_000, ...present('NextToken', token) }
    const answer = await send('ListStreams', sdk => new sdk.ListStreamsCommand(input), signal)
    for (const raw of objects(answer.StreamInfoList)) {
      const hours = raw.DataRetentionInHours
      const media = text(raw.MediaType)
      items.push({
        service: 'video',
        name: text(raw.StreamName) ?? '',
        ...present('arn', text(raw.StreamARN)),
        ...present('status', text(raw.Status)),
        summary: [media, hours === undefined ? undefined : `kept ${hours} h`].filter(Boolean).join(', '),
        facts: facts(
          ['MediaType', media],
          ['DataRetentionInHours', hours],
          ['DeviceName', raw.DeviceName],
          ['KmsKeyId', raw.KmsKeyId],
          ['Version', raw.Version],
          ['CreationTime', date(raw.CreationTime)],
        ),
        streamArns: [],
      })
    }
    token = text(answer.NextToken)
    if (token === undefined) return { items, isComplete: true }
  }
  return { items, isComplete: false }
}
