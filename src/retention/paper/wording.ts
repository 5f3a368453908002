/** How the paper of a holder's data says things: moments, places and who, in the holder's language. */
import { formatDateTime } from '../../i18n/moments.js'
import { translator, type Translate } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import type { Language, Localised } from '../../institution/words.js'
import type { ActorKind } from '../holder-data.js'

export interface RenderContext {
  readonly profile: Profile
  readonly servicePoints: ReadonlyArray<{ readonly id: string, readonly name: Localised }>
  readonly at: Date
}

export interface FormatContext {
  readonly language: Language
  readonly say: Translate
  /** A moment in RFC 3339 as the language writes it. */
  readonly moment: (text: string) => string
  /** The name of a service point. */
  readonly place: (id: string) => string
  readonly doer: (doer: ActorKind) => string
}

export function createFormatContext (language: Language, { profile, servicePoints }: RenderContext): FormatContext {
  const say = translator(language)
  return {
    language,
    say,
    moment: text => formatDateTime(new Date(text), profile.timeZone, language),
    place: id => servicePoints.find(one => one.id === id)?.name[language] ?? id,
    doer: doer => say(`holders.doers.${doer}`),
  }
}

/** What is known of several parts, with commas. */
export function joinParts (parts: ReadonlyArray<string | null | undefined | false>, by = ', '): string {
  return parts.filter(part => typeof part === 'string' && part !== '').join(by)
}

/** A line, unless there is nothing to say in it. */
export function optionalLine (label: string, value: string | null | undefined): Array<readonly [string, string]> {
  return value === null || value === undefined || value === '' ? [] : [[label, value]]
}
