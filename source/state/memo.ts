/**
 * Remembers the last result of a pure function by the identity of its arguments. States are immutable, so equal
 * identity means an equal result; whoever asks cannot tell that it was remembered.
 */
export function memoLast<Args extends readonly unknown[], Result>(
  compute: (...args: Args) => Result,
): (...args: Args) => Result {
  let last: { args: Args; result: Result } | undefined
  return (...args) => {
    const known = last
    if (known?.args.every((argument, index) => argument === args[index])) {
      return known.result
    }
    const result = compute(...args)
    last = { args, result }
    return result
  }
}
