/**
 * The opaque cursor of a list: the key of the last row given, tied to its list. It holds no secret and
 * gives no right; a made-up one can at most start a list elsewhere.
 */
import { z } from 'zod'
import { Problem } from './problems.js'

const cursorSchema = z.tuple([z.string(), z.unknown()])

/**
 * @param list names the list with everything that shapes it (`slips`, `accounts?virt mat`)
 * @param key what the list is ordered by, as plain JSON
 */
export function encodeCursor (list: string, key: unknown): string {
  return Buffer.from(JSON.stringify([list, key])).toString('base64url')
}

/**
 * @param key the shape of the key; what does not fit it is no cursor of this list
 * @throws Problem `validation-failed` at `cursor` for another list's cursor and for anything else
 */
export function decodeCursor<Key> (list: string, text: string, key: z.ZodType<Key>): Key {
  const opened = cursorSchema.safeParse(tryParseJson(text))
  const result = key.safeParse(opened.data?.[1])
  if (opened.data?.[0] !== list || !result.success) {
    throw new Problem('validation-failed', { errors: [{ path: 'cursor', message: 'cursor' }] })
  }
  return result.data
}

function tryParseJson (text: string): unknown {
  try {
    const json = Buffer.from(text, 'base64url').toString()
    // PostgreSQL has no NUL in texts, so no key of ours has one.
    return json.includes('\\u0000') ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}
