/**
 * Measures the auditor's page among two million delivery records on PostgreSQL: the first page, each filter alone,
 * combined filters, later pages and other orders, each with its count. Prints the 95th percentile beside its limit.
 */
import type { Connection } from '../src/database/connection.js'
import { countRecords, listRecords, type RecordSearch, recordSorts } from '../src/deliveries/records/list-records.js'
import type { RecordFilter } from '../src/deliveries/records/record-filter.js'
import { affiliations, channels, documentTypes, slipStates } from '../src/institution/vocabulary.js'
import { addDays } from '../src/service-points/institution-day.js'
import { listSlipsById } from '../src/slips/queries.js'
import { percentile } from './measurements.js'
import { printLine, recordsEnd, withRecordsDatabase } from './records-fixtures.js'

const RECORD_COUNT = Number(process.env['RECORDS'] ?? 2_000_000)
const LIMIT_MS = 300
const TIME_ZONE = 'Europe/Helsinki'
const servicePointIds = ['helpdesk-myllypuro', 'student-affairs-arabia', 'porter-arabia', 'porter-myyrmaki']

const singleFilters: Readonly<Record<string, readonly RecordFilter[]>> = {
  'no filter': [{}],
  period: [{ from: '2026-11-01' }, { to: '2022-03-01' }, { from: '2024-01-01', to: '2024-12-31' }, { from: '2025-05-05', to: '2025-05-05' }],
  channel: channels.map(channel => ({ channel })),
  state: slipStates.map(state => ({ state })),
  'service point': servicePointIds.map(servicePointId => ({ servicePointId })),
  affiliation: affiliations.map(affiliation => ({ affiliation })),
  agent: ['agent1', 'agent17', 'nobody'].map(agent => ({ agent })),
  'refused attempts': [{ refused: 'yes' }],
  'identity check': documentTypes.map(identityCheck => ({ identityCheck })),
}

function createRandom (seed: number): () => number {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

/** Combines two to four filters; some combinations match few records or none. */
function combineFilters (next: () => number): RecordFilter {
  const kinds = Object.values(singleFilters).slice(1)
  return Array.from({ length: 2 + Math.floor(next() * 3) }, () => kinds[Math.floor(next() * kinds.length)]!)
    .reduce<RecordFilter>((filter, kind) => ({ ...filter, ...kind[Math.floor(next() * kind.length)] }), {})
}

async function runSearch ({ db }: Connection, search: Omit<RecordSearch, 'limit'>): Promise<{ next: string | undefined, took: number }> {
  const began = performance.now()
  const page = await listRecords(db, { ...search, limit: 50 }, TIME_ZONE, recordsEnd)
  await countRecords(db, search.filter, TIME_ZONE, recordsEnd)
  await listSlipsById(db, page.items.map(item => item.slip_id), recordsEnd)
  return { next: page.next, took: performance.now() - began }
}

async function measure (connection: Connection): Promise<boolean> {
  const next = createRandom(7)
  const times = new Map<string, number[]>()
  const worst: Array<[number, string]> = []
  const note = (name: string, took: number, what: unknown) => {
    times.set(name, [...times.get(name) ?? [], took])
    worst.push([took, `${name} ${JSON.stringify(what)}`])
  }
  const cases = (): Array<[string, Omit<RecordSearch, 'limit'>]> => [
    ...Object.entries(singleFilters).flatMap(([name, filters]) => filters.map((filter): [string, Omit<RecordSearch, 'limit'>] => [name, { filter, sort: 'newest' }])),
    ...Array.from({ length: 40 }, (): [string, Omit<RecordSearch, 'limit'>] => ['together', { filter: combineFilters(next), sort: 'newest' }]),
    ...recordSorts.slice(1).map((sort): [string, Omit<RecordSearch, 'limit'>] => ['another order', { filter: combineFilters(next), sort }]),
    ['a day of a filter', { filter: { ...combineFilters(next), from: '2026-10-10', to: addDays('2026-10-10', 1) }, sort: 'newest' }],
  ]
  for (let round = -1; round < 5; round++) {
    if (round === 0) times.clear()
    for (const [name, search] of cases()) {
      const first = await runSearch(connection, search)
      note(name, first.took, search)
      if (first.next !== undefined) note('next page', (await runSearch(connection, { ...search, cursor: first.next })).took, search)
    }
  }
  printLine(`\n${`${RECORD_COUNT} records, page and count, ms`.padEnd(40)}${['p50', 'p95', 'worst'].map(head => head.padStart(9)).join('')}`)
  times.forEach((list, name) => printLine(formatRow(name, list)))
  const all = [...times.values()].flat()
  printLine(formatRow(`all ${all.length}`, all))
  worst.sort(([a], [b]) => b - a).slice(0, 5).forEach(([took, what]) => printLine(`  ${took.toFixed(0)} ms ${what}`))
  const p95 = percentile(all, 95)
  printLine(`p95 ${p95.toFixed(0)} ms  limit ${LIMIT_MS} ms  ${p95 <= LIMIT_MS ? 'within' : 'BEYOND'}`)
  return p95 <= LIMIT_MS && [...times.values()].every(list => percentile(list, 95) <= LIMIT_MS)
}

function formatRow (name: string, times: readonly number[]): string {
  return `${name.padEnd(40)}${[50, 95, 100].map(percent => percentile(times, percent).toFixed(1).padStart(9)).join('')}`
}

await withRecordsDatabase(RECORD_COUNT, async connection => { process.exitCode = await measure(connection) ? 0 : 1 })
