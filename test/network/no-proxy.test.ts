import https from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isExempt } from '../../source/aws/no-proxy.ts'
import { canUseProxy } from '../../source/aws/proxy.ts'
import { type ConnectProxy, connectProxy } from './connect-proxy.ts'

const HOSTS = ['kinesis.eu-west-1.amazonaws.com', 'Kinesis.Example.test', 'example.test']
const LISTS = [
  '',
  '*',
  'kinesis.eu-west-1.amazonaws.com',
  'KINESIS.EU-WEST-1.AMAZONAWS.COM',
  'kinesis.eu-west-1.amazonaws.com:443',
  'kinesis.eu-west-1.amazonaws.com:8443',
  '.amazonaws.com',
  '*.amazonaws.com',
  'amazonaws.com',
  '.example.test',
  '*.example.test',
  'example.test',
  'ample.test',
  '.ample.test',
  ' localhost , .example.test ,',
  '10.1.2.0-10.1.2.255',
  '10.1.3.0-10.1.3.255',
  '10.1.2.3',
  '10.1.2.0/24',
]

/** Node's own agent is the measure: whether it goes to the proxy. Names resolve to a port where nobody listens. */
describe.runIf(canUseProxy(process.versions.node))("NO_PROXY has the rules of Node's agents", () => {
  let proxy: ConnectProxy
  beforeAll(async () => {
    proxy = await connectProxy(() => ({ answer: 'HTTP/1.1 502 Bad Gateway\r\n\r\n' }))
  })
  afterAll(() => proxy.close())

  async function agentGoesToProxy(host: string, noProxy: string): Promise<boolean> {
    const before = proxy.seen.length
    const agent = new https.Agent({
      proxyEnv: { HTTPS_PROXY: proxy.url, NO_PROXY: noProxy },
    })
    await new Promise<void>(resolve => {
      const request = https.get({
        host,
        agent,
        lookup: (_name, options, callback) =>
          (options as { all?: boolean }).all
            ? (callback as (e: null, a: object[]) => void)(null, [{ address: '127.0.0.1', family: 4 }])
            : callback(null, '127.0.0.1', 4),
        port: 443,
      })
      request.on('error', () => resolve())
    })
    return proxy.seen.length > before
  }

  it.each(HOSTS.flatMap(host => LISTS.map(list => ({ host, list }))))(
    '$host with "$list"',
    async ({ host, list }) => {
      expect(isExempt(list, host, 443)).toBe(!(await agentGoesToProxy(host, list)))
    },
  )

  // An address would be contacted in truth where it is exempt: these rows are worked out by hand.
  it.each([
    ['10.1.2.0-10.1.2.255', true],
    ['10.1.3.0-10.1.3.255', false],
    ['10.1.2.3', true],
    ['10.1.2.0/24', false],
    ['9.255.0.0-10.1.2.2', false],
    ['9.255.0.0 - 11.0.0.0', true],
  ])('an address within "%s": %s', (list, isWithin) => {
    expect(isExempt(list, '10.1.2.3', 443)).toBe(isWithin)
  })
})
