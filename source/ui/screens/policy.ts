import { ofStream } from '../../state/select-consumers.ts'
import { failedBody, keyLines, staleLine, waitingBody } from '../failure-lines.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { scrolled } from '../scroll.ts'
import type { ScreenOf, ScreenView, View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > policy                                               lines 1-18 of 24
//  Who in other accounts may read and write
//   {
//     "Version": "2012-10-17",

export function policyView(view: View, screen: ScreenOf<'policy'>): ScreenView {
  const fetched = ofStream(view.model.policy, screen.stream)
  const stale = fetched === undefined ? undefined : staleLine(fetched, view.model.now)
  const { body, mark } = scrolled(bodyLines(view, screen), screen.scroll, view.height)
  return {
    title: [...streamTitle(screen.stream.streamName), span(' > policy', 'muted')],
    summary: line(mark),
    facts: stale ?? [
      span('Who in other accounts may read and write, beside their own identity policies', 'muted'),
    ],
    header: [],
    body,
  }
}

function bodyLines(view: View, screen: ScreenOf<'policy'>): readonly Line[] {
  const fetched = ofStream(view.model.policy, screen.stream)
  if (fetched?.value === undefined) {
    return fetched?.failure === undefined
      ? waitingBody('Asking for the resource policy (GetResourcePolicy) ...')
      : failedBody(view, fetched.failure)
  }
  const { text } = fetched.value
  if (text !== undefined) return policyLines(text, Math.max(20, view.width - 2))
  return [
    [],
    ...wrapText(
      'The stream has no resource policy: only identities of its own account can be allowed to use it.',
      Math.max(20, view.width - 4),
    ).map(part => line('  ', part)),
    [],
    ...keyLines(view, [['policy.put', 'put one']]),
  ]
}

/** Its JSON laid out; what is no JSON as it came. A long value goes on under itself. */
function policyLines(text: string, width: number): readonly Line[] {
  return laidOut(text).flatMap(row => {
    const indent = ' '.repeat(Math.min(row.search(/\S|$/), Math.floor(width / 2)))
    const room = width - indent.length
    const [first = '', ...more] = chunksOf(row.trimStart(), room)
    return [
      line(' ', `${indent}${first}`),
      ...chunksOf(more.join(''), room - 2).map(part => line(' ', `${indent}  ${part}`)),
    ]
  })
}

function chunksOf(text: string, room: number): readonly string[] {
  const chunks: string[] = []
  for (let at = 0; at < text.length; at += room) chunks.push(text.slice(at, at + room))
  return chunks
}

function laidOut(text: string): readonly string[] {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2).split('\n')
  } catch {
    return text.split('\n')
  }
}
