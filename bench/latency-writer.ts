// Puts a record every so many milliseconds for some seconds, with the clock in it: node bench/latency-writer.ts URL MILLIS SECONDS.

import { Agent, request } from 'node:http'

const [url = '', millis = '50', seconds = '10'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true })
let sent = 0
const timer = setInterval(() => {
  sent += 1
  const data = Buffer.from(`${Date.now()}`).toString('base64')
  const body = JSON.stringify({ StreamName: 'tip', PartitionKey: `key-${sent}`, Data: data })
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'Kinesis_20131202.PutRecord',
    authorization:
      'AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0',
    'x-amz-date': '20260101T000000Z',
  }
  request(url, { method: 'POST', agent, headers }, response => response.resume()).end(body)
}, Number(millis))
setTimeout(() => {
  clearInterval(timer)
  console.log(JSON.stringify({ sent }))
  setTimeout(() => process.exit(0), 500)
}, Number(seconds) * 1_000)
