// Preloaded (`node --import`) into the emulators that the contract runs against. Both listen on every interface
// at ports that the caller must find free beforehand; under this they listen on loopback, at ports of the system's
// choice, and say on stdout which port replaced which. They end with the process that started them.
import { Server } from 'node:net'

const listen = Server.prototype.listen

Server.prototype.listen = function (...args) {
  const asked = typeof args[0] === 'object' && args[0] !== null ? args[0].port : args[0]
  const callback = args.find(argument => typeof argument === 'function')
  this.once('listening', () => {
    process.stdout.write(`listening ${asked} ${this.address().port}\n`)
  })
  return listen.call(this, 0, '127.0.0.1', callback)
}

process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'))
process.stdin.resume()
