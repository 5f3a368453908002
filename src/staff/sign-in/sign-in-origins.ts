/** Remembers, as keyed hashes, from which address a login has signed in, so that wrong attempts of others there do not stop it. */
import type { Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { signInOriginKey } from '../tokens.js'

/** How long a successful sign-in counts (ms). */
const ORIGIN_LIFETIME_MS = 30 * 24 * 60 * 60_000

export interface SignInOrigin {
  readonly login: string
  /** As `addressGroup` returns it. */
  readonly address: string
}

/** Returns whether the login has signed in from the address in the last thirty days. */
export async function hasSignedInFrom ({ db, sessionKey }: { readonly db: Kysely<Database>, readonly sessionKey: Buffer }, { login, address }: SignInOrigin, now: Date): Promise<boolean> {
  const found = await db.selectFrom('sign_in_origins').select('last_at').where('key', '=', signInOriginKey(sessionKey, login, address))
    .where('last_at', '>', new Date(now.getTime() - ORIGIN_LIFETIME_MS)).executeTakeFirst()
  return found !== undefined
}

/** Remembers a successful sign-in. */
export async function rememberOrigin (db: Kysely<Database>, sessionKey: Buffer, { login, address }: SignInOrigin, now: Date): Promise<void> {
  await db.insertInto('sign_in_origins').values({ key: signInOriginKey(sessionKey, login, address), last_at: now })
    .onConflict(conflict => conflict.column('key').doUpdateSet({ last_at: now })).execute()
}

/** Deletes what does not count any more. */
export async function deleteOldOrigins (db: Kysely<Database>, now: Date): Promise<void> {
  await db.deleteFrom('sign_in_origins').where('last_at', '<=', new Date(now.getTime() - ORIGIN_LIFETIME_MS)).execute()
}
