/**
 * Checks the rules for the valid fields of an issue form that has errors, so that all errors are reported together.
 */
import type { Account } from '../../accounts/queries.js'
import { normalizePostcode } from '../../addresses/postcodes.js'
import { findPostcodeFault, letterFieldsSchema } from '../../addresses/schemas.js'
import { parseValidFields } from '../../institution/input.js'
import type { FieldError } from '../../institution/base-error.js'
import type { Refusal } from '../../institution/refusals.js'
import type { IssuingDeps } from '../../slips/commands/issue-slip.js'
import { loadIssuingContext, lookUpLatinName, lookUpLetterAddress, lookUpRecipient } from '../../slips/issuing-context.js'
import { listUnprintableFields } from '../../slips/paper/check-printable.js'
import { withLatinName } from '../../slips/rules/holder-name.js'
import { checkReadableRequest, type LetterAddress, type ReadableIssueRequest } from '../../slips/rules/issuing-rules.js'
import { identityCheckSchema, issueRequestSchema, porterRequestSchema } from '../../slips/schemas.js'
import type { Session } from '../../staff/session.js'

type ReadableFaultsDeps = Pick<IssuingDeps, 'db' | 'profile' | 'now'>

/** Lists the refusals for the valid fields. @param input the request built from the form, see `toIssueRequestInput` */
export async function listReadableFaults (
  deps: ReadableFaultsDeps, session: Session, account: Account, input: Readonly<Record<string, unknown>>
): Promise<{ errors: FieldError[], refusals: Refusal[] }> {
  const { profile } = deps
  const { channel, requestReference, latinName } = parseValidFields(issueRequestSchema(profile.country), input)
  if (channel === undefined) return { errors: [], refusals: [] }
  const context = await loadIssuingContext(deps.db, account, { session, profile, now: deps.now() })
  const { servicePointId } = parseValidFields(porterRequestSchema, input['porter'])
  const letter = channel === 'registered-letter' ? await readLetter(deps, input['letter']) : undefined
  const request: ReadableIssueRequest = {
    channel,
    requestReference,
    identityCheck: channel === 'counter' ? parseValidFields(identityCheckSchema, input['identityCheck']) : undefined,
    porterDesk: context.porterDesks.find(desk => desk.id === servicePointId),
    letter: letter && { address: letter.address, recipient: letter.recipient === undefined ? undefined : await lookUpRecipient(deps.db, letter.recipient, withLatinName(context.account, latinName), account.id) },
    latinName: latinName && await lookUpLatinName(deps.db, latinName, account.id),
  }
  return { errors: letter?.errors ?? [], refusals: checkReadableRequest(context, request) }
}

export interface ReadableLetter {
  readonly recipient: string | undefined
  /** Undefined without a country and the postcode that it requires. */
  readonly address: LetterAddress | undefined
  /** Characters that the slip cannot print. */
  readonly errors: FieldError[]
}

/** Reads the valid fields of a letter. @param input see `toLetterInput` */
export async function readLetter ({ db, profile }: Pick<ReadableFaultsDeps, 'db' | 'profile'>, input: unknown): Promise<ReadableLetter> {
  const { recipient, lines = [], postcode: typed = '', town, country } = parseValidFields(letterFieldsSchema, input)
  const postcode = country === undefined || findPostcodeFault({ postcode: typed, country }) !== undefined ? undefined : normalizePostcode(typed, country)
  return {
    recipient,
    address: postcode === undefined || country === undefined ? undefined : await lookUpLetterAddress(db, { postcode, town, lines, country }, profile),
    errors: listUnprintableFields({ recipient: recipient ?? '', lines, town: town ?? '' }),
  }
}
