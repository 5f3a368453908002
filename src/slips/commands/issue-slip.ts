/** Issues a slip in one transaction, from the locked account to the finished PDF. */
import type { Kysely, Transaction } from 'kysely'
import { type Directory, DirectoryError } from '../../accounts/directory.js'
import { isTransliteration } from '../../accounts/names/match-names.js'
import { toOwnNames } from '../../accounts/names/queries.js'
import { type Account, findAccount, lockAccount } from '../../accounts/queries.js'
import { appendEvent } from '../../audit/events.js'
import type { Database } from '../../database/schema.js'
import { InvalidInput, NotFound, Refused, Unavailable } from '../../institution/errors.js'
import type { Profile } from '../../institution/profile.js'
import { isProhibitedChannel } from '../../institution/vocabulary.js'
import { findPickUp } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'
import type { Session } from '../../staff/session.js'
import { type CodeKeys, computeCodeHmac } from '../code-hmac.js'
import { generateActivationCode, generateSlipNumber } from '../codes.js'
import { findIssuePatterns, loadIssuingContext, lookUpLatinName, lookUpLetterAddress, lookUpRecipient } from '../issuing-context.js'
import { listUnprintableFields } from '../paper/check-printable.js'
import { renderSlip } from '../paper/draw-slip.js'
import { toSlipContent } from '../paper/slip-content.js'
import { canEnterLatinName, listRecipientRules, withLatinName } from '../rules/holder-name.js'
import { checkIssueRequest, type IssuingContext, type ResolvedIssueRequest } from '../rules/issuing-rules.js'
import { calculateLifetime } from '../rules/limits.js'
import type { IssueRequest } from '../schemas.js'
import type { Slip } from '../slip.js'
import { insertSlip, lockOpenSlip, type SlipDraft } from '../slip-store.js'
import { endSlip } from './end-slip.js'
import { claimIdempotencyKey, type IdempotencyKey } from './idempotency.js'

export interface IssuingDeps {
  readonly db: Kysely<Database>
  readonly directory: Directory
  readonly profile: Profile
  readonly codeKeys: CodeKeys
  readonly publicUrl: string
  readonly now: () => Date
  readonly randomBytes: (size: number) => Buffer
}

export interface IssuedSlip {
  readonly number: string
  /** The slip. It is not stored anywhere. */
  readonly pdf: Buffer
}

/**
 * Issues a slip in a transaction of its own. A refused attempt is an audit event, committed after the
 * attempt has rolled back.
 * @throws {Refused} with every refusal of the rules
 * @throws {NotFound} when there is no such account
 * @throws {InvalidInput} when there is no such desk, the typeface cannot print the address, or a Latin name is not needed
 * @throws {KeyAlreadyUsed}
 * @throws {Unavailable} when the directory does not return the account's current status
 */
export async function issueSlip (deps: IssuingDeps, session: Session, request: IssueRequest, key?: IdempotencyKey): Promise<IssuedSlip> {
  requirePrintableLetter(request)
  await refreshFromDirectory(deps, request.accountId)
  return await withRefusalsRecorded(deps, session, request, async () => await deps.db.transaction().execute(async trx => {
    const number = generateSlipNumber(deps.randomBytes)
    if (key !== undefined) await claimIdempotencyKey(trx, key, { staffId: session.staff.id, slipNumber: number, now: deps.now() })
    return await issueSlipWithin(trx, deps, request, { session, number, now: deps.now() })
  }))
}

/** Who issues the slip, when, and under which number. */
export interface IssueParams {
  readonly session: Session
  /** The number of the new slip, for which an idempotency key may have been claimed. */
  readonly number: string
  readonly now: Date
  /** After a paper jam: the slip that failed to print, and when the document was checked. */
  readonly reissueOf?: { readonly slip: Pick<Slip, 'id' | 'number'>, readonly checkedAt: Date }
}

/** Issues a slip in the caller's transaction. */
export async function issueSlipWithin (trx: Transaction<Database>, deps: IssuingDeps, request: IssueRequest, { session, number, now, reissueOf }: IssueParams): Promise<IssuedSlip> {
  const account = await lockAccount(trx, request.accountId)
  if (account === undefined || account.erased_at !== null) throw new NotFound('account')
  const { profile } = deps
  if (request.latinName !== undefined && !canEnterLatinName(toOwnNames(account))) throw new InvalidInput([{ path: 'latinName', message: 'latin-name-not-needed' }])
  const context = await loadIssuingContext(trx, account, { session, profile, now })
  const resolved = await resolveRequest(trx, request, context)
  const refusals = checkIssueRequest(context, resolved)
  if (refusals.length > 0) throw new Refused(refusals)

  const openSlip = await lockOpenSlip(trx, account.id, now)
  if (openSlip !== undefined) await endSlip(trx, openSlip, { code: 'superseded' }, { session, now })
  const code = generateActivationCode(deps.randomBytes)
  const draft: SlipDraft = {
    ...toSlipDraft(request, resolved, { account, session, profile, now }),
    number,
    code: computeCodeHmac(code, number, deps.codeKeys),
    replaces: reissueOf?.slip ?? openSlip,
    checkedAt: reissueOf?.checkedAt ?? now,
    patterns: await findIssuePatterns(trx, account.id, context, session),
  }
  await insertSlip(trx, draft)
  const pdf = await renderSlip(toSlipContent(draft, code, { account, desk: resolved.porterDesk, profile, publicUrl: deps.publicUrl }))
  return { number, pdf }
}

/** Runs an attempt. If the rules refuse it, records the refusal in a transaction of its own. */
export async function withRefusalsRecorded<T> (
  deps: Pick<IssuingDeps, 'db' | 'now'>, session: Session, attempt: { accountId?: string, channel: string, slip?: string, step?: string }, run: () => Promise<T>
): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    await deps.db.transaction().execute(async trx => await appendEvent(trx, {
      kind: 'slip-refused',
      at: deps.now(),
      actor: `staff:${session.staff.id}`,
      slip: attempt.slip,
      account: attempt.accountId,
      servicePoint: session.servicePoint?.id,
      facts: { channel: attempt.channel, ...attempt.step === undefined ? {} : { step: attempt.step }, codes: error.refusals.map(refusal => refusal.code) },
    }))
    throw error
  }
}

/** Adds the desk of the request, or the register entry of its address. */
async function resolveRequest (trx: Transaction<Database>, request: IssueRequest, { porterDesks, account, profile }: IssuingContext): Promise<ResolvedIssueRequest> {
  const { channel, requestReference, identityCheck, porter, letter, latinName, accountId } = request
  return {
    channel,
    requestReference,
    identityCheck,
    porterDesk: porter && requirePorterDesk(porterDesks, porter.servicePointId),
    letter: letter && { ...await lookUpRecipient(trx, letter.recipient, withLatinName(account, latinName), accountId), ...await lookUpLetterAddress(trx, letter, profile) },
    latinName: latinName && await lookUpLatinName(trx, latinName, accountId),
  }
}

function requirePrintableLetter ({ letter }: IssueRequest): void {
  const errors = letter === undefined ? [] : listUnprintableFields(letter)
  if (errors.length > 0) throw new InvalidInput(errors)
}

function requirePorterDesk (desks: readonly ServicePoint[], id: string): ServicePoint {
  const desk = desks.find(candidate => candidate.id === id)
  if (desk === undefined) throw new InvalidInput([{ path: 'porter.servicePointId', message: 'no-such-service-point' }])
  return desk
}

interface DraftContext {
  readonly account: Account
  readonly session: Session
  readonly profile: Profile
  readonly now: Date
}

/** Turns a request that the rules have accepted into the slip to insert. */
function toSlipDraft (request: IssueRequest, resolved: ResolvedIssueRequest, { account, session, profile, now }: DraftContext): Omit<SlipDraft, 'number' | 'code' | 'replaces' | 'checkedAt' | 'patterns'> {
  const { channel, porterDesk } = resolved
  if (session.servicePoint === null || isProhibitedChannel(channel)) throw new TypeError('The rules accepted what they must refuse.')
  return {
    accountId: account.id,
    channel,
    language: request.language ?? account.preferred_language,
    requestReference: request.requestReference === '' ? undefined : request.requestReference,
    issuedAt: now,
    by: session,
    office: session.servicePoint,
    identityCheck: request.identityCheck,
    porter: porterDesk && { servicePointId: porterDesk.id, collectBy: findPickUp(porterDesk, now, profile)!.collectBy },
    letter: request.letter,
    latinName: request.latinName && { ...request.latinName, differs: !isTransliteration(request.latinName.value, toOwnNames(account)) },
    recipientRules: request.letter === undefined ? [] : listRecipientRules(request.letter.recipient, withLatinName(toOwnNames(account), request.latinName)),
    ...calculateLifetime(channel, now, profile, request.letter?.country),
  }
}

// The rules read the account's status from its row, so it is refreshed from the directory before a slip is issued.

/**
 * Refreshes an account from the directory. Call it outside a transaction, because the directory can be slow. It ignores
 * an unknown id: the caller reports it.
 * @throws {Unavailable} when the directory does not answer, or finds several accounts
 */
export async function refreshFromDirectory ({ db, directory }: { db: Kysely<Database>, directory: Directory }, accountId: string): Promise<void> {
  // The accounts table itself is the built-in directory.
  const account = directory.kind === 'built-in' ? undefined : await findAccount(db, accountId)
  if (account === undefined) return
  try {
    await directory.refresh(account)
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error
    if (error.kind === 'ambiguous') throw new Unavailable('directory-ambiguous-at-issue', { cause: error })
    throw new Unavailable('directory-away-at-issue', { cause: error })
  }
}
