/** One postcode of the post's register. Pure. */
import type { Language } from '../i18n/locales.js'

/** Names in the two languages of the register; the post writes its towns in capitals. */
export interface BilingualName {
  readonly fi: string
  readonly sv: string
}

/** The name for a reader: Swedish for Swedish, Finnish for everyone else. */
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
  /** The post's own number for what the postcode is. */
  readonly typeCode: number
}

export const postcodeKinds = ['street', 'po-box', 'corporate', 'reply-mail', 'parcel-locker', 'pick-up-point', 'technical'] as const
export type PostcodeKind = (typeof postcodeKinds)[number]

/** The post's type codes; 4 stands for several postcodes of one organisation. */
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

/** What the postcode is; a type that the post has not told us of is `technical`: nobody lives there. */
export function getPostcodeKind (typeCode: number): PostcodeKind {
  return kindsByTypeCode[typeCode] ?? 'technical'
}
