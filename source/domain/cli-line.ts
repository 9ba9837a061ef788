/** Where a call goes, for the AWS CLI's own options. */
export type CliTarget = {
  readonly region: string
  readonly profile?: string
  /** Of an endpoint other than AWS's own. */
  readonly endpointUrl?: string
  /** What is to be known before the lines are used; they do not hold it. */
  readonly note?: string
}

/** The lines of calls with what is to be known about them, as a comment of the shell. */
export function withCliNote(lines: readonly string[], { note }: CliTarget): readonly string[] {
  return note === undefined || lines.length === 0 ? lines : [`# ${note}`, ...lines]
}

/**
 * The call as a line for the AWS CLI, safe to paste into a POSIX shell whatever the values hold. Members are those of the
 * API in PascalCase; undefined ones are left out. Payloads do not belong in here.
 */
export function awsCliLine(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  target: CliTarget,
  service: 'kinesis' | 'firehose' = 'kinesis',
): string {
  const words = ['aws', service, kebab(operation)]
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue
    const option = `--${kebab(name)}`
    if (value === true) words.push(option)
    else if (value === false) words.push(`--no-${kebab(name)}`)
    else words.push(option, shellWord(valueText(value)))
  }
  words.push('--region', shellWord(target.region))
  if (target.profile !== undefined) words.push('--profile', shellWord(target.profile))
  if (target.endpointUrl !== undefined) words.push('--endpoint-url', shellWord(target.endpointUrl))
  return words.join(' ')
}

/** A word that a POSIX shell takes as it is: in single quotes unless every character is harmless. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** `MaxRecordSizeInKiB` as the AWS CLI spells it, `max-record-size-in-ki-b` (botocore's rule for names). */
export function kebab(name: string): string {
  return name
    .replace(/[A-Z]{2,}s$/, plural => `_${plural.toLowerCase()}`)
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/_+/g, '-')
    .replace(/^-/, '')
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  // A list of plain words is a list of words for the CLI too, but JSON serves every shape.
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner))
}
