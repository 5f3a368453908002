/**
 * Typed text that is kept: a note, a reason, a reference. It never holds an activation code, which somebody with
 * a scanner or a habit might put there and everybody would read afterwards. Pure.
 */
import { typedText } from '../institution/typed-text.js'
import { readActivationCode } from './activation-code.js'
import { alphabet } from './symbols.js'

const group = `[${alphabet}]{5}`
const fifteen = new RegExp(`(?<![A-Z0-9])${group}[\\s\\p{P}]{0,3}${group}[\\s\\p{P}]{0,3}${group}(?![A-Z0-9])`, 'gu')

/** True when a code stands somewhere in the text, or is the text however it is spaced. */
export function holdsActivationCode (text: string): boolean {
  const capitals = text.toUpperCase()
  return [capitals.replace(/[^A-Z0-9]/g, ''), ...capitals.match(fifteen) ?? []]
    .some(part => readActivationCode(part.replace(/[^A-Z0-9]/g, '')) !== undefined)
}

/** One line of text with a limit, which may be stored and shown to others. */
export function keptText (longest: number) {
  return typedText(longest).refine(text => !holdsActivationCode(text), 'holds-a-code')
}

/** What was typed, to be shown again for mending: a code is not. */
export function withoutCodes<V extends Readonly<Record<string, string>>> (values: V): V {
  return Object.fromEntries(Object.entries(values).map(([name, text]) => [name, holdsActivationCode(text) ? '' : text])) as V
}
