/**
 * Measures exports of a million delivery records over HTTP, compared with psql's COPY of the same columns in the same
 * run: the rate of each format, and the growth of the server's resident memory between ten thousand records and all of
 * them. Creates its own database and drops it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { hashPassword } from '../src/passwords/hashing.js'
import { insertStaff } from '../src/staff/queries.js'
import { startServer } from './environment.js'
import { printLine, recordsEnd, withRecordsDatabase } from './records-fixtures.js'

const RECORD_COUNT = Number(process.env['RECORDS'] ?? 1_000_000)
const SMALL_RECORD_COUNT = 10_000
const limits = { csv: 0.5, ndjson: 0.5 / 3, growth: 64 }
const login = `auditor-${randomBytes(4).toString('hex')}`
const password = randomBytes(12).toString('hex')
const SERVER_PORT = 3800 + Math.floor(Math.random() * 90)
const API_BASE = `http://127.0.0.1:${SERVER_PORT}/api/v1`

async function signIn (): Promise<string> {
  const answer = await fetch(`${API_BASE}/sessions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password }),
  })
  return (await answer.json() as { token: string }).token
}

interface ExportResult { readonly rows: number, readonly seconds: number, readonly peak: number }

/** Downloads an export and discards it. `peak` is the resident memory of the server, in MB. */
async function downloadExport (child: ChildProcess, token: string, query: string): Promise<ExportResult> {
  let peak = readResidentMegabytes(child)
  const watch = setInterval(() => { peak = Math.max(peak, readResidentMegabytes(child)) }, 50)
  const began = performance.now()
  const [answer] = await once(get(`${API_BASE}/delivery-records?${query}`, { headers: { authorization: `Bearer ${token}` } }), 'response') as [IncomingMessage]
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}`)
  answer.resume()
  await once(answer, 'end')
  const seconds = (performance.now() - began) / 1000
  clearInterval(watch)
  return { rows: Number(answer.headers['total-rows']), seconds, peak }
}

function readResidentMegabytes ({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

const timestampSql = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')`
/** The columns of the CSV, with the steps in one cell. */
const COPY_QUERY = `select slips.number, accounts.username, accounts.display_name, accounts.affiliation, slips.channel,
    case when slips.ended_at is null and slips.expires_at <= '${recordsEnd.toISOString()}' then 'expired' else slips.state end, ${timestampSql('slips.issued_at')},
    staff.login, slips.service_point_id, slips.request_reference, deliveries.tracking_number,
    (select string_agg(concat_ws(' ', step.step, ${timestampSql('step.at')}, coalesce(by.login, case when step.step in ('expire', 'lock') then 'clock' end), step.service_point_id, checks.document_type, '(' || step.note || ')'), ' | ' order by step.id)
      from slip_steps step left join staff by on by.id = step.staff_id left join identity_checks checks on checks.id = step.identity_check_id where step.slip_id = slips.id)
  from slips join accounts on accounts.id = slips.account_id join staff on staff.id = slips.issued_by join deliveries on deliveries.slip_id = slips.id
  order by slips.issued_at desc, slips.number desc`

/** Returns the seconds that psql takes to copy the same columns to /dev/null. */
async function measureCopy (url: string): Promise<number> {
  const began = performance.now()
  const psql = spawn('psql', [url, '-q', '-c', 'set timezone = \'Europe/Helsinki\'', '-c', `copy (${COPY_QUERY.replaceAll('\n', ' ')}) to stdout (format csv)`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(psql, 'exit') as [number]
  if (code !== 0) throw new Error('psql failed')
  return (performance.now() - began) / 1000
}

await withRecordsDatabase(RECORD_COUNT, async ({ db }, url) => {
  const passwordHash = await hashPassword(password)
  await db.transaction().execute(async trx => {
    await insertStaff(trx, { login, name: 'Auditor', roles: ['auditor'], servicePoints: [], passwordHash, createdAt: recordsEnd })
  })
  const { issued_at: from } = await db.selectFrom('delivery_records').select('issued_at').orderBy('issued_at', 'desc').offset(SMALL_RECORD_COUNT - 1).limit(1).executeTakeFirstOrThrow()
  const child = await startServer(url, SERVER_PORT)
  try {
    const token = await signIn()
    const small = await downloadExport(child, token, `format=csv&from=${encodeURIComponent(from.toISOString())}`)
    const seconds = { copy: [] as number[], csv: [] as number[], ndjson: [] as number[] }
    let peak = 0
    for (let round = 0; round < 2; round++) {
      seconds.copy.push(await measureCopy(url))
      for (const format of ['csv', 'ndjson'] as const) {
        const taken = await downloadExport(child, token, `format=${format}`)
        if (taken.rows !== RECORD_COUNT) throw new Error(`${taken.rows} rows`)
        seconds[format].push(taken.seconds)
        peak = Math.max(peak, taken.peak)
      }
    }
    const xlsx = await downloadExport(child, token, 'format=xlsx')
    report(seconds, { small: small.peak, large: peak }, xlsx)
  } finally {
    child.kill()
    await once(child, 'exit')
  }
})

function report (seconds: { copy: number[], csv: number[], ndjson: number[] }, peaks: { small: number, large: number }, xlsx: ExportResult): void {
  const best = (times: number[]) => Math.min(...times)
  const rate = (took: number) => `${Math.round(RECORD_COUNT / took).toString().padStart(7)} records/s  ${took.toFixed(1).padStart(6)} s`
  const part = { csv: best(seconds.copy) / best(seconds.csv), ndjson: best(seconds.copy) / best(seconds.ndjson) }
  const growth = peaks.large - peaks.small
  const verdict = (holds: boolean) => holds ? 'within' : 'BEYOND'
  printLine(`\n${RECORD_COUNT} delivery records, the better of two`)
  printLine(`psql COPY  ${rate(best(seconds.copy))}`)
  printLine(`CSV        ${rate(best(seconds.csv))}  ${part.csv.toFixed(2)} of COPY, limit ${limits.csv}  ${verdict(part.csv >= limits.csv)}`)
  printLine(`NDJSON     ${rate(best(seconds.ndjson))}  ${part.ndjson.toFixed(2)} of COPY, limit ${limits.ndjson.toFixed(2)}  ${verdict(part.ndjson >= limits.ndjson)}`)
  printLine(`XLSX       ${rate(xlsx.seconds)}  ${(best(seconds.copy) / xlsx.seconds).toFixed(2)} of COPY, ${xlsx.peak.toFixed(0)} MB resident`)
  printLine(`resident   ${peaks.small.toFixed(0)} MB with ${SMALL_RECORD_COUNT}, ${peaks.large.toFixed(0)} MB with ${RECORD_COUNT}: ${growth.toFixed(0)} MB more, limit ${limits.growth} MB  ${verdict(growth <= limits.growth)}`)
  if (part.csv < limits.csv || part.ndjson < limits.ndjson || growth > limits.growth) process.exitCode = 1
}
