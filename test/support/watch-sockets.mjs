// Loaded into the program before its own code (node --import): writes down whatever it opens towards a network, and the
// names that it looks up, one word a line, in the file that SHARDSCOPE_TEST_SOCKETS names.
import dgram from 'node:dgram'
import dns from 'node:dns'
import { appendFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'

const file = process.env.SHARDSCOPE_TEST_SOCKETS
writeFileSync(file, '')
for (const [owner, name, what] of [
  [net.Socket.prototype, 'connect', 'net.connect'],
  [net.Server.prototype, 'listen', 'net.listen'],
  [dgram.Socket.prototype, 'bind', 'dgram.bind'],
  [dgram.Socket.prototype, 'send', 'dgram.send'],
  [dns, 'lookup', 'dns.lookup'],
]) {
  const original = owner[name]
  owner[name] = function (...args) {
    // An address is "looked up" too, without anybody being asked.
    if (what !== 'dns.lookup' || net.isIP(args[0]) === 0) appendFileSync(file, `${what}\n`)
    return original.apply(this, args)
  }
}
