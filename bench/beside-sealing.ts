/** Issuing with the log being sealed every second, sixty times as often as the server does, and without, turn by turn. */
import type { ChildProcess } from 'node:child_process'
import { connect } from '../src/database/connect.js'
import { agents, base, fill, issueOverHttp, port, signIn } from './issuing.js'
import { held, percentile, print, type Measured } from './measured.js'
import { startServer } from './server.js'

const most = 0.05
const pairs = 12
const issuesATurn = agents * 30
const everySecond = 1000

export async function besideSealing (url: string): Promise<boolean> {
  const connection = await connect({ url, poolSize: 2 })
  let child: ChildProcess | undefined
  try {
    const students = await fill(connection, agents * 10 + (2 * pairs + 2) * issuesATurn)
    child = await startServer(url, port)
    await issueOverHttp(students.splice(0, agents * 10))
    const auditor = await signIn('auditor')
    const turns: { on: Measured[], off: Measured[] } = { on: [], off: [] }
    const take = async (how: 'on' | 'off') => turns[how].push(await turn(students.splice(0, issuesATurn), how === 'on' ? auditor : undefined))
    // On and off, off and on: what drifts on the machine drifts for both alike.
    for (let pair = 0; pair < pairs; pair++) for (const how of pair % 2 === 0 ? ['off', 'on'] as const : ['on', 'off'] as const) await take(how)
    return report(turns)
  } finally {
    child?.kill()
    await connection.close()
  }
}

async function turn (students: readonly string[], auditor: string | undefined): Promise<Measured> {
  const timer = auditor === undefined ? undefined : setInterval(() => { seal(auditor).catch(failed => { throw failed }) }, everySecond)
  if (auditor !== undefined) await seal(auditor)
  return await issueOverHttp(students).finally(() => clearInterval(timer))
}

/** The server seals up to this moment before it answers. */
async function seal (auditor: string): Promise<void> {
  await (await fetch(`${base}/audit/checkpoint`, { headers: { authorization: `Bearer ${auditor}` } })).text()
}

function report ({ on, off }: { on: readonly Measured[], off: readonly Measured[] }): boolean {
  const together = (turns: readonly Measured[]): Measured => ({ times: turns.flatMap(({ times }) => times), seconds: turns.reduce((sum, { seconds }) => sum + seconds, 0) })
  print(`issuing without sealing, ${agents} agents`, together(off))
  print(`issuing with sealing every second, ${agents} agents`, together(on))
  const added = percentile(on.map(({ seconds }, pair) => seconds / off[pair]!.seconds - 1), 50)
  return held('sealing adds to the time of issuing', `${(added * 100).toFixed(1)} % (median of ${pairs} pairs)`, `${most * 100} %`, added <= most)
}
