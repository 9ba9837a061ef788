import { type ConsumerRow, consumerRows, ofStream } from '../../state/select-consumers.ts'
import { selectionOf } from '../../state/selection.ts'
import {
  failedBody,
  filteredOutBody,
  filterFacts,
  keyLines,
  staleLine,
  waitingBody,
} from '../failure-lines.ts'
import { longAgeText, UNKNOWN } from '../format.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { type Column, headerLine, layOut, spokenRow, tableBody, widest } from '../table.ts'
import type { Tone } from '../theme.ts'
import type { ScreenOf, ScreenView, View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > consumers                                                  2 registered
//  20 are the limit of a provisioned stream
//    CONSUMER      STATUS    AGE  ARN
//  > billing       ACTIVE     3d  arn:aws:kinesis:eu-west-1:123456789012:stream/orders/consumer/billing:1

export function consumersView(view: View, screen: ScreenOf<'consumers'>): ScreenView {
  const { model } = view
  const rows = consumerRows(model, screen)
  const { index, top } = selectionOf(model, screen)
  const columns = layOut(columnsFor(rows, model.now), view.width)
  const known = ofStream(model.consumers, screen.stream)?.value
  return {
    title: [...streamTitle(screen.stream.streamName), span(' > consumers', 'muted')],
    summary: known === undefined ? [] : line(`${known.consumers.length} registered`),
    facts: factsLine(view, screen),
    header: headerLine(columns, screen.sort),
    spoken: spokenRow(columns, rows[index], index, rows.length),
    body: rows.length > 0 ? tableBody(columns, rows, { index, top }, view.height) : emptyBody(view, screen),
  }
}

function columnsFor(rows: readonly ConsumerRow[], now: number): readonly Column<ConsumerRow>[] {
  const nameWidth = widest(
    rows.map(({ id }) => id),
    60,
  )
  return [
    {
      key: 'consumer',
      header: 'CONSUMER',
      width: 22,
      maxWidth: Math.max(22, nameWidth),
      priority: 0,
      text: ({ consumer }) => consumer.consumerName,
    },
    {
      key: 'status',
      header: 'STATUS',
      width: 9,
      priority: 1,
      text: ({ consumer }) => consumer.consumerStatus ?? UNKNOWN,
      tone: ({ consumer }) => toneOf(consumer.consumerStatus),
    },
    {
      key: 'age',
      header: 'AGE',
      align: 'right',
      width: 5,
      priority: 2,
      text: ({ consumer }) => longAgeText(consumer.consumerCreationTimestamp?.getTime(), now),
    },
    {
      key: 'arn',
      header: 'ARN',
      width: 20,
      maxWidth: 120,
      priority: 3,
      text: ({ consumer }) => consumer.consumerArn ?? UNKNOWN,
    },
  ]
}

function toneOf(status: string | undefined): Tone | undefined {
  if (status === 'ACTIVE') return 'good'
  return status === 'DELETING' ? 'bad' : 'warning'
}

function factsLine(view: View, screen: ScreenOf<'consumers'>): Line {
  const fetched = ofStream(view.model.consumers, screen.stream)
  const stale = fetched === undefined ? undefined : staleLine(fetched, view.model.now)
  if (stale !== undefined) return stale
  if (screen.filter !== '') return filterFacts(screen.filter)
  return fetched?.value === undefined ? [] : [span(fetched.value.limitText, 'muted')]
}

function emptyBody(view: View, screen: ScreenOf<'consumers'>): readonly Line[] {
  const fetched = ofStream(view.model.consumers, screen.stream)
  if (fetched?.value === undefined) {
    return fetched?.failure === undefined
      ? waitingBody('Asking for the consumers (ListStreamConsumers) ...')
      : failedBody(view, fetched.failure)
  }
  if (screen.filter !== '') return filteredOutBody(view, 'consumer', screen.filter)
  const text = 'No consumer with enhanced fan-out is registered. Readers that poll need no registration.'
  return [
    [],
    ...wrapText(text, Math.max(20, view.width - 4)).map(part => line('  ', part)),
    [],
    ...keyLines(view, [
      ['consumer.register', 'register one'],
      ['readers.open', 'who reads the stream'],
    ]),
  ]
}
