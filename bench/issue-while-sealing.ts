/** Measures issuing with and without sealing the log every second, sixty times as often as the server does, in turns. */
import type { ChildProcess } from 'node:child_process'
import { connect } from '../src/database/connection.js'
import { AGENT_COUNT, API_BASE, seedStudents, issueOverHttp, SERVER_PORT, signIn } from './issue-over-http.js'
import { reportLimit, percentile, printMeasurement, type Measurement } from './measurements.js'
import { startServer } from './environment.js'

const MAX_SLOWDOWN = 0.05
const PAIR_COUNT = 12
const ISSUES_PER_TURN = AGENT_COUNT * 30
const SEAL_INTERVAL_MS = 1000

export async function measureIssuingWhileSealing (url: string): Promise<boolean> {
  const connection = await connect({ url, poolSize: 2 })
  let child: ChildProcess | undefined
  try {
    const students = await seedStudents(connection, AGENT_COUNT * 10 + (2 * PAIR_COUNT + 2) * ISSUES_PER_TURN)
    child = await startServer(url, SERVER_PORT)
    await issueOverHttp(students.splice(0, AGENT_COUNT * 10))
    const auditor = await signIn('auditor')
    const turns: { on: Measurement[], off: Measurement[] } = { on: [], off: [] }
    const measure = async (sealing: 'on' | 'off') => turns[sealing].push(await runTurn(students.splice(0, ISSUES_PER_TURN), sealing === 'on' ? auditor : undefined))
    // On and off, then off and on, so that a drift of the machine affects both alike.
    for (let pair = 0; pair < PAIR_COUNT; pair++) for (const sealing of pair % 2 === 0 ? ['off', 'on'] as const : ['on', 'off'] as const) await measure(sealing)
    return report(turns)
  } finally {
    child?.kill()
    await connection.close()
  }
}

async function runTurn (students: readonly string[], auditor: string | undefined): Promise<Measurement> {
  const timer = auditor === undefined ? undefined : setInterval(() => { requestCheckpoint(auditor).catch(failed => { throw failed }) }, SEAL_INTERVAL_MS)
  if (auditor !== undefined) await requestCheckpoint(auditor)
  return await issueOverHttp(students).finally(() => clearInterval(timer))
}

/** Asks for a checkpoint: the server seals all events up to now before it answers. */
async function requestCheckpoint (auditor: string): Promise<void> {
  await (await fetch(`${API_BASE}/audit/checkpoint`, { headers: { authorization: `Bearer ${auditor}` } })).text()
}

function report ({ on, off }: { on: readonly Measurement[], off: readonly Measurement[] }): boolean {
  const together = (turns: readonly Measurement[]): Measurement => ({ times: turns.flatMap(({ times }) => times), seconds: turns.reduce((sum, { seconds }) => sum + seconds, 0) })
  printMeasurement(`issuing without sealing, ${AGENT_COUNT} agents`, together(off))
  printMeasurement(`issuing with sealing every second, ${AGENT_COUNT} agents`, together(on))
  const added = percentile(on.map(({ seconds }, pair) => seconds / off[pair]!.seconds - 1), 50)
  return reportLimit('sealing adds to the time of issuing', `${(added * 100).toFixed(1)} % (median of ${PAIR_COUNT} pairs)`, `${MAX_SLOWDOWN * 100} %`, added <= MAX_SLOWDOWN)
}
