/**
 * Opaque cursors of lists: the key of the last row of a page, bound to its list. A cursor holds no secret and
 * grants no right; a forged one can only start the list at another row. Pure.
 */
import { z } from 'zod'
import { InvalidInput } from '../institution/errors.js'

const cursorSchema = z.tuple([z.string(), z.unknown()])

/**
 * Encodes a cursor.
 * @param list names the list with everything that shapes it (`slips`, `accounts?virt mat`)
 * @param key what the list is ordered by, as plain JSON
 */
export function encodeCursor (list: string, key: unknown): string {
  return Buffer.from(JSON.stringify([list, key])).toString('base64url')
}

/**
 * Decodes the key of a cursor.
 * @param key the schema of the key
 * @throws {InvalidInput} at `cursor`, for a cursor of another list and for any other text
 */
export function decodeCursor<Key> (list: string, text: string, key: z.ZodType<Key>): Key {
  const opened = cursorSchema.safeParse(tryParseJson(text))
  const result = key.safeParse(opened.data?.[1])
  if (opened.data?.[0] !== list || !result.success) {
    throw new InvalidInput([{ path: 'cursor', message: 'cursor' }])
  }
  return result.data
}

/** Returns whether a cursor names this list. Its key may still be invalid. */
export function isCursorOf (list: string, text: string): boolean {
  return cursorSchema.safeParse(tryParseJson(text)).data?.[0] === list
}

function tryParseJson (text: string): unknown {
  try {
    const json = Buffer.from(text, 'base64url').toString()
    // PostgreSQL text cannot contain NUL, so no real key does.
    return json.includes('\\u0000') ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}
