import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A certificate with its private key, both as PEM. */
export type Certificate = { cert: string; key: string }

/**
 * A self-signed certificate for the host name, 127.0.0.1 and ::1, valid for a year from `now` (epoch milliseconds): for
 * clients that insist on TLS. Made anew for each run, so that no private key lies in the source.
 * (Structure: RFC 5280; the encoding is DER by hand, since Node can sign but not build certificates.)
 */
export function selfSignedCertificate(now: number, hostName = 'localhost'): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'))
  const name = sequence(set(sequence(objectId('550403'), utf8('shardscope sandbox'))))
  const year = 365 * 86_400_000
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    name,
    sequence(time(now - 86_400_000), time(now + year)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(basicConstraints(), alternativeNames(hostName))),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature))
  const base64 = certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** One DER value: tag, length, content. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts)
const set = (...parts: Uint8Array[]) => der(0x31, ...parts)
const integer = (bytes: Uint8Array) => der(0x02, bytes)
const objectId = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const utf8 = (text: string) => der(0x0c, Buffer.from(text))
const explicit = (number: number, content: Uint8Array) => der(0xa0 | number, content)

/** UTCTime, which covers the years to 2049. */
const time = (at: number) =>
  der(0x17, Buffer.from(`${new Date(at).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))

/** Critical, CA: true: so that a client can be told to trust just this certificate. */
const basicConstraints = () =>
  sequence(
    objectId('551d13'),
    der(0x01, Buffer.from([0xff])),
    der(0x04, sequence(der(0x01, Buffer.from([0xff])))),
  )

const alternativeNames = (hostName: string) =>
  sequence(
    objectId('551d11'),
    der(
      0x04,
      sequence(
        der(0x82, Buffer.from(hostName)),
        der(0x87, Buffer.from([127, 0, 0, 1])),
        der(0x87, Buffer.from([...Array(15).fill(0), 1])),
      ),
    ),
  )
