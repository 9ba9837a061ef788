// Loaded into the program before its own code (node --import): writes down whom it connects to, which names it looks up and
// which programs it starts, one a line, in the file that SHARDSCOPE_TEST_ADDRESSES names.
import { ChildProcess } from 'node:child_process'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { appendFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'

const file = process.env.SHARDSCOPE_TEST_ADDRESSES
writeFileSync(file, '')
const tell = line => appendFileSync(file, `${line}\n`)

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  // net.connect hands its arguments on as one array; others pass options, or a port and a host.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null)
    tell(`connect ${first.path ?? `${first.host ?? 'localhost'}:${first.port}`}`)
  else tell(`connect ${typeof second === 'string' ? second : 'localhost'}:${first}`)
  return connect.apply(this, args)
}
const send = dgram.Socket.prototype.send
dgram.Socket.prototype.send = function (...args) {
  tell('send datagram')
  return send.apply(this, args)
}
const lookup = dns.lookup
dns.lookup = function (...args) {
  if (net.isIP(args[0]) === 0) tell(`lookup ${args[0]}`)
  return lookup.apply(this, args)
}
const spawn = ChildProcess.prototype.spawn
ChildProcess.prototype.spawn = function (options) {
  tell(`spawn ${options.args?.join(' ')}`)
  return spawn.call(this, options)
}
