/** Random commands of three kinds of actors: staff, the clock, and people who enter codes. */
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { takeStep } from '../../../src/deliveries/take-step.js'
import { toProblem } from '../../../src/http/problem-mapping.js'
import { isDomainError } from '../../../src/institution/errors.js'
import { channels, type CustodyStep, custodySteps } from '../../../src/institution/vocabulary.js'
import { redeemCode } from '../../../src/redemptions/redeem.js'
import { holderRedeemer } from '../../../src/redemptions/rules.js'
import { recordExpiredSlips } from '../../../src/slips/commands/end-slip.js'
import { issueSlip } from '../../../src/slips/commands/issue-slip.js'
import { reissueAfterPaperJam, voidSlip } from '../../../src/slips/commands/void-slip.js'
import { findSlip } from '../../../src/slips/queries.js'
import { getStepsAllowedFor } from '../../../src/slips/rules/state-machine.js'
import type { IssueRequest } from '../../../src/slips/schemas.js'
import { createTrackingNumber } from '../../helpers/insert-slips.js'
import { homeAddress, passportCheck, tryCode } from '../../helpers/issue-slips.js'
import { type IssuedPaper, issueWithKnownCode, type Person, type World } from './world.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const waits = [1, MINUTE_MS, MINUTE_MS, 11 * MINUTE_MS, DAY_MS, DAY_MS, 3 * DAY_MS, 8 * DAY_MS, 31 * DAY_MS, 'just before its end', 'to its end'] as const

/** The newest printed slip of an account, or an earlier one. */
const paper = fc.record({ account: fc.nat(1), back: fc.constantFrom(0, 0, 0, 1, 2) })
const person = fc.constantFrom<Person>('agent', 'porter', 'colleague')
const check = fc.constantFrom('good', 'good', 'bad', 'none')
const commands = {
  issue: fc.record({ do: fc.constant('issue' as const), account: fc.nat(1), channel: fc.constantFrom(...channels, 'porter' as const) }),
  step: fc.record({ do: fc.constant('step' as const), by: person, paper, step: fc.constantFrom<CustodyStep>(...custodySteps), check, sticker: fc.nat(3) }),
  /** The person responsible for the next step takes the first step that their page offers. */
  button: fc.record({ do: fc.constant('button' as const), porter: fc.constantFrom<Person>('porter', 'colleague'), paper, check }),
  void: fc.record({ do: fc.constant('void' as const), by: person, paper }),
  paperJam: fc.record({ do: fc.constant('paper-jam' as const), paper }),
  redeem: fc.record({ do: fc.constant('redeem' as const), paper }),
  tryCode: fc.record({ do: fc.constant('try-code' as const), paper, asTheOther: fc.constantFrom(false, false, false, true) }),
  wait: fc.record({ do: fc.constant('wait' as const), paper, span: fc.constantFrom(...waits) }),
  sweep: fc.record({ do: fc.constant('sweep' as const) }),
}
const command = fc.oneof(
  { weight: 3, arbitrary: commands.issue }, { weight: 6, arbitrary: commands.step }, { weight: 9, arbitrary: commands.button }, { weight: 1, arbitrary: commands.void },
  { weight: 1, arbitrary: commands.paperJam }, { weight: 7, arbitrary: commands.tryCode }, { weight: 2, arbitrary: commands.redeem }, { weight: 2, arbitrary: commands.wait }, { weight: 1, arbitrary: commands.sweep }
)
/** Up to 25 batches of one to three concurrent commands. */
const batches = fc.array(fc.array(command, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 25, size: 'max' })
/** Issues a slip to each account first, then runs random batches. */
export const scenario = fc.tuple(fc.tuple(commands.issue, commands.issue), batches, batches)
  .map(([both, morning, evening]): Command[][] => [both.map((issue, account) => ({ ...issue, account })), ...morning, ...evening])
export type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

export interface Outcome {
  readonly command: Command
  /** `done`, `nothing` if there was no slip; for a code `accepted`, `redeemed` or `in vain`; or the problem's code. */
  readonly came: string
  /** The slip whose code was tried, the account whose user name was used, and the slip that was opened. */
  readonly tried?: { readonly paper: IssuedPaper, readonly as: number, readonly isOwnAccount: boolean, readonly opened: string | undefined }
}

/** Runs a command and returns its outcome. @throws errors that no command may cause */
export async function runCommand (world: World, command: Command): Promise<Outcome> {
  try {
    return { command, ...await executeCommand(world, command) }
  } catch (error) {
    if (!isDomainError(error)) throw error
    return { command, came: toProblem(error).code }
  }
}

async function executeCommand (world: World, command: Command): Promise<Omit<Outcome, 'command'>> {
  const { test: { deps, clock }, staff } = world
  switch (command.do) {
    case 'issue':
      await issueWithKnownCode(world, command.account, async issuingDeps => await issueSlip(issuingDeps, staff.agent, toIssueRequest(world, command)))
      return { came: 'done' }
    case 'sweep':
      await recordExpiredSlips(deps.db, deps.now())
      return { came: 'done' }
  }
  const papers = world.papers.filter(one => one.account === command.paper.account)
  const found = papers[Math.max(0, papers.length - 1 - command.paper.back)]
  const slip = found && await findSlip(deps.db, found.number, { all: true }, deps.now())
  if (slip === undefined || found === undefined) return { came: 'nothing' }
  switch (command.do) {
    case 'step':
      await takeStep(deps, staff[command.by], slip, { step: command.step, ...stepFields(command.step, command.check), ...command.step === 'post' ? { trackingNumber: trackingNumbers[command.sticker]! } : {} })
      return { came: 'done' }
    case 'button': {
      const [next] = [staff[command.porter], staff.agent].flatMap(by => getStepsAllowedFor(by, slip, deps.profile).filter(step => step !== 'return').map(step => ({ by, step })))
      if (next === undefined) return { came: 'nothing' }
      await takeStep(deps, next.by, slip, { step: next.step, ...stepFields(next.step, command.check) })
      return { came: 'done' }
    }
    case 'void':
      await voidSlip(deps, staff[command.by], slip, { code: 'lost' })
      return { came: 'done' }
    case 'paper-jam':
      await issueWithKnownCode(world, found.account, async issuingDeps => await reissueAfterPaperJam(issuingDeps, staff.agent, slip, `form:${randomBytes(8).toString('hex')}`))
      return { came: 'done' }
    case 'try-code': {
      const as = command.asTheOther ? 1 - found.account : found.account
      const opened = (await tryCode(deps, world.accounts[as]!.username, found.code))?.number
      return { came: opened === undefined ? 'in vain' : 'accepted', tried: { paper: found, as, isOwnAccount: !command.asTheOther, opened } }
    }
    case 'redeem': {
      const opened = (await redeemCode(deps, holderRedeemer, { username: world.accounts[found.account]!.username, code: found.code }))?.slipNumber
      return { came: opened === undefined ? 'in vain' : 'redeemed', tried: { paper: found, as: found.account, isOwnAccount: true, opened } }
    }
    case 'wait': {
      const end = slip.expires_at.getTime() - clock.now().getTime()
      const span = { 'to its end': end, 'just before its end': end - 1 }[String(command.span)] ?? Number(command.span)
      clock.set(new Date(clock.now().getTime() + Math.max(0, span)))
      return { came: 'done' }
    }
  }
}

/** Only four numbers, so that two letters often get the same one. */
const trackingNumbers = Array.from({ length: 4 }, createTrackingNumber)

function stepFields (step: CustodyStep, check: string) {
  switch (step) {
    case 'hand-over': return check === 'none' ? {} : { identityCheck: { ...passportCheck, documentType: 'passport' as const, photoMatches: check === 'good' } }
    case 'post': return { trackingNumber: createTrackingNumber(), ...check === 'none' ? {} : { personalHandover: true } }
    case 'return': return check === 'none' ? {} : { note: 'not-collected' }
    default: return {}
  }
}

function toIssueRequest ({ accounts }: World, { account, channel }: Command & { do: 'issue' }): IssueRequest {
  const { id, displayName } = accounts[account]!
  const issueRequest = { accountId: id, channel, requestReference: 'REQ-1' }
  switch (channel) {
    case 'counter': return { ...issueRequest, identityCheck: { ...passportCheck, documentType: 'passport' } }
    case 'porter': return { ...issueRequest, porter: { servicePointId: 'porter-arabia' } }
    case 'registered-letter': return { ...issueRequest, letter: { recipient: displayName, ...homeAddress } }
  }
}
