import { expect, test } from 'vitest'
import { BookmarkKeeper } from '../../source/commands/bookmark.ts'
import type { StateFiles } from '../../source/commands/command.ts'

const WHOLE = {
  v: 1,
  streamName: 'orders',
  endpoint: 'here',
  savedAt: '2026-11-30T12:00:00.000Z',
  places: {
    'shardId-000000000000': { after: '495', arrivedAt: '2026-11-30T11:59:00.000Z' },
    'shardId-000000000001': { isEnded: true },
    'shardId-000000000002': { at: '1970-01-01T00:00:00.000Z' },
  },
}

function opened(text: string) {
  const files = { read: async () => text } as unknown as StateFiles
  const target = { stream: { streamName: 'orders' }, endpoint: 'here', summary: undefined }
  return new BookmarkKeeper(files, 'b', target).open({ type: 'latest' }, Date.UTC(2026, 10, 30, 13))
}

test('a bookmark goes on from its places', async () => {
  const { from } = await opened(JSON.stringify(WHOLE))
  expect(from.type === 'places' && from.places.size).toBe(3)
})

test.each(
  [
    null,
    5,
    [],
    'text',
    { ...WHOLE, v: 2 },
    { ...WHOLE, places: null },
    { ...WHOLE, places: 7 },
    { ...WHOLE, savedAt: 7 },
    { ...WHOLE, streamName: undefined },
    ...[
      5,
      null,
      {},
      { at: 'never' },
      { at: 5 },
      { after: 'xyz' },
      { after: 5.5 },
      { after: '4', arrivedAt: 'no' },
      { isEnded: false },
    ].map(place => ({ ...WHOLE, places: { 'shardId-000000000000': place } })),
  ].map(json => [JSON.stringify(json)]),
)('a file that is no bookmark of ours is refused, not written over: %s', async text => {
  await expect(opened(text)).rejects.toMatchObject({
    failure: { kind: 'usage', message: 'the file of the bookmark cannot be read as one' },
  })
})
