/**
 * API tokens of identity systems: created by an operator, shown once, stored as a hash. Each row has a binding, a MAC over
 * the token, its id and scope under CODE_KEY: a row that someone else wrote or changed authenticates no one.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { type Kysely, type Selectable, sql } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { ApiTokensTable } from '../database/staff-row-types.js'
import type { Database } from '../database/schema.js'
import { isUuid } from '../institution/text.js'
import { generateToken, isSameHash, type KeyRing } from './tokens.js'

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

export interface TokenKeys {
  /** The keys of CODE_KEY. */
  readonly codeKeys: KeyRing
}

/** Milliseconds. Last use is written at most this often, because requests that write the same row wait for each other. */
const LAST_USE_RESOLUTION_MS = 60_000

/**
 * Creates a token.
 * @param token the secret itself where it is known in advance (the demo's)
 * @returns the token, which is not stored
 */
export async function createApiToken ({ db, now, codeKeys }: ApiTokenDeps & TokenKeys, name: string, randomBytes: (size: number) => Buffer, token = generateToken(randomBytes)): Promise<string> {
  const row = { id: randomUUID(), scope: 'redeem', token_hash: hashApiToken(token) } as const
  const createdAt = now()
  await db.transaction().execute(async trx => {
    await trx.insertInto('api_tokens').values({ ...row, ...bindToken(codeKeys, token, row), name, created_at: createdAt }).execute()
    await appendEvent(trx, { kind: 'token-created', at: createdAt, actor: 'system', facts: { token: row.id, scope: row.scope, digest: digestTokenRow(row, false) }, texts: { name } })
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
  const revokedAt = now()
  return await db.transaction().execute(async trx => {
    const revoked = await trx.updateTable('api_tokens').set({ revoked_at: revokedAt })
      .where('id', '=', id).where('revoked_at', 'is', null).executeTakeFirst()
    if (revoked.numUpdatedRows === 0n) return false
    await appendEvent(trx, { kind: 'token-revoked', at: revokedAt, actor: 'system', facts: { token: id } })
    return true
  })
}

/** Why a token whose hash is stored authenticates no one: someone changed the database, or its key is no longer in CODE_KEY. */
export type TokenMismatch = 'altered' | 'unknown-key' | 'revoked'

export interface IdentitySystemDeps extends ApiTokenDeps, TokenKeys {
  /** Called with the token's id. */
  readonly onTokenMismatch?: (tokenId: string, reason: TokenMismatch) => void
}

/** Finds the identity system of a valid token, records the token's use and binds the row to the current key. */
export async function findIdentitySystem (deps: IdentitySystemDeps, token: string): Promise<IdentitySystem | undefined> {
  const { db, now, codeKeys } = deps
  const row = await db.selectFrom('api_tokens').select(['id', 'name', 'scope', 'token_hash', 'key_id', 'binding', 'last_used_at'])
    .select(sql<boolean>`exists (select from audit_events where kind = 'token-revoked' and facts ->> 'token' = api_tokens.id::text)`.as('was_revoked'))
    .where('token_hash', '=', hashApiToken(token)).where('revoked_at', 'is', null).executeTakeFirst()
  if (row === undefined) return undefined
  const mismatch = row.was_revoked ? 'revoked' : await findMismatch(db, codeKeys, token, row)
  if (mismatch !== undefined) {
    deps.onTokenMismatch?.(row.id, mismatch)
    return undefined
  }
  if (row.key_id !== codeKeys.current.id) {
    await db.updateTable('api_tokens').set(bindToken(codeKeys, token, row)).where('id', '=', row.id).execute()
  }
  const { id, name, last_used_at: lastUse } = row
  const writtenBefore = new Date(now().getTime() - LAST_USE_RESOLUTION_MS)
  if (lastUse === null || lastUse < writtenBefore) {
    await db.updateTable('api_tokens').set({ last_used_at: now() })
      .where('id', '=', id).where(eb => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', writtenBefore)])).execute()
  }
  return { id, name }
}

type BoundToken = Pick<Selectable<ApiTokensTable>, 'id' | 'scope'>
type HashedToken = Pick<Selectable<ApiTokensTable>, 'token_hash' | 'scope'>

async function findMismatch (db: Kysely<Database>, codeKeys: KeyRing, token: string, row: Selectable<Pick<ApiTokensTable, 'id' | 'scope' | 'token_hash' | 'key_id' | 'binding'>>): Promise<TokenMismatch | undefined> {
  if (row.binding === null || row.key_id === null) return await isEarlierToken(db, row) ? undefined : 'altered'
  const key = codeKeys.all.get(row.key_id)
  if (key === undefined) return 'unknown-key'
  return isSameHash(row.binding, computeTokenBinding(key, token, row)) ? undefined : 'altered'
}

/** True for a token from before bindings, when its row is as migration 0024 found it. Only the first event of this kind counts. */
async function isEarlierToken (db: Kysely<Database>, row: BoundToken & HashedToken): Promise<boolean> {
  const event = await db.selectFrom('audit_events').select('facts').where('kind', '=', 'tokens-recorded').orderBy('sequence').limit(1).executeTakeFirst()
  const { tokens = [] } = (event?.facts ?? {}) as { readonly tokens?: ReadonlyArray<{ readonly token: string, readonly digest: string }> }
  return tokens.some(listed => listed.token === row.id && listed.digest === digestTokenRow(row, false))
}

/** Returns the columns that bind a token to its row, under the current key. */
export function bindToken ({ current }: KeyRing, token: string, row: BoundToken): { key_id: string, binding: Buffer } {
  return { key_id: current.id, binding: computeTokenBinding(current.key, token, row) }
}

/** The purpose is part of the text, so that no code's HMAC under the same key is ever valid here. */
function computeTokenBinding (key: Buffer, token: string, { id, scope }: BoundToken): Buffer {
  return createHmac('sha256', key).update(`api-token\0${JSON.stringify([token, id, scope])}`).digest()
}

/** Computes what events bind of a token: SHA-256 over its hash, scope and state, base64url. */
export function digestTokenRow ({ token_hash: hash, scope }: HashedToken, isRevoked: boolean): string {
  return createHash('sha256').update(`${hash.toString('hex')}:${scope}:${isRevoked ? 'revoked' : 'active'}`).digest('base64url')
}

/** Finds the row. A token has 256 random bits of its own, so a plain hash cannot be reversed by guessing. */
function hashApiToken (token: string): Buffer {
  return createHash('sha256').update(`api-token\0${token}`).digest()
}
