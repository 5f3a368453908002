/**
 * A million delivery records on PostgreSQL, taken over HTTP from a server of their own, beside psql's COPY of the same
 * columns in the same run: the rate of each format, and by how much the server's resident memory grows from ten thousand
 * records to all of them. Makes its own database and drops it.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { hashPassword } from '../src/passwords/hashing.js'
import { insertStaff } from '../src/staff/queries.js'
import { recordsEnd } from './records-data.js'
import { print, withRecords } from './records-database.js'
import { startServer } from './server.js'

const size = Number(process.env['RECORDS'] ?? 1_000_000)
const few = 10_000
const limits = { csv: 0.5, ndjson: 0.5 / 3, growth: 64 }
const login = `auditor-${randomBytes(4).toString('hex')}`
const password = randomBytes(12).toString('hex')
const port = 3800 + Math.floor(Math.random() * 90)
const base = `http://127.0.0.1:${port}/api/v1`

async function signIn (): Promise<string> {
  const answer = await fetch(`${base}/sessions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password }),
  })
  return (await answer.json() as { token: string }).token
}

interface Taken { readonly rows: number, readonly seconds: number, readonly peak: number }

/** Takes an export and drops what comes, as curl would into /dev/null. `peak` is the server's, in MB. */
async function take (child: ChildProcess, token: string, query: string): Promise<Taken> {
  let peak = resident(child)
  const watch = setInterval(() => { peak = Math.max(peak, resident(child)) }, 50)
  const began = performance.now()
  const [answer] = await once(get(`${base}/delivery-records?${query}`, { headers: { authorization: `Bearer ${token}` } }), 'response') as [IncomingMessage]
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}`)
  answer.resume()
  await once(answer, 'end')
  const seconds = (performance.now() - began) / 1000
  clearInterval(watch)
  return { rows: Number(answer.headers['total-rows']), seconds, peak }
}

function resident ({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

const moment = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')`
/** The columns of the CSV, with the steps in one cell. */
const copied = `select slips.number, accounts.username, accounts.display_name, accounts.affiliation, slips.channel,
    case when slips.ended_at is null and slips.expires_at <= '${recordsEnd.toISOString()}' then 'expired' else slips.state end, ${moment('slips.issued_at')},
    staff.login, slips.service_point_id, slips.request_reference, deliveries.tracking_number,
    (select string_agg(concat_ws(' ', step.step, ${moment('step.at')}, coalesce(by.login, case when step.step in ('expire', 'lock') then 'clock' end), step.service_point_id, looked.document_type, '(' || step.note || ')'), ' | ' order by step.id)
      from slip_steps step left join staff by on by.id = step.staff_id left join identity_checks looked on looked.id = step.identity_check_id where step.slip_id = slips.id)
  from slips join accounts on accounts.id = slips.account_id join staff on staff.id = slips.issued_by join deliveries on deliveries.slip_id = slips.id
  order by slips.issued_at desc, slips.number desc`

/** Seconds that psql takes to give the same columns to nobody. */
async function copy (url: string): Promise<number> {
  const began = performance.now()
  const psql = spawn('psql', [url, '-q', '-c', 'set timezone = \'Europe/Helsinki\'', '-c', `copy (${copied.replaceAll('\n', ' ')}) to stdout (format csv)`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(psql, 'exit') as [number]
  if (code !== 0) throw new Error('psql failed')
  return (performance.now() - began) / 1000
}

await withRecords(size, async ({ db }, url) => {
  const passwordHash = await hashPassword(password)
  await db.transaction().execute(async trx => {
    await insertStaff(trx, { login, name: 'Auditor', roles: ['auditor'], servicePoints: [], passwordHash, createdAt: recordsEnd })
  })
  const { issued_at: from } = await db.selectFrom('delivery_records').select('issued_at').orderBy('issued_at', 'desc').offset(few - 1).limit(1).executeTakeFirstOrThrow()
  const child = await startServer(url, port)
  try {
    const token = await signIn()
    const small = await take(child, token, `format=csv&from=${encodeURIComponent(from.toISOString())}`)
    const seconds = { copy: [] as number[], csv: [] as number[], ndjson: [] as number[] }
    let peak = 0
    for (let round = 0; round < 2; round++) {
      seconds.copy.push(await copy(url))
      for (const format of ['csv', 'ndjson'] as const) {
        const taken = await take(child, token, `format=${format}`)
        if (taken.rows !== size) throw new Error(`${taken.rows} rows`)
        seconds[format].push(taken.seconds)
        peak = Math.max(peak, taken.peak)
      }
    }
    const xlsx = await take(child, token, 'format=xlsx')
    report(seconds, { small: small.peak, large: peak }, xlsx)
  } finally {
    child.kill()
    await once(child, 'exit')
  }
})

function report (seconds: { copy: number[], csv: number[], ndjson: number[] }, peaks: { small: number, large: number }, xlsx: Taken): void {
  const best = (times: number[]) => Math.min(...times)
  const rate = (took: number) => `${Math.round(size / took).toString().padStart(7)} records/s  ${took.toFixed(1).padStart(6)} s`
  const part = { csv: best(seconds.copy) / best(seconds.csv), ndjson: best(seconds.copy) / best(seconds.ndjson) }
  const growth = peaks.large - peaks.small
  const verdict = (holds: boolean) => holds ? 'within' : 'BEYOND'
  print(`\n${size} delivery records, the better of two`)
  print(`psql COPY  ${rate(best(seconds.copy))}`)
  print(`CSV        ${rate(best(seconds.csv))}  ${part.csv.toFixed(2)} of COPY, limit ${limits.csv}  ${verdict(part.csv >= limits.csv)}`)
  print(`NDJSON     ${rate(best(seconds.ndjson))}  ${part.ndjson.toFixed(2)} of COPY, limit ${limits.ndjson.toFixed(2)}  ${verdict(part.ndjson >= limits.ndjson)}`)
  print(`XLSX       ${rate(xlsx.seconds)}  ${(best(seconds.copy) / xlsx.seconds).toFixed(2)} of COPY, ${xlsx.peak.toFixed(0)} MB resident`)
  print(`resident   ${peaks.small.toFixed(0)} MB with ${few}, ${peaks.large.toFixed(0)} MB with ${size}: ${growth.toFixed(0)} MB more, limit ${limits.growth} MB  ${verdict(growth <= limits.growth)}`)
  if (part.csv < limits.csv || part.ndjson < limits.ndjson || growth > limits.growth) process.exitCode = 1
}
