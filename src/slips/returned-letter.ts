/** A letter that came back, for whoever issues the next one: all but the address is taken over. */
import type { Account } from '../accounts/queries.js'
import type { Deps } from '../app.js'
import type { Translate } from '../i18n/translate.js'
import type { FormValues } from './issue-form.js'
import { findSlip, type SlipRow } from './queries.js'
import { readSlipNumber } from './slip-number.js'
import { addressOf } from './slip-page.js'
import { noteInWords } from './void-reasons.js'

/** The account's letter of this number, when it has come back. */
export async function findReturnedLetter ({ db, now }: Pick<Deps, 'db' | 'now'>, account: Account, typed: string | undefined): Promise<SlipRow | undefined> {
  const number = readSlipNumber(typed ?? '')
  const slip = number === undefined ? undefined : await findSlip(db, number, { all: true }, now())
  return slip?.account_id === account.id && slip.channel === 'registered-letter' && slip.state === 'returned' ? slip : undefined
}

/** What the form takes over. The address is asked for again: the old one has just failed. */
export function valuesAfter (letter: SlipRow, fresh: FormValues): FormValues {
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
export function noticeAfter (letter: SlipRow, t: Translate, homeCountry: string): { tone: string, title: string, text: string } {
  const reason = letter.steps.findLast(({ step }) => step === 'return')?.note
  return {
    tone: 'warning',
    title: t('slips.issue.cameBack', { address: addressOf(letter, homeCountry)?.join(', ') ?? '' }),
    text: t('slips.issue.cameBackText', { reason: noteInWords(t, reason ?? '') }),
  }
}
