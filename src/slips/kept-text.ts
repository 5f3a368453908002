/**
 * Typed text that is kept: a note, a reason, a reference. It never holds an activation code, which somebody with
 * a scanner or a habit might put there and everybody would read afterwards. Pure.
 */
import { lineSchema } from '../institution/typed-text.js'
import { parseActivationCode } from './activation-code.js'
import { ALPHABET } from './symbols.js'

const SYMBOL_GROUP_PATTERN = `[${ALPHABET}]{5}`
const codePattern = new RegExp(`(?<![A-Z0-9])${SYMBOL_GROUP_PATTERN}[\\s\\p{P}]{0,3}${SYMBOL_GROUP_PATTERN}[\\s\\p{P}]{0,3}${SYMBOL_GROUP_PATTERN}(?![A-Z0-9])`, 'gu')

/** True when a code stands somewhere in the text, or is the text however it is spaced. */
export function hasActivationCode (text: string): boolean {
  const capitals = text.toUpperCase()
  return [capitals.replace(/[^A-Z0-9]/g, ''), ...capitals.match(codePattern) ?? []]
    .some(part => parseActivationCode(part.replace(/[^A-Z0-9]/g, '')) !== undefined)
}

/** One line of text with a limit, which may be stored and shown to others. */
export function storableText (longest: number) {
  return lineSchema(longest).refine(text => !hasActivationCode(text), 'holds-a-code')
}

/** What was typed, to be shown again for mending: a code is not. */
export function removeActivationCodes<V extends Readonly<Record<string, string>>> (values: V): V {
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, hasActivationCode(text) ? '' : text])) as V
}
