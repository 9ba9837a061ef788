import { invalidArgument, resourceNotFound } from './errors.ts'
import type { Call, OperationTable } from './operation.ts'
import { findResource } from './resource.ts'

const MAX_POLICY_BYTES = 20 * 1024

function putPolicy({ account }: Call, input: { ResourceARN: string; Policy: string }) {
  const { arn } = findResource(account, input.ResourceARN)
  if (Buffer.byteLength(input.Policy) > MAX_POLICY_BYTES) {
    throw invalidArgument(`The policy is larger than ${MAX_POLICY_BYTES} bytes.`)
  }
  if (!isPolicy(input.Policy)) throw invalidArgument('The policy is not a JSON document with a Statement.')
  account.policies.set(arn, input.Policy)
  return {}
}

function isPolicy(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text)
    return typeof document === 'object' && document !== null && 'Statement' in document
  } catch {
    return false
  }
}

/** A resource without a policy answers with an empty one, not with an error. */
const getPolicy = ({ account }: Call, input: { ResourceARN: string }) => ({
  Policy: account.policies.get(findResource(account, input.ResourceARN).arn) ?? '',
})

function deletePolicy({ account }: Call, input: { ResourceARN: string }) {
  const { arn } = findResource(account, input.ResourceARN)
  if (!account.policies.delete(arn)) throw resourceNotFound(`Resource ${arn} has no policy.`)
  return {}
}

export const policyOperations: OperationTable = {
  PutResourcePolicy: putPolicy,
  GetResourcePolicy: getPolicy,
  DeleteResourcePolicy: deletePolicy,
}
