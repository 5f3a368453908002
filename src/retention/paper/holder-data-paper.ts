/** A holder's own data on paper: tagged, in the holder's language, on as many pages as it needs. */
import { formatDate } from '../../i18n/moments.js'
import { hasText } from '../../i18n/translate.js'
import { notoSans } from '../../slips/paper/fonts.js'
import { drawLetterhead } from '../../slips/paper/heading.js'
import { listUnprintableCharacters, REPLACEMENT_CHARACTER } from '../../slips/paper/printable.js'
import { finishDocument, createDocument } from '../../slips/paper/sheet.js'
import type { HolderEvent, HolderData } from '../holder-data.js'
import { drawSections, type Section } from './flow.js'
import { slipSection } from './slip-section.js'
import { joinParts, optionalLine, createFormatContext, type RenderContext, type FormatContext } from './wording.js'

/** The paper as a PDF, made in memory. Its metadata name nobody. */
export async function renderHolderData (data: HolderData, facts: RenderContext): Promise<Buffer> {
  const { profile, at } = facts
  const language = data.account.preferredLanguage
  const wording = createFormatContext(language, facts)
  const { say } = wording
  const foot = say('holders.paper.foot', { at: wording.moment(data.madeAt) })
  const sheet = createDocument({ language, title: foot, institution: profile.name[language], at }, notoSans)
  drawLetterhead(sheet, sheet.root, { institution: profile, title: say('holders.paper.title'), subtitle: wording.moment(data.madeAt) })
  const sections = [accountSection(data, wording), ...data.slips.map(slip => slipSection(slip, wording)), ...eventSections(data.events, wording)]
  const paragraphs = [
    say('holders.paper.intro', { institution: data.institution }),
    say('holders.paper.terms', data.retention),
    say('holders.paper.rights'),
    say('holders.paper.contact', { form: profile.contact.form, email: profile.contact.email, phone: profile.contact.phone }),
    ...data.slips.length === 0 ? [say('holders.paper.noSlips')] : [],
    ...missingCharacterNote(sections, wording),
  ]
  drawSections(sheet, paragraphs, sections, foot)
  return await finishDocument(sheet)
}

function accountSection ({ account }: HolderData, { say, moment, language }: FormatContext): Section {
  return {
    heading: say('holders.paper.account'),
    lines: [
      [say('holders.paper.name'), account.displayName],
      [say('slips.show.username'), account.username],
      ...optionalLine(say('slips.card.studentNumber'), account.studentNumber),
      ...optionalLine(say('slips.card.birthDate'), account.birthDate && formatDate(account.birthDate, language)),
      [say('slips.card.affiliation'), say(`common.affiliations.${account.affiliation}`)],
      [say('holders.paper.status'), say(`common.statuses.${account.status}`)],
      [say('slips.card.language'), say(`common.languages.${account.preferredLanguage}`)],
      [say('holders.paper.id'), account.id],
      [say('holders.paper.updated'), moment(account.updatedAt)],
      ...optionalLine(say('holders.paper.gone'), account.goneFromDirectoryAt && moment(account.goneFromDirectoryAt)),
      ...optionalLine(say('holders.paper.password'), account.passwordSetAt && moment(account.passwordSetAt)),
    ],
  }
}

function eventSections (events: readonly HolderEvent[], { say, moment, place, doer }: FormatContext): Section[] {
  if (events.length === 0) return []
  return [{
    heading: say('holders.paper.events'),
    lines: events.map(event => [moment(event.at), joinParts([inWords(event.kind), stepOf(event), formatRefusalCodes(event), event.slip, doer(event.by), event.servicePoint && place(event.servicePoint)])] as const),
  }]

  function inWords (kind: string): string {
    const key = `holders.events.${kind}`
    return hasText(key) ? say(key) : kind
  }

  function stepOf ({ facts: { step } }: HolderEvent): string | undefined {
    const key = `slips.steps.${String(step)}`
    return step !== undefined && hasText(key) ? say(key) : undefined
  }
}

/** Which rules said no, by the codes of the house. */
function formatRefusalCodes ({ facts: { codes } }: HolderEvent): string | undefined {
  return Array.isArray(codes) ? codes.join(', ') : undefined
}

function missingCharacterNote (sections: readonly Section[], { say }: FormatContext): string[] {
  const text = sections.flatMap(({ heading, lines }) => [heading, ...lines.flat()]).join(' ')
  return listUnprintableCharacters(text).length === 0 ? [] : [say('holders.paper.unwritten', { sign: REPLACEMENT_CHARACTER })]
}
