// Loaded into the built program by NODE_OPTIONS, as a broken library would be. SIGUSR2 does the harm that BREAK names.
const harm = {
  /** Every row of every frame is padded: nothing can be drawn any more. */
  drawing() {
    String.prototype.padEnd = () => {
      throw new TypeError('padEnd is broken')
    }
  },
  rejection() {
    void Promise.reject(new Error('nobody waits for this'))
  },
  exception() {
    setTimeout(() => {
      throw new Error('thrown by a timer')
    })
  },
  exit() {
    process.exit(7)
  },
  /** The screen is not to be torn by these. */
  noise() {
    process.stderr.write('written to stderr\nby a library\n')
    console.log('logged by a library')
    process.emitWarning('warned by a library')
  },
}[process.env.BREAK ?? '']

if (harm === undefined) throw new Error(`BREAK is ${process.env.BREAK}`)
process.on('SIGUSR2', harm)
