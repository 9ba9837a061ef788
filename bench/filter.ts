// How fast each kind of filter term looks through decoded records, as a ratio to the plain text.
// Run: node bench/filter.ts

import { decodeRecord } from '../source/domain/decode/decode-record.ts'
import { compileFilter } from '../source/domain/filter/compile-filter.ts'
import { filterSubject } from '../source/domain/filter/subject.ts'
import type { StreamRecord } from '../source/domain/record.ts'

const COUNT = 20_000
const subjects = Array.from({ length: COUNT }, (_, index) => {
  const record: StreamRecord = {
    streamName: 'orders',
    shardId: `shardId-00000000000${index % 4}`,
    sequenceNumber: String(49_590_338_271_490_256_608n * 10n ** 36n + BigInt(index)),
    partitionKey: `customer-${index % 500}`,
    data: new TextEncoder().encode(
      JSON.stringify({
        id: index,
        status: index % 7 === 0 ? 'failed' : 'paid',
        total: index,
        note: 'x'.repeat(120),
      }),
    ),
    approximateArrivalTimestamp: new Date(1_796_000_000_000 + index),
  }
  return filterSubject(record, decodeRecord(record)[0] as never)
})
const FILTERS = [
  'failed',
  '/fail(ed|ure)/',
  'key:customer-17',
  'seq>1',
  "?status == 'failed' && total > `100`",
]

const rates = FILTERS.map(text => {
  const filter = compileFilter(text)
  let best = 0
  for (let round = 0; round < 5; round += 1) {
    const began = performance.now()
    for (const subject of subjects) filter.matches(subject, 1_796_000_100_000)
    best = Math.max(best, COUNT / (performance.now() - began))
  }
  return { text, best }
})
const plain = rates[0]?.best ?? 1
for (const { text, best } of rates) {
  console.log(
    `${text.padEnd(40)} ${(best / plain).toFixed(2)}x of plain text (${Math.round(best)} records/ms)`,
  )
}
