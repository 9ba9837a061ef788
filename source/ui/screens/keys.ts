import { amountText, keylessText, sourceText } from '../../domain/heat/heat-text.ts'
import type { KeyLocation } from '../../state/heat-state.ts'
import { heatOf, type KeyRow, keyRows, snapshotOf } from '../../state/select-heat.ts'
import { selectionOf } from '../../state/selection.ts'
import { failedBody, filteredOutBody, filterFacts, waitingBody } from '../failure-lines.ts'
import { counted, shareText, UNKNOWN } from '../format.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { type Column, headerLine, layOut, spokenRow, tableBody, widest } from '../table.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > keys                                         by bytes, exact for what was read
//  tenant-7: hash 1695..., shardId-000000000002 now, shardId-000000000000 at 14:00Z; 83.0 % of bytes
//    KEY                   OF BYTES  AT MOST  BYTES        OF RECORDS  SHARD

export function keysView(view: View, screen: ScreenOf<'keys'>): ScreenView {
  const { model } = view
  const rows = keyRows(model, screen)
  const { index, top } = selectionOf(model, screen)
  const snapshot = snapshotOf(model, screen.stream)
  const columns = layOut(columnsFor(rows), view.width)
  const error = snapshot?.board.keyErrorShare ?? 0
  const bound = error === 0 ? 'exact for what was read' : `at most ${shareText(error)} too low`
  return {
    title: [
      ...streamTitle(screen.stream.streamName),
      span(' > keys', 'muted'),
      ...(screen.shardId === undefined ? [] : [span(` of ${screen.shardId}`, 'muted')]),
    ],
    summary: snapshot === undefined ? [] : line(`by ${screen.measure}, ${bound}`),
    facts: factsLine(view, screen),
    header: headerLine(columns, screen.sort),
    spoken: spokenRow(columns, rows[index], index, rows.length),
    body: rows.length > 0 ? tableBody(columns, rows, { index, top }, view.height) : emptyBody(view, screen),
  }
}

function columnsFor(rows: readonly KeyRow[]): readonly Column<KeyRow>[] {
  const keyWidth = widest(
    rows.map(({ key }) => key.partitionKey),
    80,
  )
  return [
    {
      key: 'key',
      header: 'KEY',
      width: 20,
      maxWidth: Math.max(20, keyWidth),
      priority: 0,
      text: ({ key }) => key.partitionKey,
    },
    {
      key: 'bytes',
      header: 'OF BYTES',
      align: 'right',
      width: 8,
      priority: 1,
      text: ({ key }) => shareText(key.byteShare),
    },
    {
      key: 'at-most',
      header: 'AT MOST',
      align: 'right',
      width: 8,
      priority: 6,
      text: ({ key }) => shareText(key.byteShareAtMost),
    },
    {
      key: 'byte-rate',
      header: 'BYTES',
      align: 'right',
      width: 11,
      priority: 4,
      text: ({ key }) => amountText(key.bytesPerSecond, 'bytes'),
    },
    {
      key: 'records',
      header: 'OF RECORDS',
      align: 'right',
      width: 10,
      priority: 3,
      text: ({ key }) => shareText(key.recordShare),
    },
    {
      key: 'record-rate',
      header: 'RECORDS',
      align: 'right',
      width: 9,
      priority: 5,
      text: ({ key }) => amountText(key.recordsPerSecond, 'records'),
    },
    { key: 'shard', header: 'SHARD', width: 20, priority: 2, text: ({ key }) => key.shardId },
  ]
}

function factsLine(view: View, screen: ScreenOf<'keys'>): Line {
  const snapshot = snapshotOf(view.model, screen.stream)
  if (screen.lookUp !== undefined) {
    const located = snapshot?.located
    if (located?.partitionKey === screen.lookUp.partitionKey) return line(locationText(located))
    return [span(`Looking ${screen.lookUp.partitionKey} up ...`, 'muted')]
  }
  if (screen.filter !== '') return filterFacts(screen.filter)
  return snapshot === undefined ? [] : line(sourceText(snapshot.board))
}

/** Where a key belongs in one line: its share first on what is known now, then then. */
export function locationText(located: KeyLocation): string {
  const { partitionKey, hashKey, owner, ownerThen, at, basis, shares } = located
  const now = owner === undefined ? 'no open shard now' : `${owner.shardId} now`
  const then =
    ownerThen === undefined
      ? ''
      : `, ${ownerThen.shardId} at ${at?.toISOString() ?? UNKNOWN}${basis === 'sequence-numbers' ? ' (by the times in sequence numbers)' : ''}`
  const [share] = shares ?? []
  const seen =
    shares === undefined
      ? ''
      : share === undefined
        ? '; not seen in the window'
        : `; ${shareText(share.byteShare)} of the bytes of ${share.shardId}${(shares.length ?? 0) > 1 ? ` and of ${counted(shares.length - 1, 'other shard')}` : ''}`
  return `${partitionKey}: ${now}${then}${seen}; hash key ${hashKey}`
}

function emptyBody(view: View, screen: ScreenOf<'keys'>): readonly Line[] {
  const heat = heatOf(view.model, screen.stream)
  if (heat?.failure !== undefined) {
    return failedBody(view, heat.failure)
  }
  if (screen.filter !== '') {
    return filteredOutBody(view, 'heavy key', screen.filter)
  }
  if (heat?.snapshot?.keys === undefined) return waitingBody('Reading records to see their keys ...')
  const keyless = keylessText(heat.snapshot.board.keylessShare)
  return [
    [],
    ...wrapText(
      `${keyless === '' ? 'No record with a partition key was read yet' : keyless}.`,
      view.width - 4,
    ).map(text => line('  ', text)),
    line(`  ${keyOf(view, 'heat.look-up-key')} looks a key up: its hash and its shard need no records.`),
  ]
}
