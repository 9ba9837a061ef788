import { SERVICE_TITLES } from '../../domain/services/service-item.ts'
import { type ServiceRow, serviceRows } from '../../state/select-readers.ts'
import { selectionOf } from '../../state/selection.ts'
import { filterFacts, waitingBody } from '../failure-lines.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { scrolled } from '../scroll.ts'
import { type Column, headerLine, layOut, spokenRow, tableBody, widest } from '../table.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'

//  Services                                                        3 Firehose, 1 Flink, 0 Video
//  ! Managed Flink not told: kinesisanalytics:ListApplications ...
//    SERVICE        NAME          STATUS   WHAT

export function servicesView(view: View, screen: ScreenOf<'services'>): ScreenView {
  const { model } = view
  const rows = serviceRows(model, screen)
  const { index, top } = selectionOf(model, screen)
  const columns = layOut(columnsFor(rows), view.width)
  const listings = model.services?.listings ?? []
  const [failed] = listings.filter(({ state }) => state === 'failed')
  return {
    title: [span('Services', 'title')],
    summary: line(
      listings
        .filter(({ state }) => state === 'told')
        .map(({ service, items }) => `${items.length} ${SERVICE_TITLES[service]}`)
        .join(', '),
    ),
    facts:
      failed !== undefined
        ? [
            span(`! ${SERVICE_TITLES[failed.service]} not told`, 'warning'),
            span(`: ${failed.action}: ${failed.failure?.message ?? ''}`),
          ]
        : screen.filter === ''
          ? []
          : filterFacts(screen.filter),
    header: headerLine(columns, screen.sort),
    spoken: spokenRow(columns, rows[index], index, rows.length),
    body: rows.length > 0 ? tableBody(columns, rows, { index, top }, view.height) : emptyBody(view),
  }
}

function columnsFor(rows: readonly ServiceRow[]): readonly Column<ServiceRow>[] {
  const nameWidth = widest(
    rows.map(({ item }) => item.name),
    60,
  )
  return [
    {
      key: 'service',
      header: 'SERVICE',
      width: 13,
      maxWidth: 21,
      priority: 2,
      text: ({ item }) => SERVICE_TITLES[item.service],
    },
    {
      key: 'name',
      header: 'NAME',
      width: 18,
      maxWidth: Math.max(18, nameWidth),
      priority: 0,
      text: ({ item }) => item.name,
    },
    { key: 'status', header: 'STATUS', width: 10, priority: 1, text: ({ item }) => item.status ?? '-' },
    { key: 'what', header: 'WHAT', width: 20, maxWidth: 100, priority: 3, text: ({ item }) => item.summary },
  ]
}

function emptyBody({ model, width }: View): readonly Line[] {
  const listings = model.services?.listings
  if (listings === undefined || listings.some(({ state }) => state === 'asking'))
    return waitingBody('Asking the services ...')
  return [
    [],
    ...listings.flatMap(({ service, action, failure }) =>
      wrapText(
        failure === undefined
          ? `${SERVICE_TITLES[service]}: none.`
          : `${SERVICE_TITLES[service]}: ${action}: ${failure.message} ${failure.nextStep ?? ''}`,
        Math.max(20, width - 4),
      ).map(text => line('  ', text)),
    ),
  ]
}

/** One of them from near. */
export function serviceView(view: View, screen: ScreenOf<'service'>): ScreenView {
  const item = serviceRows(view.model, { filter: '' }).find(({ id }) => id === screen.itemId)?.item
  const width = Math.max(20, view.width - 4)
  const lines: readonly Line[] =
    item === undefined
      ? [[], line('  It is not there any more.')]
      : [
          ...(item.arn === undefined
            ? []
            : wrapText(`ARN: ${item.arn}`, width).map(text => line('  ', text))),
          ...item.facts.flatMap(([name, value]) =>
            wrapText(`${name}: ${value}`, width).map(text => line('  ', text)),
          ),
          ...(item.streamArns.length === 0
            ? []
            : [
                [],
                ...item.streamArns.flatMap(arn =>
                  wrapText(`Reads ${arn}`, width).map(text => line('  ', text)),
                ),
                line('  ', span(keyOf(view, 'services.open-stream').padEnd(7), 'key'), ' goes to its stream'),
              ]),
        ]
  const { body, mark } = scrolled(lines, screen.scroll, view.height)
  return {
    title: [span('Services', 'title'), span(` > ${item?.name ?? screen.itemId}`)],
    summary: line(mark),
    facts:
      item === undefined
        ? []
        : line(`${SERVICE_TITLES[item.service]}, ${item.status ?? 'state not told'}, ${item.summary}`),
    header: [],
    body,
  }
}
