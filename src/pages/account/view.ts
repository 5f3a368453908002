/** Builds the data of the account page: the account, online alternatives, channels and the form. */
import type { FastifyRequest } from 'fastify'
import type { Account } from '../../accounts/queries.js'
import { hasProvince } from '../../addresses/address-layout.js'
import { countryName, listCountries } from '../../addresses/countries.js'
import { requirePostcodeRegister } from '../../addresses/postcode-register.js'
import { getPostcodeShape, isPostcodeRequired } from '../../addresses/postcode-shapes.js'
import { createFormToken, type FormFaults } from '../../http/forms.js'
import type { FormValues } from '../../institution/input.js'
import { formatDate, formatDateTime } from '../../i18n/formatters.js'
import { formatRefusal, type Translate } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import { containsActivationCode } from '../../institution/typed-symbols.js'
import { isProhibitedChannel, type Language, languages, type ProhibitedChannel } from '../../institution/vocabulary.js'
import { formatWeekHours } from '../../service-points/format-hours.js'
import { findOpenSpan, getWeekOn } from '../../service-points/hours.js'
import { institutionDay } from '../../service-points/institution-day.js'
import { listPickUpRefusals, toOpeningCalendar } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'
import { parseSlipNumber } from '../../slips/codes.js'
import type { IssuingDeps } from '../../slips/commands/issue-slip.js'
import { loadIssuingContext } from '../../slips/issuing-context.js'
import { getInitialValues } from '../../slips/pages/issue-form.js'
import { findSlip, listSlips, type SlipDetails } from '../../slips/queries.js'
import { type ChannelAvailability, checkChannels, type IssuingContext } from '../../slips/rules/issuing-rules.js'
import { latinNameSources } from '../../slips/rules/holder-name.js'
import { isOpen } from '../../slips/rules/state-machine.js'
import { formatStepNote } from '../../slips/paper/slip-texts.js'
import { requireSession } from '../../staff/authenticate.js'
import { getAddressLines } from '../slip/view.js'
import { buildHolderNames } from './holder-names.js'

/** The rejected form with its errors, or a new form if there are no values. */
export interface SubmittedForm extends Partial<FormFaults> {
  /** For a new form: the number of the letter that came back, after which this slip is issued. */
  readonly after?: string | undefined
  readonly addressVerdict?: { tone: string, title: string, text?: string }
}

/** The number of earlier slips on the card. */
const MAX_EARLIER_SLIPS = 5

/** Gathers the data of the page. History and rules are read again each time the page is shown. */
export async function buildAccountPage (deps: IssuingDeps, request: FastifyRequest, account: Account, sent: SubmittedForm = {}): Promise<Record<string, unknown>> {
  const { db, profile } = deps
  const now = deps.now()
  const context = await loadIssuingContext(db, account, { session: requireSession(request), profile, now })
  const slips = await listSlips(db, { accountId: account.id, limit: MAX_EARLIER_SLIPS + 1 }, { visibility: { all: true }, zone: profile.timeZone, now })
  const returnedLetter = await findReturnedLetter(deps, account, sent.values === undefined ? sent.after : sent.values['after'])
  const openSlip = slips.items.find(slip => isOpen(slip.state))
  const availabilities = checkChannels(context)
  const sentences = (answer: ChannelAvailability) => answer.refusals.map(refusal => formatRefusal(request.t, refusal))
  const toSlipLine = (slip: SlipDetails) => ({
    number: slip.number, state: slip.state, channel: slip.channel, issued: formatDateTime(slip.issued_at, profile.timeZone, request.language),
  })
  const permitted = availabilities.filter(answer => !isForProhibitedChannel(answer))
  return {
    account: toHolder(account, request.language),
    offer: toOnlineOptions(profile, account, request.language),
    openSlip: openSlip && toSlipLine(openSlip),
    earlierSlips: slips.items.filter(slip => slip !== openSlip).slice(0, MAX_EARLIER_SLIPS).map(toSlipLine),
    channels: permitted.map(answer => ({ channel: answer.channel, allowed: answer.allowed, refusals: sentences(answer) })),
    prohibited: availabilities.filter(isForProhibitedChannel).map(answer => ({ channel: answer.channel, refusal: sentences(answer)[0] })),
    form: permitted.some(answer => answer.allowed) ? await buildForm(deps, request, account, { context, availabilities: permitted, sent, returnedLetter }) : undefined,
    after: returnedLetter && buildReturnNotice(returnedLetter, request.t, profile.country),
    summary: sent.summary ?? [],
  }
}

interface FormContext {
  readonly context: IssuingContext
  /** Only channels that are not prohibited. */
  readonly availabilities: readonly ChannelAvailability[]
  readonly sent: SubmittedForm
  readonly returnedLetter: SlipDetails | undefined
}

async function buildForm (
  { db, profile, randomBytes }: IssuingDeps, { language, t }: Pick<FastifyRequest, 'language' | 't'>, account: Account, { context, availabilities, sent, returnedLetter }: FormContext
) {
  const { porterDesks, now } = context
  const allowed = availabilities.filter(answer => answer.allowed).map(answer => answer.channel)
  const names = await buildHolderNames(db, account)
  const fresh = getInitialValues(account, names, profile.country, allowed[0]!)
  const allCountries = listCountries(language).map(({ code, name }) => ({ value: code, label: name }))
  const values = sent.values ?? (returnedLetter !== undefined && allowed.includes(returnedLetter.channel) ? getValuesAfterReturn(returnedLetter, fresh) : fresh)
  return {
    action: `/accounts/${account.id}/slips`,
    checkAddressAction: `/accounts/${account.id}/address`,
    token: sent.values?.['formToken'] ?? createFormToken(randomBytes),
    values,
    errors: sent.errors ?? {},
    documents: Object.keys(profile.documents),
    countries: [...allCountries.filter(one => one.value === profile.country), ...allCountries.filter(one => one.value !== profile.country)],
    porters: porterDesks.map(desk => porterChoice(desk)),
    languages,
    namesake: context.account.hasNamesake && account.birth_date === null,
    names,
    addressVerdict: sent.addressVerdict,
    ...buildLetterHints(t, values['letter.country'] ?? profile.country, language),
    postcodesDate: (await requirePostcodeRegister(db)).dataDate,
  }

  function porterChoice (desk: ServicePoint) {
    const refusal = listPickUpRefusals(desk, now, profile, porterDesks)[0]
    return {
      id: desk.id,
      name: desk.name[language],
      address: desk.address,
      openNow: findOpenSpan(toOpeningCalendar(desk, profile), now) !== undefined,
      hours: formatWeekHours(getWeekOn(desk.hours, institutionDay(now, profile.timeZone)), language),
      refusal: refusal && formatRefusal(t, refusal),
    }
  }
}

/** Builds the hints of postcode and town. The postcode's names the country, because another one may be chosen before the page is shown again. */
function buildLetterHints (t: Translate, typedCountry: string, language: Language): { postcodeHint: string, townHint: string | undefined } {
  const code = typedCountry.toUpperCase()
  const example = getPostcodeShape(code)?.examples[0]
  const country = countryName(code, language)
  return {
    postcodeHint: example === undefined
      ? t('slips.issue.postcodeHintNone', { country })
      : t(isPostcodeRequired(code) ? 'slips.issue.postcodeHint' : 'slips.issue.postcodeHintOptional', { country, example }),
    townHint: hasProvince(code) ? t('slips.issue.townHint') : undefined,
  }
}

function toHolder (account: Account, language: Language) {
  return {
    id: account.id,
    displayName: account.display_name,
    latinName: account.latin_name ?? undefined,
    username: account.username,
    /** What the caller card finds the account by. A user name that looks like a code would be removed from the address. */
    callerQuery: containsActivationCode(account.username) ? account.id : account.username,
    studentNumber: account.student_number ?? undefined,
    affiliation: account.affiliation,
    status: account.status,
    preferredLanguage: account.preferred_language,
    birthDate: account.birth_date === null ? undefined : formatDate(account.birth_date, language),
  }
}

/** Online services come first. A slip is for holders who cannot use them. */
function toOnlineOptions ({ onlineActivation, changePassword, trainingReset, contact }: Profile, account: Account, language: Language) {
  const link = ({ url, label }: Profile['changePassword']) => ({ href: url, label: label[language] })
  return {
    onlineActivation: link(onlineActivation),
    changePassword: link(changePassword),
    trainingReset: account.affiliation === 'training' ? link(trainingReset) : undefined,
    contact: { ...contact, phoneHours: contact.phoneHours[language] },
  }
}

function isForProhibitedChannel (answer: ChannelAvailability): answer is ChannelAvailability & { channel: ProhibitedChannel } {
  return isProhibitedChannel(answer.channel)
}

// A returned letter. The form for the next slip takes over its data except the address.

/** Finds the account's letter with this number, if it was returned. */
async function findReturnedLetter ({ db, now }: Pick<IssuingDeps, 'db' | 'now'>, account: Account, typed: string | undefined): Promise<SlipDetails | undefined> {
  const number = parseSlipNumber(typed ?? '')
  const slip = number === undefined ? undefined : await findSlip(db, number, { all: true }, now())
  return slip?.account_id === account.id && slip.channel === 'registered-letter' && slip.state === 'returned' ? slip : undefined
}

/** Returns the values that the form takes over. The address must be entered again, because the old one failed. */
function getValuesAfterReturn (letter: SlipDetails, fresh: FormValues): FormValues {
  return {
    ...fresh,
    after: letter.number,
    channel: letter.channel,
    language: letter.language,
    requestReference: letter.request_reference ?? '',
    'letter.recipient': letter.recipient ?? fresh['letter.recipient'] ?? '',
    'latinName.value': letter.latin_name ?? fresh['latinName.value'] ?? '',
    'latinName.reason': latinNameSources.find(source => source === letter.latin_name_reason) ?? '',
  }
}

/** Builds the notice above the address. */
function buildReturnNotice (letter: SlipDetails, t: Translate, homeCountry: string): { tone: string, title: string, text: string } {
  const reason = letter.steps.findLast(({ step }) => step === 'return')?.note
  return {
    tone: 'warning',
    title: t('slips.issue.cameBack', { address: getAddressLines(letter, homeCountry)?.join(', ') ?? '' }),
    text: t('slips.issue.cameBackText', { reason: formatStepNote(t, reason ?? '') }),
  }
}
