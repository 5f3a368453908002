/** A letter that came back, for whoever issues the next one: all but the address is taken over. */
import type { Account } from '../accounts/queries.js'
import type { Deps } from '../app.js'
import type { Translate } from '../i18n/translate.js'
import type { FormValues } from './issue-form.js'
import { findSlip, type SlipDetails } from './queries.js'
import { parseSlipNumber } from './slip-number.js'
import { getAddressLines } from './slip-page.js'
import { formatStepNote } from './void-reasons.js'

/** The account's letter of this number, when it has come back. */
export async function findReturnedLetter ({ db, now }: Pick<Deps, 'db' | 'now'>, account: Account, typed: string | undefined): Promise<SlipDetails | undefined> {
  const number = parseSlipNumber(typed ?? '')
  const slip = number === undefined ? undefined : await findSlip(db, number, { all: true }, now())
  return slip?.account_id === account.id && slip.channel === 'registered-letter' && slip.state === 'returned' ? slip : undefined
}

/** What the form takes over. The address is asked for again: the old one has just failed. */
export function getValuesAfterReturn (letter: SlipDetails, fresh: FormValues): FormValues {
  return {
    ...fresh,
    after: letter.number,
    channel: letter.channel,
    language: letter.language,
    requestReference: letter.request_reference ?? '',
    'letter.recipient': letter.recipient ?? fresh['letter.recipient'] ?? '',
  }
}

/** What the form says above the address. */
export function buildReturnNotice (letter: SlipDetails, t: Translate, homeCountry: string): { tone: string, title: string, text: string } {
  const reason = letter.steps.findLast(({ step }) => step === 'return')?.note
  return {
    tone: 'warning',
    title: t('slips.issue.cameBack', { address: getAddressLines(letter, homeCountry)?.join(', ') ?? '' }),
    text: t('slips.issue.cameBackText', { reason: formatStepNote(t, reason ?? '') }),
  }
}
