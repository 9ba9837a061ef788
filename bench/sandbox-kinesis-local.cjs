// It can tell neither its port nor that it is ready, so both are found out here.
const net = require('node:net')
const path = require('node:path')

const free = () =>
  new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

async function main() {
  const [plain, tls] = [await free(), await free()]
  const entry = require.resolve('kinesis-local')
  Object.assign(process.env, {
    KINESIS_MOCK_PLAIN_PORT: String(plain),
    KINESIS_MOCK_TLS_PORT: String(tls),
    KINESIS_MOCK_CERT_PATH: path.join(path.dirname(entry), 'server.json'),
  })
  require(entry)
  const url = `http://127.0.0.1:${plain}`
  for (;;) {
    try {
      await fetch(`${url}/healthcheck`)
      break
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  console.log(url)
}

main()
