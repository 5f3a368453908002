/** API tokens of identity systems: created by an operator, shown once, stored as a hash. */
import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { isUuid } from '../institution/text.js'
import { generateToken } from './tokens.js'

/** The identity system that uses a token. */
export interface IdentitySystem {
  /** The token's random id. */
  readonly id: string
  readonly name: string
}

/** What an identity system may do. There is no other scope: a token reads no slip and issues none. */
export type TokenScope = 'redeem'

export interface ApiTokenDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

/** Milliseconds. Last use is written at most this often, because requests that write the same row wait for each other. */
const LAST_USE_RESOLUTION_MS = 60_000

/**
 * Creates a token.
 * @param token the secret itself where it is known in advance (the demo's)
 * @returns the token, which is not stored
 */
export async function createApiToken ({ db, now }: ApiTokenDeps, name: string, randomBytes: (size: number) => Buffer, token = generateToken(randomBytes)): Promise<string> {
  await db.transaction().execute(async trx => {
    const { id } = await trx.insertInto('api_tokens').values({ name, scope: 'redeem', token_hash: hashApiToken(token), created_at: now() })
      .returning('id').executeTakeFirstOrThrow()
    await appendEvent(trx, { kind: 'token-created', at: now(), actor: 'system', facts: { token: id, scope: 'redeem' }, texts: { name } })
  })
  return token
}

export interface ApiTokenListItem extends IdentitySystem {
  readonly scope: TokenScope
  readonly created_at: Date
  /** To the minute. */
  readonly last_used_at: Date | null
  readonly revoked_at: Date | null
}

/** Lists all tokens, revoked ones too, the newest first. */
export async function listApiTokens (db: Kysely<Database>): Promise<ApiTokenListItem[]> {
  return await db.selectFrom('api_tokens').select(['id', 'name', 'scope', 'created_at', 'last_used_at', 'revoked_at'])
    .orderBy('created_at', 'desc').orderBy('id').execute()
}

/** Revokes a token. @returns false when there is no such token, or it was already revoked */
export async function revokeApiToken ({ db, now }: ApiTokenDeps, id: string): Promise<boolean> {
  if (!isUuid(id)) return false
  return await db.transaction().execute(async trx => {
    const revoked = await trx.updateTable('api_tokens').set({ revoked_at: now() })
      .where('id', '=', id).where('revoked_at', 'is', null).executeTakeFirst()
    if (revoked.numUpdatedRows === 0n) return false
    await appendEvent(trx, { kind: 'token-revoked', at: now(), actor: 'system', facts: { token: id } })
    return true
  })
}

/** Finds the identity system of a valid token and records the token's use. */
export async function findIdentitySystem ({ db, now }: ApiTokenDeps, token: string): Promise<IdentitySystem | undefined> {
  const found = await db.selectFrom('api_tokens').select(['id', 'name', 'last_used_at'])
    .where('token_hash', '=', hashApiToken(token)).where('revoked_at', 'is', null).executeTakeFirst()
  if (found === undefined) return undefined
  const { id, name, last_used_at: lastUse } = found
  const writtenBefore = new Date(now().getTime() - LAST_USE_RESOLUTION_MS)
  if (lastUse === null || lastUse < writtenBefore) {
    await db.updateTable('api_tokens').set({ last_used_at: now() })
      .where('id', '=', id).where(eb => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', writtenBefore)])).execute()
  }
  return { id, name }
}

/** A token has 256 random bits of its own, so a plain hash cannot be reversed by guessing. */
function hashApiToken (token: string): Buffer {
  return createHash('sha256').update(`api-token\0${token}`).digest()
}
