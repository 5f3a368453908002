/** An address that the typeface cannot write would mislead the post: it is told at its fields before anything is issued. */
import type { PostalAddress } from '../../addresses/postal-address.js'
import type { FieldError } from '../../http/problems.js'
import { listUnprintableCharacters } from '../../pdf/fonts.js'

/** The fields of a letter with characters that cannot be printed, by their path in the request. */
export function listUnprintableFields ({ recipient, lines, town }: PostalAddress): FieldError[] {
  const fields: ReadonlyArray<readonly [string, string]> = [
    ['letter.recipient', recipient],
    ...lines.map((line, index) => [`letter.lines.${index}`, line] as const),
    ['letter.town', town],
  ]
  return fields
    .map(([path, text]) => ({ path, message: 'not-in-typeface', values: { characters: listUnprintableCharacters(text).join(' ') } }))
    .filter(({ values }) => values.characters !== '')
}
