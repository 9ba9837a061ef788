import { type Account, findActiveStream, type StreamReference, updateLater } from './account.ts'
import { invalidArgument, limitExceeded } from './errors.ts'
import type { Call, OperationTable } from './operation.ts'
import { ENCRYPTION_CHANGES_PER_DAY, withinDay } from './quotas.ts'

type EncryptionInput = StreamReference & { EncryptionType: string; KeyId: string }

/** The four ways to name a KMS key: id, key ARN, alias, alias ARN. */
const KEY_ID =
  /^(arn:aws[\w-]*:kms:[\w-]+:\d{12}:)?(key\/[\w-]+|alias\/[\w/.:-]+)$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^mrk-[0-9a-f]{32}$/i

function checkKey({ EncryptionType, KeyId }: EncryptionInput): void {
  if (EncryptionType !== 'KMS') throw invalidArgument(`EncryptionType must be KMS, not ${EncryptionType}.`)
  if (!KEY_ID.test(KeyId)) {
    throw invalidArgument(`KeyId ${KeyId} is no KMS key id, key ARN, alias (alias/...) or alias ARN.`)
  }
}

function checkDay(account: Account, times: readonly number[], what: string, now: number): void {
  if (account.limits === 'off' || withinDay(times, now) < ENCRYPTION_CHANGES_PER_DAY) return
  throw limitExceeded(
    `${what} has succeeded ${ENCRYPTION_CHANGES_PER_DAY} times in the last 24 hours, the limit.`,
  )
}

function startEncryption({ account, now }: Call, input: EncryptionInput) {
  checkKey(input)
  const stream = findActiveStream(account, input)
  checkDay(account, stream.encryptionStarts, 'StartStreamEncryption', now)
  stream.encryptionStarts = [...stream.encryptionStarts, now]
  updateLater(stream, now, account.durations.updating, () => {
    stream.encryptionKeyId = input.KeyId
  })
  return {}
}

function stopEncryption({ account, now }: Call, input: EncryptionInput) {
  checkKey(input)
  const stream = findActiveStream(account, input)
  if (stream.encryptionKeyId === undefined) throw invalidArgument(`Stream ${stream.name} is not encrypted.`)
  checkDay(account, stream.encryptionStops, 'StopStreamEncryption', now)
  stream.encryptionStops = [...stream.encryptionStops, now]
  // Records that are stored keep their own state: a stream can hold both kinds.
  updateLater(stream, now, account.durations.updating, () => {
    delete stream.encryptionKeyId
  })
  return {}
}

export const encryptionOperations: OperationTable = {
  StartStreamEncryption: startEncryption,
  StopStreamEncryption: stopEncryption,
}
