import type { Fault } from '../faults/fault-plan.ts'

type PutOutput = { FailedRecordCount: number; Records: object[] }

/**
 * A PutRecords of which some entries fail: those are not written, the others are, and the answer lines up by index.
 * `write` does the real call with what is left.
 */
export function withFailedRecords(
  fault: Fault & { fault: 'failed-records' },
  input: unknown,
  chance: () => number,
  write: (input: object) => object,
): object {
  const { Records, ...rest } = input as { Records: object[] }
  if (!Array.isArray(Records)) return write(input as object)
  const failing = Records.map(() => chance() < fault.share)
  const kept = Records.filter((_, index) => failing[index] === false)
  const output: PutOutput =
    kept.length === 0
      ? { FailedRecordCount: 0, Records: [] }
      : (write({ ...rest, Records: kept }) as PutOutput)
  const written = [...output.Records]
  const ErrorCode = fault.code ?? 'ProvisionedThroughputExceededException'
  const merged = failing.map(fails =>
    fails ? { ErrorCode, ErrorMessage: 'This record failed on demand.' } : (written.shift() ?? {}),
  )
  return {
    ...output,
    FailedRecordCount: output.FailedRecordCount + failing.filter(Boolean).length,
    Records: merged,
  }
}
