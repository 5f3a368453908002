/** What is to be posted and what the post has: the page of letters as its template wants it. */
import type { FastifyRequest } from 'fastify'
import { countryName } from '../../addresses/countries.js'
import type { Deps } from '../../app.js'
import { formatDateTime, formatDate } from '../../i18n/moments.js'
import { formatTrackingUrl } from '../../institution/carrier.js'
import type { Profile } from '../../institution/profile.js'
import type { Language } from '../../institution/words.js'
import { daysBetween, institutionDay } from '../../service-points/institution-day.js'
import { getStepsAllowedFor } from '../../slips/step-rights.js'
import type { ServicePointRef, Session } from '../../staff/session.js'
import { MAX_LETTERS_PER_LIST, postingFields } from './posting.js'
import { listLettersToPost, listLettersInTransit, type LetterToPost } from './queries.js'

const PAGE_SIZE = 50

export interface LettersPageInput {
  readonly session: Session
  readonly office: ServicePointRef
  /** Of every service point, not only of this one. */
  readonly all: boolean
  readonly cursor?: string | undefined
  /** As typed, by name of the field. */
  readonly typed?: Readonly<Record<string, unknown>>
  /** Sentences by name of the field. */
  readonly errors?: Readonly<Record<string, string>>
  /** Sentences about letters that are no longer here, or about the whole form. */
  readonly problems?: readonly string[]
}

export async function buildLettersPage ({ db, profile, now }: Deps, { t, language }: FastifyRequest, view: LettersPageInput) {
  const { session, office, all, cursor, typed = {}, errors = {}, problems = [] } = view
  const onlyOf = all ? undefined : office.id
  const at = now()
  const toPost = cursor === undefined ? await listLettersToPost(db, onlyOf, MAX_LETTERS_PER_LIST, at) : []
  const withPost = await listLettersInTransit(db, { office: onlyOf, limit: PAGE_SIZE, cursor }, at)
  const path = all ? '/letters?all=1' : '/letters'
  const today = institutionDay(at, profile.timeZone)
  return {
    office: office.name[language],
    all,
    earlier: cursor !== undefined,
    summary: [
      ...toPost.flatMap(letter => postingFields.flatMap(field => {
        const message = errors[`${letter.number}.${field}`]
        return message === undefined ? [] : [{ path: `${letter.number}.${field}`, message: t('sending.letters.atRow', { number: letter.number, name: letter.recipient ?? '', message }) }]
      })),
      ...problems.map(message => ({ message })),
    ],
    more: toPost.length === MAX_LETTERS_PER_LIST ? MAX_LETTERS_PER_LIST : undefined,
    letters: toPost.map(letter => ({
      number: letter.number,
      recipient: letter.recipient,
      place: formatDestination(letter, profile, language).join(', '),
      abroad: letter.country !== profile.country,
      issuedAt: formatDateTime(letter.issued_at, profile.timeZone, language),
      trackingNumber: { value: typed[`${letter.number}.trackingNumber`] ?? '', error: errors[`${letter.number}.trackingNumber`] },
      personalHandover: { checked: typed[`${letter.number}.personalHandover`] === 'yes', error: errors[`${letter.number}.personalHandover`] },
    })),
    anyAbroad: toPost.some(letter => letter.country !== profile.country),
    carrier: profile.carrier.name,
    posted: withPost.items.map(letter => ({
      number: letter.number,
      recipient: letter.address_erased_at === null ? letter.recipient : t('common.erased'),
      place: formatDestination(letter, profile, language).join(', '),
      state: letter.state,
      trackingNumber: letter.tracking_number,
      trackingUrl: formatTrackingUrl(profile.carrier, letter.tracking_number ?? ''),
      personalHandover: letter.personal_handover === true,
      postedOn: formatDate(institutionDay(letter.posted_at, profile.timeZone), language),
      days: daysBetween(institutionDay(letter.posted_at, profile.timeZone), today),
      steps: getStepsAllowedFor(session, letter, profile),
    })),
    next: withPost.next && `${path}${all ? '&' : '?'}cursor=${withPost.next}`,
    first: cursor && path,
  }
}

/** Postcode and town; abroad the country under it. */
export function formatDestination (letter: Pick<LetterToPost, 'postcode' | 'town' | 'country'>, { country }: Pick<Profile, 'country'>, language: Language): string[] {
  const town = `${letter.postcode ?? ''} ${letter.town ?? ''}`.trim()
  return letter.country === null || letter.country === country ? [town] : [town, countryName(letter.country, language)]
}
