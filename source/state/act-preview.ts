import type { HashKeyRange } from '../domain/hash-key.ts'

/** One range of a layout; the utilisation is absent where no load was observed: absent is not zero. */
export type PreviewRange = { readonly range: HashKeyRange; readonly utilisation?: number }

/** What an act would do, worked out without doing it: what `--dry-run` prints and the question before an act shows. */
export type ActPreview = {
  readonly title: string
  /** Open shards along the hash-key space; absent where the act leaves them alone. */
  readonly before?: readonly PreviewRange[]
  readonly after?: readonly PreviewRange[]
  readonly sections: readonly PreviewSection[]
  /** The same for the AWS CLI, one line a call, quoted for a POSIX shell. */
  readonly awsCli: readonly string[]
}

export type PreviewSection = { readonly heading: string; readonly lines: readonly string[] }
