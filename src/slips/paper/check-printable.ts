/** Refuses texts that must be exact and that the typeface cannot print: a wrong user name or address would mislead. */
import type { PostalAddress } from '../../addresses/postal-address.js'
import type { FieldError } from '../../institution/base-error.js'
import { listUnprintableCharacters } from '../../pdf/fonts.js'
import type { SlipContent } from './slip-content.js'

/** Returns the letter's fields that cannot be printed, named by their path in the request. */
export function listUnprintableFields ({ recipient, lines, town }: Pick<PostalAddress, 'recipient' | 'lines' | 'town'>): FieldError[] {
  const fields: ReadonlyArray<readonly [string, string]> = [
    ['letter.recipient', recipient],
    ...lines.map((line, index) => [`letter.lines.${index}`, line] as const),
    ['letter.town', town],
  ]
  return fields
    .map(([path, text]) => ({ path, message: 'not-in-typeface' as const, values: { characters: listUnprintableCharacters(text).join(' ') } }))
    .filter(({ values }) => values.characters !== '')
}

export class UnprintableTextError extends RangeError {
  constructor (readonly field: 'username' | 'windowLines', readonly characters: readonly string[]) {
    super(`The typeface lacks ${characters.length} of the characters in ${field}.`)
  }
}

/**
 * Checks the user name, which must be typed as printed, and the address, which the post must read.
 * @throws UnprintableTextError when the typeface lacks a character of one of them
 */
export function requirePrintableSlip ({ username, delivery }: SlipContent): void {
  const lines = delivery.channel === 'registered-letter' ? delivery.windowLines : []
  const inUsername = listUnprintableCharacters(username, 'mono')
  if (inUsername.length > 0) throw new UnprintableTextError('username', inUsername)
  const inLines = listUnprintableCharacters(lines.join(' '))
  if (inLines.length > 0) throw new UnprintableTextError('windowLines', inLines)
}
