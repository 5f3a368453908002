/**
 * Activates an account and kills its own process at a given point, like a server that loses power. Reads its task from
 * standard input as JSON and writes the outcome if it was not killed.
 */
import { text } from 'node:stream/consumers'
import { createBuiltInDirectory } from '../../src/accounts/built-in-directory.js'
import { connect } from '../../src/database/connection.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { activate } from '../../src/redemptions/activate.js'
import { parseActivationCode } from '../../src/slips/codes.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { withPoints } from './failure-points.js'

export interface Fate {
  readonly url: string
  readonly codeKey: string
  readonly now: string
  readonly username: string
  readonly code: string
  readonly password: string
  /** The index of the point at which the process is killed, from 0. */
  readonly point: number
}

const fate = JSON.parse(await text(process.stdin)) as Fate
const { db, close } = await connect({ url: fate.url })
const now = () => new Date(fate.now)
let points = 0
const reached = () => { if (points++ === fate.point) process.kill(process.pid, 'SIGKILL') }
const outcome = await activate({
  ...withPoints(db, createBuiltInDirectory(db, now), reached),
  profile: metropolia,
  codeKeys: createKeyRing([Buffer.from(fate.codeKey, 'base64')]),
  sessionKey: Buffer.alloc(32),
  logger: { warn: () => {} },
  now,
}, { username: fate.username, code: parseActivationCode(fate.code)!, password: fate.password, address: '127.0.0.1' })
reached()
process.stdout.write(JSON.stringify({ ...outcome, points }))
await close()
