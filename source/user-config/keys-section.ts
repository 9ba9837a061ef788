import { bindingProblem, commandProblem, type KeyBindings, keyProblem } from '../commands/rebinding.ts'
import { COMMANDS } from '../commands/registry.ts'
import type { ConfigNode } from './config-node.ts'

/**
 * The section `keys`: `{ "shard.split": "S", "tail.open": ["t", "ctrl+t"], "record.put": null }`. Commands go by their ids,
 * keys by the names of `commands/keymap.ts`; null takes all keys away.
 * @throws FailureError `usage` with the line: an unknown command or key, one key for two, or no way out
 */
export function keyBindingsOf(section: ConfigNode): KeyBindings {
  const members = section.members()
  const bindings = new Map<string, readonly string[]>()
  for (const [commandId, node] of members) {
    const problem = commandProblem(COMMANDS, commandId)
    if (problem !== undefined) throw node.refusal(problem)
    bindings.set(commandId, keysOf(node))
  }
  const problem = bindingProblem(COMMANDS, bindings)
  if (problem !== undefined) throw (members.get(problem.commandId) ?? section).refusal(problem.reason)
  return bindings
}

function keysOf(node: ConfigNode): readonly string[] {
  if (node.value === null) return []
  const nodes = Array.isArray(node.value) ? node.items() : [node]
  const keys = nodes.map(each => {
    if (typeof each.value !== 'string') {
      throw each.refusal('must be a key such as "S" or "ctrl+t", an array of keys, or null for none')
    }
    const problem = keyProblem(each.value)
    if (problem !== undefined) throw each.refusal(problem)
    return each.value
  })
  return [...new Set(keys)]
}
