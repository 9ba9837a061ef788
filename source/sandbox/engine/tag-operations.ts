import { type Account, findStream, type StreamReference } from './account.ts'
import { invalidArgument } from './errors.ts'
import { type Call, type OperationTable, pageSize } from './operation.ts'
import { TAGS_PER_RESOURCE } from './quotas.ts'
import { findResource } from './resource.ts'

/** Refuses tags the service would not take, or too many of them. Errors: InvalidArgumentException. */
export function checkTags(
  existing: ReadonlyMap<string, string>,
  added: ReadonlyMap<string, string>,
  resource: string,
): void {
  for (const [key, value] of added) {
    if (/^aws:/i.test(key))
      throw invalidArgument(`Tag key ${key} is reserved: keys must not begin with "aws:".`)
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-%@]*$/u.test(key + value)) {
      throw invalidArgument(
        'Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.',
      )
    }
  }
  const total = new Set([...existing.keys(), ...added.keys()]).size
  if (total > TAGS_PER_RESOURCE) {
    throw invalidArgument(
      `Failed to add tags to ${resource}: a resource cannot have more than ${TAGS_PER_RESOURCE} tags.`,
    )
  }
}

function addTagsToStream({ account }: Call, input: StreamReference & { Tags: Map<string, string> }) {
  const stream = findStream(account, input)
  checkTags(stream.tags, input.Tags, `stream ${stream.name}`)
  for (const [key, value] of input.Tags) stream.tags.set(key, value)
  return {}
}

function removeTagsFromStream({ account }: Call, input: StreamReference & { TagKeys: string[] }) {
  const stream = findStream(account, input)
  for (const key of input.TagKeys) stream.tags.delete(key)
  return {}
}

const sorted = (tags: ReadonlyMap<string, string>) =>
  [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([Key, Value]) => ({ Key, Value }))

function listTagsForStream(
  { account }: Call,
  input: StreamReference & { ExclusiveStartTagKey?: string; Limit?: number },
) {
  const after = input.ExclusiveStartTagKey
  const tags = sorted(findStream(account, input).tags).filter(({ Key }) => after === undefined || Key > after)
  const page = tags.slice(0, pageSize(input.Limit, TAGS_PER_RESOURCE))
  return { Tags: page, HasMoreTags: page.length < tags.length }
}

const tagsOf = (account: Account, arn: string) => findResource(account, arn).tags

function tagResource({ account }: Call, input: { ResourceARN: string; Tags: Map<string, string> }) {
  const tags = tagsOf(account, input.ResourceARN)
  checkTags(tags, input.Tags, input.ResourceARN)
  for (const [key, value] of input.Tags) tags.set(key, value)
  return {}
}

function untagResource({ account }: Call, input: { ResourceARN: string; TagKeys: string[] }) {
  const tags = tagsOf(account, input.ResourceARN)
  for (const key of input.TagKeys) tags.delete(key)
  return {}
}

const listTagsForResource = ({ account }: Call, input: { ResourceARN: string }) => ({
  Tags: sorted(tagsOf(account, input.ResourceARN)),
})

export const tagOperations: OperationTable = {
  AddTagsToStream: addTagsToStream,
  RemoveTagsFromStream: removeTagsFromStream,
  ListTagsForStream: listTagsForStream,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
}
