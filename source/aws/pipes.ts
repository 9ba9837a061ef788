import { facts, type Json, object, objects, present, text } from './answer-values.ts'
import type { ServiceSend } from './service-send.ts'
import type { Pipe } from './services-api.ts'

type Send = ServiceSend<typeof import('./pipes-sdk.ts')>

const MOST_PAGES = 10

export async function listPipes(
  send: Send,
  sourceArn: string,
  signal: AbortSignal | undefined,
): Promise<readonly Pipe[]> {
  const names: string[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { SourcePrefix: sourceArn, ...present('NextToken', token) }
    const answer = await send('ListPipes', sdk => new sdk.ListPipesCommand(input), signal)
    for (const raw of objects(answer.Pipes)) {
      const name = text(raw.Name)
      // A prefix: `orders` also finds `orders-eu`.
      if (name !== undefined && text(raw.Source) === sourceArn) names.push(name)
    }
    token = text(answer.NextToken)
    if (token === undefined) break
  }
  const pipes: Pipe[] = []
  for (const name of names) {
    pipes.push(
      pipe(await send('DescribePipe', sdk => new sdk.DescribePipeCommand({ Name: name }), signal), name),
    )
  }
  return pipes
}

function pipe(raw: Json, name: string): Pipe {
  const source = object(object(raw.SourceParameters).KinesisStreamParameters)
  const deadLetter = text(object(source.DeadLetterConfig).Arn)
  const isForEver =
    (source.MaximumRetryAttempts ?? -1) === -1 && (source.MaximumRecordAgeInSeconds ?? -1) === -1
  return {
    name: text(raw.Name) ?? name,
    ...present('arn', text(raw.Arn)),
    ...present('state', text(raw.CurrentState)),
    ...present('stateReason', text(raw.StateReason)),
    source: text(raw.Source) ?? '',
    ...present('target', text(raw.Target)),
    facts: facts(
      ['Target', raw.Target],
      ['Enrichment', raw.Enrichment],
      ['DesiredState', raw.DesiredState],
      ['StateReason', raw.StateReason],
      ['BatchSize', source.BatchSize],
      ['MaximumBatchingWindowInSeconds', source.MaximumBatchingWindowInSeconds],
      ['ParallelizationFactor', source.ParallelizationFactor],
      ['StartingPosition', source.StartingPosition],
      ['MaximumRecordAgeInSeconds', source.MaximumRecordAgeInSeconds],
      ['MaximumRetryAttempts', source.MaximumRetryAttempts],
      ['OnPartialBatchItemFailure', source.OnPartialBatchItemFailure],
      ['DeadLetterConfig', deadLetter],
    ),
    warnings: [
      ...(isForEver
        ? [
            'No MaximumRetryAttempts and no MaximumRecordAgeInSeconds: one bad batch blocks its shard until the records expire.',
          ]
        : []),
      ...(source.OnPartialBatchItemFailure === 'AUTOMATIC_BISECT'
        ? []
        : [
            'OnPartialBatchItemFailure is not AUTOMATIC_BISECT: one bad record takes its whole batch with it.',
          ]),
      ...(deadLetter === undefined ? ['No dead-letter target.'] : []),
    ],
  }
}
