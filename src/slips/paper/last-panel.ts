/** The bottom panel: where to collect, what we never do, whom to ask. */
import { bilingual, inBoth, label, tight, usual, type BilingualStyles } from './bilingual.js'
import { translator } from '../../i18n/translate.js'
import { drawFirstThatFits, paragraph, stack, widthOf, type Block } from './blocks.js'
import { howToCollect, whereToCollect } from './collecting.js'
import type { Element, Sheet } from './sheet.js'
import type { PorterPaper, SlipPaper } from './slip-paper.js'
import { follow, followStrong } from './styles.js'
import { lastPanelZone } from './zones.js'

type Documents = SlipPaper['institution']['documents']

const width = widthOf(lastPanelZone)

/** Weeks full of exceptional days may leave room for the holder's language alone. */
export function drawLastPanel (sheet: Sheet, parent: Element, paper: SlipPaper): void {
  drawFirstThatFits(parent, lastPanelZone, [20, 14, 8, 4], [
    () => parts(sheet, paper, usual),
    () => parts(sheet, paper, tight),
    () => parts(sheet, paper, tight, [paper.languages[0]]),
  ])
}

function parts (sheet: Sheet, paper: SlipPaper, styles: BilingualStyles, collectingIn: SlipPaper['languages'] = paper.languages): Block[] {
  const { delivery, institution } = paper
  const porterParts = delivery.channel === 'porter'
    ? [collecting(sheet, delivery, institution.documents, styles, collectingIn)]
    : []
  return [...porterParts, never(sheet, paper, styles), contact(sheet, paper)]
}

function collecting (sheet: Sheet, porter: PorterPaper, documents: Documents, styles: BilingualStyles, languages: SlipPaper['languages']): Block {
  return stack(languages.flatMap((language, i) => {
    const say = translator(language)
    const where = whereToCollect(porter, say, language)
    const how = howToCollect(porter, documents, say, language)
    return i === 0
      ? [paragraph(sheet, where, { ...styles.lead, face: 'strong' }, width), paragraph(sheet, how, styles.lead, width)]
      : [paragraph(sheet, `${where} ${how}`, styles.follow, width, language)]
  }))
}

function never (sheet: Sheet, paper: SlipPaper, styles: BilingualStyles): Block {
  return bilingual(sheet, paper, width, say => `${say('paper.never')} ${say('paper.notYou')}`, styles)
}

/** The contact card; a line breaks between two ways, never inside one. */
function contact (sheet: Sheet, paper: SlipPaper): Block {
  const { form, email, phone, phoneHours, chat } = paper.institution.contact
  const hours = inBoth(paper, (_say, language) => phoneHours[language]).join(' / ')
  return stack([
    paragraph(sheet, label(paper, say => say('paper.help')), followStrong, width),
    paragraph(sheet, ways([form, ...(chat === undefined ? [] : [chat]), email]), follow, width),
    paragraph(sheet, ways([phone, hours]), follow, width),
  ])
}

function ways (texts: readonly string[]): string {
  return texts.map(text => text.replaceAll(' ', '\u00a0')).join(' · ')
}
