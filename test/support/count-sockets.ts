import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'

export type SocketCount = {
  /** What was opened since, e.g. `net.connect`. */
  readonly seen: readonly string[]
  stop(): void
}

/** Counts whatever this process opens towards a network, or asks of a name server, from now on. */
export function countSockets(): SocketCount {
  const seen: string[] = []
  const undo: (() => void)[] = []
  const watch = (owner: object, name: string, what: string) => {
    const methods = owner as Record<string, (...args: unknown[]) => unknown>
    const original = methods[name]
    if (original === undefined) throw new Error(`there is no ${what} to watch`)
    methods[name] = function (this: unknown, ...args: unknown[]) {
      seen.push(what)
      return original.apply(this, args)
    }
    undo.push(() => {
      methods[name] = original
    })
  }
  watch(net.Socket.prototype, 'connect', 'net.connect')
  watch(net.Server.prototype, 'listen', 'net.listen')
  watch(dgram.Socket.prototype, 'bind', 'dgram.bind')
  watch(dgram.Socket.prototype, 'send', 'dgram.send')
  watch(dns, 'lookup', 'dns.lookup')
  return {
    seen,
    stop: () => {
      for (const back of undo.splice(0)) back()
    },
  }
}
