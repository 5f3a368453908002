/** A postcode of the postal register. Pure. */
import type { Language } from '../i18n/locales.js'

/** Names in the two languages of the register; the post writes its towns in capitals. */
export interface BilingualName {
  readonly fi: string
  readonly sv: string
}

/** Returns the Swedish name for Swedish, and the Finnish name for every other language. */
export function nameIn (name: BilingualName, language: Language): string {
  return language === 'sv' ? name.sv : name.fi
}

export interface PostcodeEntry {
  /** Five digits. */
  readonly postcode: string
  /** The post town. */
  readonly town: BilingualName
  /** `code` is the three-digit municipality code. */
  readonly municipality: BilingualName & { readonly code: string }
  /** The type code of the post. */
  readonly typeCode: number
}

export const postcodeKinds = ['street', 'po-box', 'corporate', 'reply-mail', 'parcel-locker', 'pick-up-point', 'technical'] as const
export type PostcodeKind = (typeof postcodeKinds)[number]

/** The type codes of the post; 4 means several postcodes of one organisation. */
const kindsByTypeCode: Readonly<Record<number, PostcodeKind>> = {
  1: 'street',
  2: 'po-box',
  3: 'corporate',
  4: 'corporate',
  5: 'reply-mail',
  6: 'parcel-locker',
  7: 'pick-up-point',
  8: 'technical',
}

/** Returns the kind of the postcode. An unknown type is `technical`: no one lives there. */
export function getPostcodeKind (typeCode: number): PostcodeKind {
  return kindsByTypeCode[typeCode] ?? 'technical'
}
