/** What every part of the overview is built with, and the table beside a chart. Types only. */
import type { Translate } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import type { Language, Localised } from '../../institution/vocabulary.js'

export interface FormatContext {
  readonly t: Translate
  readonly language: Language
  readonly names: ReadonlyMap<string, Localised>
  readonly profile: Pick<Profile, 'timeZone' | 'reissue'>
}

export interface DataTable { readonly head: readonly string[], readonly rows: ReadonlyArray<readonly string[]> }
