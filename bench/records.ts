/**
 * The auditor's page among two million delivery records on PostgreSQL: the first page, every filter alone, filters
 * together, later pages and other orders, each with its count. Prints the 95th percentile beside its limit.
 */
import { addDays } from '../src/service-points/institution-day.js'
import { affiliations, channels, documentTypes } from '../src/institution/words.js'
import { countRecords, listRecords, recordSorts, type RecordSearch } from '../src/deliveries/records/list-records.js'
import type { RecordFilter } from '../src/deliveries/records/record-filter.js'
import { slipStates } from '../src/slips/life.js'
import { readSlips } from '../src/slips/queries.js'
import type { Connection } from '../src/database/connect.js'
import { recordsEnd } from './records-data.js'
import { percentile, print, withRecords } from './records-database.js'

const size = Number(process.env['RECORDS'] ?? 2_000_000)
const limitMilliseconds = 300
const zone = 'Europe/Helsinki'
const desks = ['helpdesk-myllypuro', 'student-affairs-arabia', 'porter-arabia', 'porter-myyrmaki']

const single: Readonly<Record<string, readonly RecordFilter[]>> = {
  'no filter': [{}],
  period: [{ from: '2026-11-01' }, { to: '2022-03-01' }, { from: '2024-01-01', to: '2024-12-31' }, { from: '2025-05-05', to: '2025-05-05' }],
  channel: channels.map(channel => ({ channel })),
  state: slipStates.map(state => ({ state })),
  'service point': desks.map(servicePointId => ({ servicePointId })),
  affiliation: affiliations.map(affiliation => ({ affiliation })),
  agent: ['agent1', 'agent17', 'nobody'].map(agent => ({ agent })),
  'refused attempts': [{ refused: 'yes' }],
  'identity check': documentTypes.map(identityCheck => ({ identityCheck })),
}

function random (seed: number): () => number {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

/** Two to four filters together, among them such as nothing or nearly nothing passes. */
function together (next: () => number): RecordFilter {
  const kinds = Object.values(single).slice(1)
  return Array.from({ length: 2 + Math.floor(next() * 3) }, () => kinds[Math.floor(next() * kinds.length)]!)
    .reduce<RecordFilter>((filter, kind) => ({ ...filter, ...kind[Math.floor(next() * kind.length)] }), {})
}

async function ask ({ db }: Connection, search: Omit<RecordSearch, 'limit'>): Promise<{ next: string | undefined, took: number }> {
  const began = performance.now()
  const page = await listRecords(db, { ...search, limit: 50 }, zone, recordsEnd)
  await countRecords(db, search.filter, zone, recordsEnd)
  await readSlips(db, page.items.map(item => item.slip_id), recordsEnd)
  return { next: page.next, took: performance.now() - began }
}

async function measure (connection: Connection): Promise<boolean> {
  const next = random(7)
  const times = new Map<string, number[]>()
  const worst: Array<[number, string]> = []
  const note = (name: string, took: number, what: unknown) => {
    times.set(name, [...times.get(name) ?? [], took])
    worst.push([took, `${name} ${JSON.stringify(what)}`])
  }
  const cases = (): Array<[string, Omit<RecordSearch, 'limit'>]> => [
    ...Object.entries(single).flatMap(([name, filters]) => filters.map((filter): [string, Omit<RecordSearch, 'limit'>] => [name, { filter, sort: 'newest' }])),
    ...Array.from({ length: 40 }, (): [string, Omit<RecordSearch, 'limit'>] => ['together', { filter: together(next), sort: 'newest' }]),
    ...recordSorts.slice(1).map((sort): [string, Omit<RecordSearch, 'limit'>] => ['another order', { filter: together(next), sort }]),
    ['a day of a filter', { filter: { ...together(next), from: '2026-10-10', to: addDays('2026-10-10', 1) }, sort: 'newest' }],
  ]
  for (let round = -1; round < 5; round++) {
    if (round === 0) times.clear()
    for (const [name, search] of cases()) {
      const first = await ask(connection, search)
      note(name, first.took, search)
      if (first.next !== undefined) note('next page', (await ask(connection, { ...search, cursor: first.next })).took, search)
    }
  }
  print(`\n${`${size} records, page and count, ms`.padEnd(40)}${['p50', 'p95', 'worst'].map(head => head.padStart(9)).join('')}`)
  times.forEach((list, name) => print(row(name, list)))
  const all = [...times.values()].flat()
  print(row(`all ${all.length}`, all))
  worst.sort(([a], [b]) => b - a).slice(0, 5).forEach(([took, what]) => print(`  ${took.toFixed(0)} ms ${what}`))
  const p95 = percentile(all, 0.95)
  print(`p95 ${p95.toFixed(0)} ms  limit ${limitMilliseconds} ms  ${p95 <= limitMilliseconds ? 'within' : 'BEYOND'}`)
  return p95 <= limitMilliseconds && [...times.values()].every(list => percentile(list, 0.95) <= limitMilliseconds)
}

function row (name: string, times: readonly number[]): string {
  return `${name.padEnd(40)}${[0.5, 0.95, 1].map(share => percentile(times, share).toFixed(1).padStart(9)).join('')}`
}

await withRecords(size, async connection => { process.exitCode = await measure(connection) ? 0 : 1 })
