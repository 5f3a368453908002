/** The words of the texts that the paper is put together from, in all languages; nothing of any slip is among them. Pure. */
import { en } from '../../i18n/en/index.js'
import { fi } from '../../i18n/fi/index.js'
import { sv } from '../../i18n/sv/index.js'

interface TextTree {
  readonly [key: string]: string | TextTree
}

export const fixedTextWords: ReadonlySet<string> = new Set([en, fi, sv].flatMap(({ paper, moments, servicePoints: { closed } }) => collectWords({ paper, moments, closed })))

function collectWords (texts: TextTree): string[] {
  return Object.values(texts).flatMap(text => typeof text === 'string' ? text.split(/\s+/) : collectWords(text))
    .filter(word => word !== '' && !/[{}]/.test(word))
}
