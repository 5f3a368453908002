/** The account's page as its template wants it: whom, what to offer first, which channels, the form. */
import type { FastifyRequest } from 'fastify'
import type { Account } from '../accounts/queries.js'
import { countries } from '../addresses/countries.js'
import { postcodeRegister } from '../addresses/postcode-register.js'
import type { Deps } from '../app.js'
import { momentInWords, shortDay } from '../i18n/moments.js'
import { refusalSentence } from '../i18n/refusal-sentence.js'
import type { Profile } from '../institution/profile.js'
import { prohibitedChannels, languages, type Language, type ProhibitedChannel } from '../institution/words.js'
import { weekInWords } from '../service-points/hours-in-words.js'
import { openAt, weekOn } from '../service-points/hours.js'
import { institutionDay } from '../service-points/institution-day.js'
import { openingCalendar, pickUpRefusals } from '../service-points/pick-up.js'
import type { ServicePoint } from '../service-points/service-point.js'
import { signedIn } from '../staff/authenticate.js'
import { gatherCircumstances } from './circumstances.js'
import { freshValues, type FormValues } from './issue-form.js'
import { isOpen } from './life.js'
import { listSlips, type SlipRow } from './queries.js'
import { findReturnedLetter, noticeAfter, valuesAfter } from './returned-letter.js'
import { channelAnswers, type ChannelAnswer, type Circumstances } from './rules.js'

/** What was just sent and what came of it. */
export interface Sent {
  readonly values?: FormValues
  /** Sentences by field name. */
  readonly errors?: Readonly<Record<string, string>>
  readonly summary?: ReadonlyArray<{ path?: string, message: string }>
  readonly addressVerdict?: { tone: string, title: string, text?: string }
}

/** How many earlier slips the card lists. */
const earlierSlips = 5

/** Gathers the page's data; the account's history and the rules are asked anew at every showing. */
export async function accountPage (deps: Deps, request: FastifyRequest, account: Account, sent: Sent = {}): Promise<Record<string, unknown>> {
  const { db, profile } = deps
  const now = deps.now()
  const circumstances = await gatherCircumstances(db, account, signedIn(request), profile, now)
  const slips = await listSlips(db, { accountId: account.id, limit: earlierSlips + 1 }, { all: true }, profile.timeZone, now)
  const letter = await findReturnedLetter(deps, account, sent.values === undefined ? askedAfter(request) : sent.values['after'])
  const openSlip = slips.items.find(slip => isOpen(slip.state))
  const answers = channelAnswers(circumstances)
  const sentences = (answer: ChannelAnswer) => answer.refusals.map(refusal => refusalSentence(request.t, refusal))
  const line = (slip: SlipRow) => ({
    number: slip.number, state: slip.state, channel: slip.channel, issued: momentInWords(slip.issued_at, profile.timeZone, request.language),
  })
  const travelling = answers.filter(answer => !isProhibited(answer))
  return {
    account: holder(account, request.language),
    offer: offer(profile, account, request.language),
    openSlip: openSlip && line(openSlip),
    earlierSlips: slips.items.filter(slip => slip !== openSlip).slice(0, earlierSlips).map(line),
    channels: travelling.map(answer => ({ channel: answer.channel, allowed: answer.allowed, refusals: sentences(answer) })),
    prohibited: answers.filter(isProhibited).map(answer => ({ channel: answer.channel, refusal: sentences(answer)[0] })),
    form: travelling.some(answer => answer.allowed) ? await form(deps, request, account, circumstances, travelling, sent, letter) : undefined,
    after: letter && noticeAfter(letter, request.t, profile.country),
    summary: sent.summary ?? [],
  }
}

/** `?after=NUMBER`: the letter that came back, after which the next is issued. */
function askedAfter ({ query }: FastifyRequest): string | undefined {
  const { after } = query as { after?: unknown }
  return typeof after === 'string' ? after : undefined
}

async function form (
  { db, profile, randomBytes }: Deps, { language, t }: { language: Language, t: FastifyRequest['t'] }, account: Account,
  circumstances: Circumstances, answers: readonly ChannelAnswer[], sent: Sent, letter: SlipRow | undefined
) {
  const { porterDesks, now } = circumstances
  const allowed = answers.filter(answer => answer.allowed).map(answer => answer.channel)
  const fresh = freshValues(account, profile.country, allowed[0]!)
  const allCountries = countries(language).map(({ code, name }) => ({ value: code, label: name }))
  return {
    action: `/accounts/${account.id}/slips`,
    checkAddressAction: `/accounts/${account.id}/address`,
    token: sent.values?.['formToken'] ?? randomBytes(18).toString('base64url'),
    values: sent.values ?? (letter !== undefined && allowed.includes(letter.channel) ? valuesAfter(letter, fresh) : fresh),
    errors: sent.errors ?? {},
    documents: Object.keys(profile.documents),
    countries: [...allCountries.filter(one => one.value === profile.country), ...allCountries.filter(one => one.value !== profile.country)],
    porters: porterDesks.map(desk => porterChoice(desk)),
    languages,
    namesake: circumstances.account.hasNamesake && account.birth_date === null,
    addressVerdict: sent.addressVerdict,
    postcodesDate: shortDay((await postcodeRegister(db)).dataDate, language),
  }

  function porterChoice (desk: ServicePoint) {
    const refusal = pickUpRefusals(desk, now, profile, porterDesks)[0]
    return {
      id: desk.id,
      name: desk.name[language],
      address: desk.address,
      openNow: openAt(openingCalendar(desk, profile), now) !== undefined,
      hours: weekInWords(weekOn(desk.hours, institutionDay(now, profile.timeZone)), language),
      refusal: refusal && refusalSentence(t, refusal),
    }
  }
}

function holder (account: Account, language: Language) {
  return {
    id: account.id,
    displayName: account.display_name,
    username: account.username,
    studentNumber: account.student_number ?? undefined,
    affiliation: account.affiliation,
    status: account.status,
    preferredLanguage: account.preferred_language,
    birthDate: account.birth_date === null ? undefined : shortDay(account.birth_date, language),
  }
}

/** The online ways first: a slip is for those who cannot use them. */
function offer ({ onlineActivation, changePassword, trainingReset, contact }: Profile, account: Account, language: Language) {
  const link = ({ url, label }: Profile['changePassword']) => ({ href: url, label: label[language] })
  return {
    onlineActivation: link(onlineActivation),
    changePassword: link(changePassword),
    trainingReset: account.affiliation === 'training' ? link(trainingReset) : undefined,
    contact: { ...contact, phoneHours: contact.phoneHours[language] },
  }
}

function isProhibited (answer: ChannelAnswer): answer is ChannelAnswer & { channel: ProhibitedChannel } {
  return (prohibitedChannels as readonly string[]).includes(answer.channel)
}
