import { type ActSteps, runAct } from './act.ts'
import type { ArgSpec } from './argument.ts'
import { defineCommand, type OutputColumn } from './command.ts'
import { streamOnScreen } from './on-screen.ts'
import { actRows } from './output-rows.ts'
import { settingPreview } from './setting-act.ts'

const STREAM = {
  kind: 'stream',
  title: 'Stream name or ARN',
  required: true,
  positional: true,
} as const satisfies ArgSpec
const KEY = { kind: 'text', title: 'Tag key', required: true, positional: true } as const satisfies ArgSpec

const TAG_COLUMNS: readonly OutputColumn[] = [
  { key: 'key', header: 'KEY' },
  { key: 'value', header: 'VALUE' },
]

export const listTags = defineCommand({
  id: 'stream.list-tags',
  title: 'List the tags of a stream',
  hint: 'tags',
  group: 'stream',
  keys: [],
  where: [],
  effect: 'read',
  args: { stream: STREAM },
  prefill: streamOnScreen,
  headless: {
    name: 'tags',
    columns: TAG_COLUMNS,
    rows: event =>
      event.type === 'tags-listed'
        ? [...event.tags].map(([key, value]) => ({ streamName: event.stream.streamName, key, value }))
        : [],
  },
  async *run({ stream }, { api, signal }) {
    yield { type: 'tags-listed', stream, tags: await api.listTags(stream, { signal }) }
  },
})

export const addTag = defineCommand({
  id: 'stream.add-tag',
  title: 'Set a tag of a stream',
  hint: 'tag',
  group: 'stream',
  keys: [],
  where: ['streams', 'shards'],
  effect: 'write',
  args: {
    stream: STREAM,
    key: KEY,
    value: { kind: 'text', title: 'Tag value', required: true, positional: true },
  },
  prefill: streamOnScreen,
  confirm: ({ stream, key, value }) => ({
    lines: [`Set tag ${key} of ${stream.streamName} to "${value}".`],
  }),
  headless: { name: 'tag', columns: TAG_COLUMNS, rows: actRows },
  preview: ({ stream, key, value }, context) =>
    settingPreview(context, stream, {
      title: `Tag ${stream.streamName}`,
      lines: () => [`Tag ${key} becomes "${value}". A stream may have 50.`],
      calls: [{ operation: 'AddTagsToStream', input: { Tags: { [key]: value } } }],
    }),
  run: ({ stream, key, value }, context) =>
    runAct(
      context,
      { commandId: 'stream.add-tag', title: `Tag ${stream.streamName}`, action: 'AddTagsToStream' },
      // biome-ignore lint/correctness/useYield: one call has no steps to tell of
      async function* (): ActSteps {
        const { api, signal } = context
        await api.addTags(stream, new Map([[key, value]]), { signal })
        return {
          detail: `tag ${key} of ${stream.streamName} is set`,
          rows: [{ streamName: stream.streamName, key, value }],
        }
      },
    ),
})

export const removeTag = defineCommand({
  id: 'stream.remove-tag',
  title: 'Remove a tag from a stream',
  hint: 'untag',
  group: 'stream',
  keys: [],
  where: ['streams', 'shards'],
  effect: 'write',
  args: { stream: STREAM, key: KEY },
  prefill: streamOnScreen,
  confirm: ({ stream, key }) => ({ lines: [`Remove tag ${key} from ${stream.streamName}.`] }),
  headless: { name: 'untag', columns: [{ key: 'key', header: 'REMOVED' }], rows: actRows },
  preview: ({ stream, key }, context) =>
    settingPreview(context, stream, {
      title: `Untag ${stream.streamName}`,
      lines: () => [`Tag ${key} is removed.`],
      calls: [{ operation: 'RemoveTagsFromStream', input: { TagKeys: [key] } }],
    }),
  run: ({ stream, key }, context) =>
    runAct(
      context,
      { commandId: 'stream.remove-tag', title: `Untag ${stream.streamName}`, action: 'RemoveTagsFromStream' },
      // biome-ignore lint/correctness/useYield: one call has no steps to tell of
      async function* (): ActSteps {
        const { api, signal } = context
        await api.removeTags(stream, [key], { signal })
        return {
          detail: `tag ${key} is off ${stream.streamName}`,
          rows: [{ streamName: stream.streamName, key }],
        }
      },
    ),
})
