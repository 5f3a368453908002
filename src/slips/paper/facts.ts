/** Right of the window: what may be known of the slip. */
import { bilingual, inBoth, label, type BilingualStyles, type Wording } from './bilingual.js'
import { drawFirstThatFits, paragraph, stack, widthOf, type Block } from './blocks.js'
import { collectByInWords, issuedAtInWords, validUntilInWords } from './moments.js'
import type { Element, Sheet } from './sheet.js'
import type { SlipPaper } from './slip-paper.js'
import { follow, followStrong } from './styles.js'
import { factsZone } from './zones.js'

const styles: BilingualStyles = { lead: followStrong, follow }
const width = widthOf(factsZone)

/** Where the names are too long for both languages, the second one gives way: it is said again further down. */
export function drawFacts (sheet: Sheet, parent: Element, paper: SlipPaper): void {
  const firstOnly: SlipPaper = { ...paper, languages: [paper.languages[0]] }
  const facts = (office: SlipPaper, validity: SlipPaper): Block[] => [
    issued(sheet, paper, office),
    bilingual(sheet, validity, width, validityWording(paper), styles),
    stack([line(sheet, label(paper, say => say('paper.slipNumber'))), paragraph(sheet, paper.slipNumber, followStrong, width)]),
  ]
  drawFirstThatFits(parent, factsZone, [9, 6, 4], [
    () => facts(paper, paper),
    () => facts(firstOnly, paper),
    () => facts(firstOnly, firstOnly),
  ])
}

/** Until when: for porter slips the last moment to collect, and for how long the code then works. */
export function validityWording ({ delivery, expiresAt, institution }: SlipPaper): Wording {
  return (_say, language) => delivery.channel === 'porter'
    ? collectByInWords(delivery.collectBy, delivery.validDaysAfterHandover, institution.timeZone, language)
    : validUntilInWords(expiresAt, institution.timeZone, language)
}

function issued (sheet: Sheet, paper: SlipPaper, office: SlipPaper): Block {
  const at = issuedAtInWords(paper.issuedAt, paper.institution.timeZone, sheet.language)
  const offices = inBoth(office, (_say, language) => paper.issuedBy[language])
  return stack([label(paper, say => say('paper.issued')), at, ...offices].map(text => line(sheet, text)))
}

function line (sheet: Sheet, text: string): Block {
  return paragraph(sheet, text, follow, width)
}
