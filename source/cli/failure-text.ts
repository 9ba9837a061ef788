import type { Failure } from '../domain/failure.ts'
import { visibleText } from '../domain/visible-text.ts'

const PROGRAM = 'shardscope'

/** A failure as one to three lines for stderr: what, why, next step. Everything in it is made visible, nothing is a stack. */
export function failureText(failure: Failure): string {
  // What no command tried is the program's own: its name stands there already.
  const action = failure.action === PROGRAM ? '' : `${visibleText(failure.action)}: `
  const lines = [`${PROGRAM}: ${action}${visibleText(sentence(failure.message))}`]
  if (failure.nextStep !== undefined) lines.push(`  Next: ${visibleText(failure.nextStep)}`)
  if (failure.kind === 'internal')
    lines.push('  This is a fault of shardscope itself; please report it with the command.')
  return `${lines.join('\n')}\n`
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`
}
