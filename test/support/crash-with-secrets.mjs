// Loaded into the program before its own code (node --import): at SIGUSR2 a library fails, and its error tells everything that
// it had at hand, as careless ones do. CRASH names how it fails; SAYS is what it says.
const error = new Error(process.env.SAYS)
error.request = { headers: { authorization: process.env.SAYS } }
process.on('SIGUSR2', () => {
  if (process.env.CRASH === 'rejection') void Promise.reject(error)
  else
    setTimeout(() => {
      throw error
    })
})
